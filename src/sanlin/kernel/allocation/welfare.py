"""Maximal welfare: of all sets that keep the limits, the one whose bids have most value together.

Where only the budget binds, this is the knapsack problem, solved here by a list of states that is
kept short with bounds, in whole numbers throughout. Where tiers, caps, floors or pairs bind too,
`model` solves it as an integer programme. See docs/algorithms/welfare.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import gcd, lcm

from sanlin.kernel.allocation.audit import floors_unmet
from sanlin.kernel.allocation.constraints import Books, Offer, in_turn, screen, smallest
from sanlin.kernel.allocation.explain import Question
from sanlin.kernel.allocation.greedy import group_of, lines, places, reserve, sane, weighed
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome, Step
from sanlin.kernel.allocation.ranking import Ranking
from sanlin.kernel.allocation.ties import TieOrder, settle
from sanlin.kernel.reason import Reason

RULE = "welfare"


def maximise(bids: Sequence[Bid], limits: Limits, order: Ranking, ties: TieOrder) -> Outcome:
    """Fund the set with the greatest sum of standings within `limits`; one step a bid.

    Sets of equal sum are parted by the strict order that `order` and `ties` make of all bids: the
    one that holds the first bid in which they differ is funded. So the answer is unique, and no bid
    that was left out would still fit. Where parts of a cost may be granted, a bid counts whole and
    grants are made as large as they can be (`model.best`).

    A step has the codes of the greedy count; a bid that took part and was not funded is
    "outweighed", with the first limit that has no room for it next to the funded ones (`limit`)
    and that refusal's figures. Raises UnsettledTie, KeyError and ValueError as `allocate` does,
    and ValueError for standings below zero.
    """
    sane(bids, limits)
    standings = order.of
    aside: list[Step] = []
    ranked: list[Bid] = []
    for bid in sorted(bids, key=lambda bid: bid.key):
        why = screen(bid, limits, standings[bid.key])
        if why is None:
            ranked.append(bid)
        else:
            reason = why.plus(tier=bid.tier, standing=standings[bid.key])
            aside.append(Step(bid.key, False, 0, limits.budget, reason))
    queue, met = settle(ranked, standings, ties)
    values = {bid.key: standings[bid.key] or Fraction(0) for bid in queue}
    if any(value < 0 for value in values.values()):
        raise ValueError("welfare cannot be counted in standings below zero")
    grants = chosen(queue, values, limits)
    steps = _steps(queue, grants, limits, order)
    funded = tuple(step.key for step in steps if step.funded)
    run = list(zip(queue, steps, strict=True))
    return Outcome(
        funded=funded,
        grants=tuple((key, grants[key]) for key in funded),
        reserve=reserve(run, limits),
        left=limits.budget - sum(grants.values()),
        steps=(*aside, *steps),
        ties=weighed(met, funded),
        lines=lines(run, limits, order),
        rule=RULE,
        unit=order.unit,
        unmet=floors_unmet(bids, limits, grants),
    )


def chosen(queue: Sequence[Bid], values: dict[int, Fraction], limits: Limits) -> dict[int, int]:
    """The grants of the best set, by key in fen; `queue` is the strict order of bids."""
    if not only_budget(queue, limits):
        from sanlin.kernel.allocation.model import best  # noqa: PLC0415  # a solver, seldom needed

        return dict(best(queue, values, limits).grants)
    scale = lcm(*(values[bid.key].denominator for bid in queue)) if queue else 1
    taken = knapsack(
        [bid.cost for bid in queue], [int(values[bid.key] * scale) for bid in queue], limits.budget
    )
    return {queue[place].key: queue[place].cost for place in taken}


def only_budget(queue: Sequence[Bid], limits: Limits) -> bool:
    """Whether nothing but the budget can keep bids of this queue from being funded together."""
    tiers = any((tier.places, tier.money) != (None, None) for tier in limits.tiers)
    caps = (limits.team_cap, limits.community_cap) != (None, None)
    groups = limits.theme_caps or limits.exclusive or limits.requires or limits.floors
    whole = all(smallest(bid, limits) == bid.cost for bid in queue)
    return whole and not (tiers or caps or groups or limits.one_per_team)


def knapsack(costs: Sequence[int], values: Sequence[int], budget: int) -> tuple[int, ...]:
    """The places (from 0) of the set with the greatest value that costs at most `budget`.

    Costs and values are whole numbers, not below zero. Of sets with equal value the answer is the
    one that holds the first place in which they differ.

    Items come in the order of value per cost. A state is what a choice among the items so far costs
    and is worth; a state is dropped when another costs no more and is worth no less, or when even
    the next items, the last one in part, could not lift it above the best set known. To part equal
    sets, each value is shifted left by the number of items and the bit of its place is set in it.

    >>> knapsack([60, 50, 40], [6, 5, 4], 100)
    (0, 2)
    >>> knapsack([60, 50, 40], [6, 6, 4], 100)
    (0, 2)
    """
    return _Knapsack(costs, values, budget).places()


@dataclass(frozen=True, slots=True)
class _State:
    """A choice: what it costs, its value, and how it came about."""

    cost: int
    value: int
    item: int = -1
    before: _State | None = None


class _Knapsack:
    """One knapsack: the states of the items so far, and the best set known."""

    def __init__(self, costs: Sequence[int], values: Sequence[int], budget: int) -> None:
        count = len(costs)
        unit = gcd(budget, *costs) or 1
        self.budget = budget // unit
        self.free = [place for place, cost in enumerate(costs) if cost == 0]
        worth = [(value << count) | 1 << (count - 1 - i) for i, value in enumerate(values)]
        self.order = sorted(
            (place for place, cost in enumerate(costs) if 0 < cost <= budget),
            key=lambda place: Fraction(worth[place], costs[place]),
            reverse=True,
        )
        self.costs = [costs[place] // unit for place in self.order]
        self.worth = [worth[place] for place in self.order]
        self.cost_sums = [0, *accumulate(self.costs)]
        self.worth_sums = [0, *accumulate(self.worth)]
        self.best = (0, _State(0, 0), 0, 0)

    def places(self) -> tuple[int, ...]:
        states = self._weed([_State(0, 0)], 0)
        for at, (cost, worth) in enumerate(zip(self.costs, self.worth, strict=True)):
            room = self.budget - cost
            more = [
                _State(state.cost + cost, state.value + worth, at, state)
                for state in states
                if state.cost <= room
            ]
            states = self._weed(_merged(states, more), at + 1)
        _, state, start, end = self.best
        taken = [self.order[at] for at in range(start, end)]
        while state.before is not None:
            taken.append(self.order[state.item])
            state = state.before
        return tuple(sorted([*taken, *self.free]))

    def _weed(self, states: list[_State], at: int) -> list[_State]:
        """The states that the items from `at` on could still lift above the best set known."""
        bounds = []
        for state in states:
            room = self.budget - state.cost + self.cost_sums[at]
            end = bisect_right(self.cost_sums, room) - 1
            reached = state.value + self.worth_sums[end] - self.worth_sums[at]
            if reached > self.best[0]:
                self.best = (reached, state, at, end)
            rest = room - self.cost_sums[end]
            part = rest * self.worth[end] // self.costs[end] if end < len(self.costs) else 0
            bounds.append(reached + part)
        return [state for state, bound in zip(states, bounds, strict=True) if bound > self.best[0]]


def _merged(some: list[_State], others: list[_State]) -> list[_State]:
    """Both lists (each with rising cost and value) as one, without what another state beats."""
    states = sorted([*some, *others], key=lambda state: (state.cost, -state.value))
    kept: list[_State] = []
    most = -1
    for state in states:
        if state.value > most:
            kept.append(state)
            most = state.value
    return kept


def _steps(
    queue: Sequence[Bid], grants: dict[int, int], limits: Limits, order: Ranking
) -> list[Step]:
    """One step a bid, in the strict order; what was not funded is asked of the final books."""
    books = Books(limits)
    in_turn(
        [bid for bid in queue if bid.key in grants],
        books,
        lambda bid: books.take(bid, grants[bid.key]),
    )
    left, seats, ranks = limits.budget, Counter[str | None](), places(queue, limits)
    steps = []
    for bid in queue:
        group = group_of(bid, limits)
        tier = limits.tier(group)
        grant = grants.get(bid.key)
        if grant is None:
            reason = _outweighed(bid, books)
        else:
            left -= grant
            seats[group] += 1
            code = "funded" if grant == bid.cost else "funded_partly"
            reason = Reason.of(code, seat=seats[group], grant=grant, cost=bid.cost)
            reason = reason.plus(places=tier.places if tier else None)
        reason = reason.plus(tier=group, place=ranks[bid.key], standing=order.of[bid.key])
        steps.append(Step(bid.key, grant is not None, grant or 0, left, reason))
    return steps


def _outweighed(bid: Bid, books: Books) -> Reason:
    answer = books.ask(bid)
    if isinstance(answer, Offer):
        # Only a floor or a smaller grant of its own can be in its way: what is left is bespoken.
        return Reason.of("outweighed", limit="floor", cost=bid.cost, left=books.left)
    return Reason("outweighed", answer.figures).plus(limit=answer.code, cut=None)


@dataclass(frozen=True)
class Missed:
    """By how much the count by `simple` misses the `best` one: value in standings, votes, fen.

    `money` is what the best allocation hands out more (it may hand out less); `gained` and `lost`
    are the bids that only one of the two funds; `floors` how many more floors it fills.
    """

    simple: Outcome
    best: Outcome
    value: Fraction
    votes: int
    money: int
    floors: int
    gained: tuple[int, ...]
    lost: tuple[int, ...]


def missed(question: Question) -> Missed:
    """How far the question's own count stays behind the greatest sum of standings.

    >>> from sanlin.kernel.allocation.ranking import by_votes
    >>> bids = (Bid(1, 60, votes=7), Bid(2, 50, votes=6), Bid(3, 50, votes=5))
    >>> found = missed(Question(bids, Limits(100), by_votes(bids), TieOrder()))
    >>> found.simple.funded, found.best.funded, found.votes, found.money
    ((1,), (2, 3), 4, 40)
    """
    simple = question.answer()
    best = maximise(question.bids, question.limits, question.order, question.ties)
    votes = {bid.key: bid.votes for bid in question.bids}
    return Missed(
        simple,
        best,
        value=_value(best, question.order) - _value(simple, question.order),
        votes=sum(votes[key] for key in best.funded) - sum(votes[key] for key in simple.funded),
        money=sum(dict(best.grants).values()) - sum(dict(simple.grants).values()),
        floors=len(simple.unmet) - len(best.unmet),
        gained=tuple(key for key in best.funded if key not in simple.funded),
        lost=tuple(key for key in simple.funded if key not in best.funded),
    )


def _value(outcome: Outcome, order: Ranking) -> Fraction:
    return sum((order.of[key] or Fraction(0) for key in outcome.funded), start=Fraction(0))
