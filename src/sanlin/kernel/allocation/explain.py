"""What can be said about one bid of an outcome, in figures: where it stood and what it lacked."""

from __future__ import annotations

from collections.abc import Sequence
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
class Change:
    """One thing that, all else equal, would have funded the bid: found by counting again.

    `what` is "cost" (ask for `by` fen less) or "standing" (stand higher by more than `by`, in the
    unit of the count; where `by` is a whole number of votes, by one vote more).
    """

    what: str
    by: Fraction | int


@dataclass(frozen=True)
class Question:
    """Everything that one count was asked, so that it can be asked again with a change."""

    bids: tuple[Bid, ...]
    limits: Limits
    order: Ranking
    ties: TieOrder
    rule: str = "skip"

    def answer(self) -> Outcome:
        """The outcome of the count."""
        return allocate(self.bids, self.limits, self.order, self.ties, self.rule)


def changes(question: Question, key: int) -> tuple[Change, ...]:
    """The smallest single changes that would have funded this bid, each verified by a recount.

    Empty for a bid that is funded, and where no such change helps (its rival is in, its tier does
    not exist, nobody marked it). Raises KeyError where there is no such bid.

    >>> from sanlin.kernel.allocation.ranking import by_votes
    >>> bids = (Bid(1, 700, votes=9), Bid(2, 500, votes=5), Bid(3, 200, votes=4))
    >>> asked = Question(bids, Limits(1000), by_votes(bids), TieOrder(("cheaper",)))
    >>> asked.answer().funded
    (1, 3)
    >>> changes(asked, 2)
    (Change(what='cost', by=200), Change(what='standing', by=Fraction(4, 1)))
    """
    outcome = question.answer()
    step = outcome.step(key)
    if step.funded:
        return ()
    found = []
    cut = step.reason.get("cut")
    if isinstance(cut, int) and _funds(_cheaper(question, key, cut), key):
        found.append(Change("cost", cut))
    found += _rise(question, outcome, key)
    return tuple(found)


def _funds(question: Question, key: int) -> bool:
    return key in question.answer().funded


def _cheaper(question: Question, key: int, cut: int) -> Question:
    def lower(bid: Bid) -> Bid:
        cost = bid.cost - cut
        return replace(bid, cost=cost, least=None if bid.least is None else min(bid.least, cost))

    bids = tuple(lower(bid) if bid.key == key else bid for bid in question.bids)
    return replace(question, bids=bids)


def _rise(question: Question, outcome: Outcome, key: int) -> list[Change]:
    """Standing higher never loses a greedy count, so the lowest rise is found by halving."""
    own = question.order.of[key]
    if own is None:
        return []
    standings = {question.order.of[step.key] for step in outcome.steps}
    steps = sorted(it - own for it in standings if it is not None and it >= own)
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        if _funds(_higher(question, key, steps, middle), key):
            high = middle
        else:
            low = middle + 1
    return [Change("standing", steps[low])] if low < len(steps) else []


def _higher(question: Question, key: int, steps: Sequence[Fraction], place: int) -> Question:
    """The same question with this bid just above the bids at `steps[place]` and below the next."""
    by = steps[place]
    beyond = (steps[place + 1] - by) / 2 if place + 1 < len(steps) else Fraction(1)
    rise = by + (min(beyond, Fraction(1)))
    standings = tuple(
        (it, old + rise if it == key and old is not None else old)
        for it, old in question.order.standings
    )
    return replace(question, order=Ranking(question.order.unit, standings))
