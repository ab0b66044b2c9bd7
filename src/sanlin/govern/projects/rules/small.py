"""What a small round is run by: its pack, the mother round's figures, and the few answers given when
it is begun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from sanlin.govern.projects.models import ChildRequest, Project
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import packs
from sanlin.govern.rounds.rules.book import book, draft_book
from sanlin.govern.rounds.rules.windows import Span, parts, span
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import day
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.calendar import add_working_days, is_working_day
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import Pack

from .flows import Flows, flows

TO_DECIDE = 2  # days between the last mark or vote and the notice
SHORTEST = 7  # days that groups have to carry something out
# What a small round has as its mother round has it, where its own pack lets it.
AS_THE_MOTHER = (
    "signatures",
    "parties",
    "numbering",
    "vote.unit",
    "vote.min_age",
    "vote.keys",
    "vote.paper",
    "notice.days",
    "notice.kind",
    "notice.jurors",
    "objection.answer_days",
    "objection.upheld",
    "objection.uncooperative",
)
# Who decides: what that says to the pack.
DECIDES: Mapping[str, Mapping[str, object]] = {
    "score": {"stages.review": True, "stages.vote": False, "award.method": "score"},
    "votes": {"stages.review": False, "stages.vote": True, "award.method": "votes"},
    "blend": {"stages.review": True, "stages.vote": True, "award.method": "blend"},
}


@dataclass(frozen=True)
class Answers:
    """What is asked of whoever begins a small round: its name and what it is for, the mother's spending
    head that pays it, its pot and the most for one group in fen, how many groups must ask, who decides
    (a key of DECIDES), the last day of the call and the last day of the groups' work."""

    name: str
    purpose: str
    head: str
    amount: int
    cap: int
    least: int
    decides: str
    calls: date
    ends: date


def answers_of(request: ChildRequest) -> Answers:
    """What a request says."""
    return Answers(**{field.name: getattr(request, field.name) for field in fields(Answers)})


@dataclass(frozen=True)
class Draft:
    """What these answers make of the pack: its text, the officer's values and the dates."""

    pack_text: str
    values: Mapping[str, object]
    spans: Mapping[str, Span]


class TooShort(ValueError):
    """The groups would have fewer than SHORTEST days; `earliest` is the last day that would do."""

    def __init__(self, earliest: date) -> None:
        super().__init__(f"no earlier than {earliest}")
        self.earliest = earliest


def draft_of(project: Project, answers: Answers, *, now: datetime) -> Draft:
    """Raises TooShort, and LookupError where no pack for small rounds is in force."""
    found = packs.of_small_rounds(local_day(now))
    if found is None:
        raise LookupError("no pack for small rounds")
    pack, text = found
    values = _values(project.round, pack, answers)
    return Draft(text, values, _spans(pack, values, answers.calls, answers.ends, now=now))


def child_faults(
    project: Project, answers: Answers, *, now: datetime, money: Flows | None = None
) -> dict[str, str]:
    """A sentence for each answer that does not do; `money` is `flows` where it is known."""
    found = {
        "amount": fits_pot(project, answers.head, answers.amount, money=money).reason,
        "name": _("本街道已有同名轮次")
        if Round.objects.filter(street=project.round.street_id, name=answers.name).exists()
        else "",
        "least": "" if answers.least > 0 else _("至少要有一个小组"),
        "cap": _("每个小组最多的钱不能超过一共拿出的钱") if answers.cap > answers.amount else "",
        "calls": _("征集的最后一天要在今天以后") if answers.calls <= local_day(now) else "",
        "ends": _days_fault(project, answers, now=now),
    }
    return {name: words for name, words in found.items() if words}


def _days_fault(project: Project, answers: Answers, *, now: datetime) -> str:
    last = project.undertaking.ends
    if last and answers.ends > last:
        return _("母项目%(day)s结束，小组不能做得更晚") % {"day": day(last)}
    early = _("征集、决定和公示以后，到母项目结束只剩几天，请把征集提前")
    if answers.calls >= answers.ends:
        return early
    try:
        draft_of(project, answers, now=now)
    except TooShort as short:
        if last and short.earliest > last:
            return early
        words = {"day": day(short.earliest)}
        return _("征集、决定和公示以后只剩几天，最早到%(day)s") % words
    except LookupError:
        return _("没有在有效期内的子项目办法，请管理员先放好办法文件")
    return ""


def fits_pot(project: Project, head: str, amount: int, *, money: Flows | None = None) -> Verdict:
    """Whether a head of the plan still has so many fen for a small round."""
    money = money or flows(project)
    names = {one.key: one.name for one in project.round.rules.heads}
    left = money.planned.get(head, 0) - money.bound.get(head, 0)
    if not 0 < amount <= left:
        words = {"head": names.get(head, head), "left": yuan(max(left, 0))}
        return denied(_("“%(head)s”还有%(left)s可以用于子项目") % words)
    return ALLOWED


def _values(mother: Round, pack: Pack, answers: Answers) -> dict[str, object]:
    """The values with which a small round under `pack` begins."""
    held = book(mother).values
    taken = {path: held[path] for path in AS_THE_MOTHER if path in held}
    told = {"budget": answers.amount, "project_cap": answers.cap, **DECIDES[answers.decides]}
    return {
        path: list(value) if isinstance(value, tuple) else value
        for path, value in {**taken, **told}.items()
        if path in pack.values and not pack.binds(path)
    }


def _spans(
    pack: Pack, values: dict[str, object], calls: date, ends: date, *, now: datetime
) -> dict[str, Span]:
    """Dates from today's call, which ends with the day `calls`, to the day `ends`, by the pack's own
    days in between; the days of both ends are written into `values`. Empty where the pack leaves
    some days open. Raises TooShort."""
    rules = draft_book(pack, values)
    held = {part: rules.values.get(f"windows.{part}") for part in parts(rules)}
    if not all(isinstance(days, int) for days in held.values()):
        return {}
    spans = {round_stages.CALL: (local_day(now), calls)}
    for part in parts(rules)[1:-1]:
        first = _working_day(calls + timedelta(days=1))
        calls = first + timedelta(days=int(str(held[part])) - 1)
        spans[part] = (first, calls)
    first = _after_notice(rules.values, calls + timedelta(days=1))
    if (ends - first).days + 1 < SHORTEST:
        raise TooShort(first + timedelta(days=SHORTEST - 1))
    spans[round_stages.RUNNING] = (first, ends)
    for part in (round_stages.CALL, round_stages.RUNNING):
        if not pack.binds(path := f"windows.{part}"):
            values[path] = (spans[part][1] - spans[part][0]).days + 1
    return {part: span(*days) for part, days in spans.items()}


def _working_day(first: date) -> date:
    """`first`, or the working day after it."""
    return first if is_working_day(first) else add_working_days(first, 1)


def _after_notice(values: Mapping[str, object], first: date) -> date:
    """The day after the decision and the notice that begin on `first`."""
    days = values.get("notice.days")
    days = TO_DECIDE + (days if isinstance(days, int) else 0)
    if values.get("notice.kind") == "working":
        return add_working_days(first, days)
    return first + timedelta(days=days)
