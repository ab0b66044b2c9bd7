"""What is tried: the knobs of a count, and the case they make of one that was decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from django.utils.translation import gettext as _

from sanlin.kernel.allocation import Case, TierLimit


@dataclass(frozen=True)
class Method:
    """A way to count: what it is called, and what it needs of a round."""

    key: str
    words: Callable[[], str]
    marks: bool = False
    votes: bool = False


METHODS = (
    Method("score", lambda: _("按评审分"), marks=True),
    Method("votes", lambda: _("按得票"), votes=True),
    Method("blend", lambda: _("评审与投票加权"), marks=True, votes=True),
)
"""Every method that can be tried, in the order in which the page lists them."""


@dataclass(frozen=True)
class Trial:
    """One setting of the knobs. Money in fen, `expert` in permille; None means no limit."""

    method: str
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

    def case(self, base: Case) -> Case:
        """The case `base` with these knobs; bids, ties and lots stay as they are."""
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
        )
        return replace(
            base,
            limits=limits,
            method=self.method,
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
    )


def possible(case: Case, voted: bool) -> tuple[Method, ...]:
    """The methods for which this round has what they need."""
    marked = any(bid.score is not None for bid in case.bids)
    return tuple(it for it in METHODS if (marked or not it.marks) and (voted or not it.votes))
