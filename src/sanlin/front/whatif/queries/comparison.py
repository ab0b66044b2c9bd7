"""A trial beside what was decided: sets, voters, money, the path of the count, and all methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.awards.models import Award
from sanlin.govern.awards.queries import explain, steadiness_of
from sanlin.ground.ui.charts import Overlap, Stride, strides
from sanlin.kernel.allocation import (
    Case,
    Outcome,
    Step,
    UnsettledTie,
    facts,
)
from sanlin.kernel.allocation.comparing import difference, granted_by, overlap, reached
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import Rules
from sanlin.kernel.reason import written

from .base import Base
from .trial import Trial, behind, count, possible, steady, utilities

LONGEST = 60  # steps of a path that are drawn
MOST_BEST = 120  # proposals of which the best set is looked for while one waits

PairRow = tuple[str, int, int, str, str]


@dataclass(frozen=True)
class Row:
    """One proposal that either outcome funds. `change` is enters, leaves or stays; money in fen."""

    title: str
    place: str
    asked: int
    votes: int
    score: str
    before: int
    after: int
    change: str
    why: str


@dataclass(frozen=True)
class Measure:
    """One figure of both outcomes, in words."""

    words: str
    before: str
    after: str
    change: str


@dataclass(frozen=True)
class Comparison:
    """Everything the page shows of one trial."""

    rows: list[Row]
    enters: int
    leaves: int
    stays: int
    measures: list[Measure]
    by_place: list[PairRow]
    by_tier: list[PairRow]
    path: list[Stride]
    untold: int
    ties: int
    steady: str
    steady_onsite: str

    @property
    def same(self) -> bool:
        return not self.enters and not self.leaves


def compare(base: Base, trial: Trial, rules: Rules) -> Comparison:
    """Count the trial and put it beside the base. Raises UnsettledTie as a count does."""
    case, outcome = count(trial, base.case, base.box, base.paper)
    change = difference(base.outcome, outcome)
    rows = _rows(base, outcome, change.enters, "enters", rules)
    rows += _rows(base, outcome, change.leaves, "leaves", rules)
    rows += _rows(base, outcome, change.stays, "stays", rules)
    path, untold = _path(base, case, outcome)
    return Comparison(
        rows=rows,
        enters=len(change.enters),
        leaves=len(change.leaves),
        stays=len(change.stays),
        measures=_measures(base, outcome),
        by_place=_pairs(base, case, outcome, "community", base.places),
        by_tier=_pairs(base, case, outcome, "tier", base.tiers),
        path=path,
        untold=untold,
        ties=sum(tie.split for tie in outcome.ties),
        steady=_steady(base, case, "expert"),
        steady_onsite=_steady(base, case, "onsite"),
    )


def _steady(base: Base, case: Case, weight: str) -> str:
    found = steady(case, weight)
    titles = {key: name.title for key, name in base.names.items()}
    return "" if found is None else steadiness_of(found, titles).sentence


def _rows(
    base: Base, outcome: Outcome, keys: Iterable[int], change: str, rules: Rules
) -> list[Row]:
    bids = {bid.key: bid for bid in base.case.bids}
    titles = {key: name.title for key, name in base.names.items()}
    rows = []
    for key in keys:
        bid, name = bids[key], base.names[key]
        rows.append(
            Row(
                name.title,
                name.place,
                bid.cost,
                bid.votes,
                written(bid.score),
                base.outcome.grant(key),
                outcome.grant(key),
                change,
                _why(outcome, key, rules, titles),
            )
        )
    return rows


def _why(outcome: Outcome, key: int, rules: Rules, titles: dict[int, str]) -> str:
    """The sentence that a decision would give; the award is made for it and never kept."""
    reason = facts(outcome, key)
    figures = {name: _plain(value) for name, value in reason.figures}
    told = {"code": reason.code, "unit": outcome.unit, "figures": figures, "changes": []}
    return explain(Award(reason=told), rules, titles).text


def _plain(value: Any) -> Any:
    is_fraction = isinstance(value, Fraction)
    return f"{value.numerator}/{value.denominator}" if is_fraction else value


def _measures(base: Base, outcome: Outcome) -> list[Measure]:
    before, after = base.outcome, outcome
    made = [
        _measure(_("立项数"), len(before.funded), len(after.funded), str),
        _measure(_("立项金额"), _spent(before), _spent(after), yuan),
        _measure(_("余款"), before.left, after.left, yuan),
    ]
    if base.box is not None and base.box.voters:
        cast = base.box.voters
        one, two = (reached(base.box, it.funded) for it in (before, after))
        made += [
            _measure(_("至少一项所选获立项的选民"), one, two, str),
            _measure(_("占已投选票"), one * 1000 // cast, two * 1000 // cast, _share),
            _measure(
                _("排除率：所选无一立项"),
                1000 - one * 1000 // cast,
                1000 - two * 1000 // cast,
                _share,
            ),
        ]
    return made


def _measure(words: str, before: int, after: int, say: Callable[[int], str]) -> Measure:
    step = after - before
    sign = "" if step < 0 else "+"
    return Measure(words, say(before), say(after), sign + say(step) if step else "—")


def _share(permille: int) -> str:
    sign, tenths = ("-" if permille < 0 else ""), abs(permille)
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def _spent(outcome: Outcome) -> int:
    return sum(grant for _key, grant in outcome.grants)


def _pairs(
    base: Base, case: Case, outcome: Outcome, group: str, names: Mapping[Any, str]
) -> list[PairRow]:
    """Money by group, before and after, the largest first; groups without money are left out.

    Empty where no bid belongs to any group of this kind.
    """
    if not any(getattr(bid, group) for bid in base.case.bids):
        return []
    one = granted_by(base.outcome, base.case.entered, group)
    two = granted_by(outcome, case.entered, group)
    keys = sorted(one.keys() | two.keys(), key=lambda key: (-one.get(key, 0), str(key)))
    rows = []
    for key in keys:
        was, now = one.get(key, 0), two.get(key, 0)
        rows.append((names.get(key) or _("其他"), was, now, yuan(was), yuan(now)))
    return rows


def _path(base: Base, case: Case, outcome: Outcome) -> tuple[list[Stride], int]:
    """The count step by step up to its last grant, and how many steps are not told."""
    costs = {bid.key: bid.cost for bid in case.bids}
    counted = [step for step in outcome.steps if _took_part(step)]
    last = max((at for at, step in enumerate(counted) if step.funded), default=-1)
    shown = counted[: min(last + 3, LONGEST)]
    left, rows = case.limits.budget, []
    for step in shown:
        cost = step.grant if step.funded else costs[step.key]
        rows.append((base.names[step.key].title, "", left, cost, step.funded, _short(step)))
        left = step.left
    return strides(rows, case.limits.budget, yuan), len(outcome.steps) - len(shown)


def _took_part(step: Step) -> bool:
    """Whether a step belongs to the count, and is no bid that was set aside before it."""
    return step.funded or any(step.reason.get(name) is not None for name in ("place", "votes"))


def _short(step: Step) -> str:
    """In two or three words why a step was passed over."""
    said = {
        "budget": _("超过余款"),
        "tier_money": _("类别资金不够"),
        "places": _("类别名额已满"),
        "community_cap": _("社区上限"),
        "team_cap": _("团队上限"),
        "theme_cap": _("主题上限"),
        "exclusive": _("互斥项目已立项"),
        "team_taken": _("团队已有一项"),
        "requires": _("前提项目未立项"),
        "floor": _("先保证下限"),
        "own_share": _("自筹不足"),
        "stopped": _("计算已停止"),
        "poor": _("支持者余钱不够"),
        "no_support": _("没有选票支持"),
        "outweighed": _("其他组合更受支持"),
    }
    return "" if step.funded else said.get(step.reason.code, _("未立项"))


def agreement(base: Base, trial: Trial) -> Overlap:
    """What was decided, this trial, and every method under its limits: how far they agree."""
    _case, outcome = count(trial, base.case, base.box, base.paper)
    sets: list[tuple[str, tuple[int, ...]]] = [
        (_("实际"), base.outcome.funded),
        (_("推演"), outcome.funded),
    ]
    worth = [key for key, _words in utilities(base.case, base.box)]
    for method in possible(base.case, base.box):
        other = replace(trial, method=method.key)
        if method.key != "welfare" and other.utility == "score":
            other = replace(other, utility="cost")
        if method.key == "welfare" and other.utility not in worth:
            other = replace(other, utility=worth[0])
        try:
            found = count(other, base.case, base.box, base.paper)[1].funded
        except UnsettledTie:
            continue
        sets.append((method.words(), found))
    values = tuple(tuple(int(overlap(one, two) * 1000) for _w, two in sets) for _v, one in sets)
    return Overlap(tuple(words for words, _funded in sets), values)


def shortfall(base: Base, trial: Trial) -> str:
    """How far taking one proposal after another stays behind the best set under the same limits, in a
    sentence; nothing where the trial is not counted so, or the round is too large to wait for.

    Raises UnsettledTie as a count does.
    """
    case = trial.case(base.case, base.paper)
    if not case.is_greedy or len(case.bids) > MOST_BEST:
        return ""
    found = behind(case)
    unit = _("票") if found.simple.unit == "votes" else _("分")
    if found.value <= 0:
        return _("同样条件下，没有哪种组合的%(unit)s数之和更高。") % {"unit": unit}
    titles = {key: name.title for key, name in base.names.items()}
    return _(
        "逐项计算离最好的组合差%(value)s%(unit)s：立%(gained)s，不立%(lost)s，%(unit)s数之和最高，立项金额%(money)s。"
    ) % {
        "value": written(found.value),
        "unit": unit,
        "gained": _quoted(found.gained, titles),
        "lost": _quoted(found.lost, titles) or _("别的"),
        "money": (_("少%(n)s") if found.money < 0 else _("多%(n)s"))
        % {"n": yuan(abs(found.money))},
    }


def _quoted(keys: Iterable[int], titles: Mapping[int, str]) -> str:
    return "".join(_("“%(title)s”") % {"title": titles[key]} for key in keys)
