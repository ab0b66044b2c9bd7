"""What can be said about one bid of an outcome, in figures: where it stood and what it lacked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from sanlin.kernel.allocation.greedy import allocate
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome
from sanlin.kernel.allocation.ranking import Ranking
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.reason import Reason


def facts(outcome: Outcome, key: int) -> Reason:
    """The reason of this bid's step with its distance from the line of its tier.

    Codes of a funded bid: funded, funded_partly, topped_up. Of one that is not: no_score, no_tier,
    min_score, min_votes, own_share, tier_cap, project_cap (set aside before the count); exclusive,
    team_taken, requires, places, tier_money, community_cap, team_cap, theme_cap, budget, floor,
    stopped (in the count).

    Figures, each where it exists: `tier`; `place`, its rank among all that were counted in the
    tier; `seat`, its number among those funded there; `places` of the tier; `standing` in
    `outcome.unit`; `line` and `margin` = standing − line, where the line of a funded bid is the
    first one out (or the minimum) and the line of any other the last one in, so that a margin of 0
    or more on a bid that is not funded means that something else than its standing stopped it;
    `cost`, `grant`, `left`; `cap` of the full pot, `short` by how much it fell short, `cut` the
    smallest cut in the cost that would have been funded; `least` and `own` for a minimum; `other`
    the key of a rival, or of the bid that this one depends on; for a floor its `kind` and `group`,
    and the `projects` and `money` that it still lacked; `reserve` its place on the reserve list of its tier.

    Raises KeyError where the outcome has no such bid.
    """
    step = outcome.step(key)
    tier = step.reason.get("tier")
    standing = step.reason.get("standing")
    line = outcome.line(tier if isinstance(tier, str) else None)
    mark = None if line is None else line.first_out if step.funded else line.last_in
    reason = step.reason.plus(line=mark, reserve=_reserve_place(outcome, key))
    if isinstance(standing, Fraction) and mark is not None:
        reason = reason.plus(margin=standing - mark)
    return reason


def _reserve_place(outcome: Outcome, key: int) -> int | None:
    if key not in outcome.reserve:
        return None
    tier = outcome.step(key).reason.get("tier")
    level = [it for it in outcome.reserve if outcome.step(it).reason.get("tier") == tier]
    return level.index(key) + 1


@dataclass(frozen=True)
class Question:
    """Everything that one count was asked, so that it can be asked again with a change."""

    bids: tuple[Bid, ...]
    limits: Limits
    order: Ranking
    ties: TieOrder
    rule: str = "skip"

    @property
    def parted_by(self) -> tuple[str, ...]:
        """The names that part equals."""
        return self.ties.names

    def ranking(self) -> Ranking:
        """The standing of each bid."""
        return self.order

    def varied(
        self, *, bids: tuple[Bid, ...] | None = None, limits: Limits | None = None
    ) -> Question:
        """The same asked of other bids, which are ranked anew, or within other limits."""
        return replace(
            self,
            bids=self.bids if bids is None else bids,
            limits=self.limits if limits is None else limits,
            order=self.order if bids is None else self.order.again(bids),
        )

    def answer(self) -> Outcome:
        """The outcome of the count."""
        return allocate(self.bids, self.limits, self.order, self.ties, self.rule)
