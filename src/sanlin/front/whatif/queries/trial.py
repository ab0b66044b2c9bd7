"""What is tried: the knobs of a count, and the case they make of one that was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _

from sanlin.kernel.allocation import (
    Case,
    Floor,
    Interval,
    Missed,
    Outcome,
    TierLimit,
    missed,
    own_money,
    stable_interval,
)
from sanlin.kernel.profile import Profile

Sheets = tuple[dict[int, int], int]


@dataclass(frozen=True)
class Method:
    """A way to count: what it is called, and what it needs of a round."""

    key: str
    words: Callable[[], str]
    marks: bool = False
    votes: bool = False
    slow: bool = False


SMALL_RAISED = 50_000  # distinct ballots times proposals, likewise, for Add1 under tiers and caps
SMALL = 1_000_000  # ballots times proposals up to which a slow method is tried while one waits
METHODS = (
    Method("score", lambda: _("按评审分"), marks=True),
    Method("votes", lambda: _("按得票"), votes=True),
    Method("blend", lambda: _("评审与投票加权"), marks=True, votes=True),
    Method("equal_shares", lambda: _("等额分配（每张选票一份钱）"), votes=True),
    Method("overspending", lambda: _("等额分配、允许有限超支"), votes=True, slow=True),
    Method("phragmen", lambda: _("均衡负担（Phragmén）"), votes=True, slow=True),
    Method("welfare", lambda: _("总满意度最大")),
)
"""Every method that can be tried, in the order in which the page lists them."""


@dataclass(frozen=True)
class Trial:
    """One setting of the knobs. Money in fen, `expert` and `onsite` in permille; None means no limit,
    and of `onsite` that ballots on paper and online are counted as one. `pairs` says whether what
    excludes or requires another proposal still does."""

    method: str
    utility: str
    completion: str
    rule: str
    expert: int
    normaliser: str
    budget: int
    project_cap: int | None
    community_cap: int | None
    team_cap: int | None
    min_votes: int | None
    min_score: int | None
    one_per_team: bool
    tiers: tuple[TierLimit, ...]
    floors: tuple[Floor, ...]
    onsite: int | None = None
    pairs: bool = True

    def case(self, base: Case, paper: Sheets | None = None) -> Case:
        """The case `base` with these knobs; bids, ties and lots stay as they are.

        `paper` are votes on paper by proposal and voters on paper, for a weight of their own.
        """
        limits = replace(
            base.limits,
            budget=self.budget,
            project_cap=self.project_cap,
            community_cap=self.community_cap,
            team_cap=self.team_cap,
            min_votes=self.min_votes,
            min_score=None if self.min_score is None else Fraction(self.min_score),
            one_per_team=self.one_per_team,
            tiers=self.tiers,
            floors=self.floors,
            exclusive=base.limits.exclusive if self.pairs else (),
            requires=base.limits.requires if self.pairs else (),
        )
        votes, voters = paper or ({}, 0)
        weighed = self.method == "blend" and self.onsite is not None and bool(voters)
        return replace(
            base,
            bids=tuple(replace(bid, onsite=votes.get(bid.key, 0)) for bid in base.bids)
            if weighed
            else base.bids,
            onsite=self.onsite if weighed else None,
            ballots_onsite=voters if weighed else 0,
            limits=limits,
            method=self.method,
            utility=self.utility,
            completion=self.completion,
            choices=(),
            rule=self.rule,
            expert=self.expert,
            public=1000 - self.expert,
            normaliser=self.normaliser,
        )


def of_case(case: Case) -> Trial:
    """The knobs as a case has them: a trial that changes nothing."""
    limits = case.limits
    return Trial(
        method=case.method,
        utility=case.utility or "cost",
        completion=case.completion if case.method == "equal_shares" else "utilitarian",
        rule=case.rule,
        expert=int(case.expert),
        normaliser=case.normaliser,
        budget=limits.budget,
        project_cap=limits.project_cap,
        community_cap=limits.community_cap,
        team_cap=limits.team_cap,
        min_votes=limits.min_votes,
        min_score=None if limits.min_score is None else int(limits.min_score),
        one_per_team=limits.one_per_team,
        tiers=limits.tiers,
        floors=limits.floors,
        onsite=None if case.onsite is None else int(case.onsite),
    )


def count(
    trial: Trial, base: Case, box: Profile | None, paper: Sheets | None = None
) -> tuple[Case, Outcome]:
    """The case of a trial and its outcome; whole ballots are taken from `box`, not from the case.

    Raises UnsettledTie as a count does. What was counted lately is remembered by this process.
    """
    case = trial.case(base, paper)
    return case, _counted(case, box if case.by_ballots else None)


@lru_cache(maxsize=128)
def _counted(case: Case, box: Profile | None) -> Outcome:
    if box is None:
        return case.answer()
    told = (case.method, case.utility, case.completion, case.rule)
    return own_money.count(box, case.bids, case.limits, case.order_of_ties, told)


def steady(case: Case, weight: str = "expert") -> Interval | None:
    """How far a weight of this trial may move; None where nothing is blended, or so weighed."""
    if case.method != "blend" or (weight == "onsite" and case.onsite is None):
        return None
    return _interval(case, weight)


@lru_cache(maxsize=64)
def _interval(case: Case, weight: str) -> Interval:
    return stable_interval(case, weight)


@lru_cache(maxsize=64)
def behind(case: Case) -> Missed:
    """How far a greedy count stays behind the best set."""
    return missed(case.question())


def possible(case: Case, box: Profile | None) -> tuple[Method, ...]:
    """The methods for which this round has what they need, and is not too large."""
    marked = any(bid.score is not None for bid in case.bids)
    size = len(case.bids) * box.rows if box is not None else 0
    return tuple(
        it
        for it in METHODS
        if (marked or not it.marks)
        and (box is not None or not it.votes)
        and (size <= SMALL or not it.slow)
    )


def completions(case: Case, box: Profile | None) -> tuple[tuple[str, str], ...]:
    """How what is left may be used: (key, words). Where tiers and caps hold voters' money back,
    raising it goes on for a thousand steps; in a large election that is longer than one waits."""
    limits = case.limits
    quick = (("none", _("不补")), ("utilitarian", _("余款按每元得票")))
    held = limits.tiers or limits.community_cap or limits.team_cap or limits.floors
    if held and box is not None and box.rows * len(case.bids) > SMALL_RAISED:
        return quick
    return (
        *quick,
        ("add1", _("逐元加额")),
        ("add1u", _("逐元加额，余款再按每元得票")),
        ("comparison", _("同按得票优先比较，取更多选民满意的")),
    )


def utilities(case: Case, box: Profile | None) -> tuple[tuple[str, str], ...]:
    """What a funded choice may be worth here: (key, words)."""
    found = []
    if box is not None:
        found += [("cost", _("按金额")), ("cardinality", _("按项目数"))]
        if box.weights.size and int(box.weights.max()) > 1:
            found.append(("points", _("按点数或名次分")))
    if any(bid.score is not None for bid in case.bids):
        found.append(("score", _("按评审分（只用于总满意度最大）")))
    return tuple(found)
