"""The greedy count: bids come up in their order, and each gets what every limit still allows.

Rules, by what happens when a bid does not fit the money:
- "skip": it is passed over and the next comes up.
- "threshold": the same, but a minimum of score or votes must be stated.
- "stop": a bid that does not fit the budget ends the count, one that does not fit the money of its
  tier closes the tier; full caps of a community, team or theme pass over that bid alone.
- "topup": like "stop", but the bid at which it stops is funded in full, the rest from outside the
  budget, when at least the stated permille of its cost is left.
A bid that depends on another waits until that one is funded, and comes up right behind it.
Minima apply under every rule; floors (docs/algorithms/constraints.md) with "skip" and "threshold".
See docs/algorithms/greedy.md for guarantees and an example.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter

from sanlin.kernel.allocation.audit import floors_unmet
from sanlin.kernel.allocation.constraints import Offer, in_turn, screen
from sanlin.kernel.allocation.floors import books_for
from sanlin.kernel.allocation.outcome import Bid, Limits, Line, Outcome, Step, Tie
from sanlin.kernel.allocation.ranking import Ranking
from sanlin.kernel.allocation.ties import TieOrder, settle
from sanlin.kernel.reason import Reason

RULES = ("skip", "stop", "threshold", "topup")


def allocate(
    bids: Sequence[Bid], limits: Limits, order: Ranking, ties: TieOrder, rule: str = "skip"
) -> Outcome:
    """Fund bids in `order` within `limits`; returns the outcome with one step a bid.

    No limit is ever broken, and the order in which `bids` are given has no influence. Steps of bids
    that are set aside before the count come first, by key; then the count itself. Raises
    UnsettledTie where `ties` do not part bids that stand level, KeyError where `order` lacks a bid,
    and ValueError for an unknown rule, "threshold" without a minimum, two bids or tiers with one
    key, or amounts below zero.
    """
    if rule not in RULES:
        raise ValueError(f"no greedy rule is called {rule}")
    if rule == "threshold" and limits.min_votes is None and limits.min_score is None:
        raise ValueError("the rule threshold needs a minimum of votes or score")
    if limits.floors and rule not in {"skip", "threshold"}:
        raise ValueError(f"the rule {rule} cannot keep floors")
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
    count = _Count(limits, rule, queue, standings)
    steps = count.run()
    grants = tuple((step.key, step.grant) for step in steps if step.funded)
    met_by = {step.key: step for step in steps}
    run = [(bid, met_by[bid.key]) for bid in queue]
    return Outcome(
        funded=tuple(key for key, _ in grants),
        grants=grants,
        reserve=reserve(run, limits),
        left=count.books.left,
        steps=(*aside, *steps),
        ties=weighed(met, count.books.funded),
        lines=lines(run, limits, order),
        rule=rule,
        unit=order.unit,
        extra=count.books.extra,
        unmet=floors_unmet(bids, limits, dict(grants)),
    )


def sane(bids: Sequence[Bid], limits: Limits) -> None:
    """Raise ValueError for bids and limits that make no sense."""
    for keys in ([bid.key for bid in bids], [tier.key for tier in limits.tiers]):
        if len(set(keys)) < len(keys):
            raise ValueError("two bids or two tiers have the same key")
    if limits.budget < 0 or any(bid.cost < 0 for bid in bids):
        raise ValueError("amounts must not be below zero")
    if any(bid.least is not None and not 0 < bid.least <= bid.cost for bid in bids):
        raise ValueError("the smallest grant must lie above zero and not above the cost")
    _sane_pairs(limits)


def _sane_pairs(limits: Limits) -> None:
    for floor in limits.floors:
        if floor.kind not in {"tier", "community", "theme"}:
            raise ValueError(f"no floor is kept for a {floor.kind}")
        if floor.projects < 0 or floor.money < 0:
            raise ValueError("a floor must not lie below zero")
    needs: dict[int, list[int]] = {}
    for key, other in limits.requires:
        needs.setdefault(key, []).append(other)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError:
        raise ValueError("bids depend on each other in a circle") from None


def group_of(bid: Bid, limits: Limits) -> str | None:
    """The tier in which a bid is counted; None for the round, where there are no tiers."""
    return bid.tier if limits.tiers else None


class _Count:
    """One run: the books, the places given so far, and what has been closed."""

    def __init__(
        self,
        limits: Limits,
        rule: str,
        queue: Sequence[Bid],
        standings: Mapping[int, Fraction | None],
    ) -> None:
        self.limits = limits
        self.stops = rule in {"stop", "topup"}
        self.tops_up = rule == "topup"
        self.queue, self.standings = queue, standings
        self.places = places(queue, limits)
        self.books = books_for(limits, queue)
        self.seats: Counter[str | None] = Counter()
        self.closed: dict[str | None, int] = {}
        self.ended: int | None = None
        self.steps: list[Step] = []

    def run(self) -> list[Step]:
        """Deal with every bid."""
        in_turn(self.queue, self.books, lambda bid: self.steps.append(self._meet(bid)))
        if self.limits.partial and self.limits.floors:
            self._once_more()
        return self.steps

    def _once_more(self) -> None:
        """Now that the floors are filled, a part may fit of what was passed over for their sake."""
        passed = {step.key for step in self.steps if step.reason.code in {"floor", "requires"}}

        def deal(bid: Bid) -> None:
            step = self._meet(bid)
            if step.funded:
                self.steps = [old for old in self.steps if old.key != bid.key] + [step]

        in_turn([bid for bid in self.queue if bid.key in passed], self.books, deal)

    def _meet(self, bid: Bid) -> Step:
        """Deal with the next bid."""
        group = group_of(bid, self.limits)
        grant, extra, reason = self._decide(bid)
        if grant is not None:
            self.books.take(bid, grant, extra)
            self.seats[group] += 1
            reason = reason.plus(seat=self.seats[group], grant=grant, cost=bid.cost)
            tier = self.limits.tier(group)
            reason = reason.plus(places=tier.places if tier else None)
        standing = self.standings[bid.key]
        reason = reason.plus(tier=group, place=self.places[bid.key], standing=standing)
        return Step(bid.key, grant is not None, grant or 0, self.books.left, reason)

    def _decide(self, bid: Bid) -> tuple[int | None, int, Reason]:
        """The grant (None for none), what comes from outside the budget, and why."""
        shut = self.ended if self.ended is not None else self.closed.get(bid.tier)
        if shut is not None:
            return None, 0, Reason.of("stopped", other=shut)
        answer = self.books.ask(bid)
        if self.stops and isinstance(answer, Reason):
            if self._tops_up(bid, answer):
                self.ended = bid.key
                return bid.cost, bid.cost - self.books.left, Reason("topped_up")
            self._shut(bid, answer.code)
        if isinstance(answer, Offer):
            whole = answer.grant == bid.cost
            return answer.grant, 0, Reason("funded" if whole else "funded_partly")
        return None, 0, answer

    def _tops_up(self, bid: Bid, answer: Reason) -> bool:
        enough = self.books.left * 1000 >= bid.cost * self.limits.topup
        return self.tops_up and answer.code == "budget" and enough

    def _shut(self, bid: Bid, code: str) -> None:
        if code == "budget":
            self.ended = bid.key
        elif code == "tier_money":
            self.closed[bid.tier] = bid.key


def places(queue: Sequence[Bid], limits: Limits) -> dict[int, int]:
    """By key the rank of every bid among those that are counted in its tier, 1 first."""
    seen: Counter[str | None] = Counter()
    found = {}
    for bid in queue:
        seen[group_of(bid, limits)] += 1
        found[bid.key] = seen[group_of(bid, limits)]
    return found


def reserve(run: Sequence[tuple[Bid, Step]], limits: Limits) -> tuple[int, ...]:
    """The first bids of each tier that took part and were not funded, in the order of the count."""
    taken: Counter[str | None] = Counter()
    keys = []
    for bid, step in run:
        group = group_of(bid, limits)
        if not step.funded and taken[group] < limits.reserve:
            taken[group] += 1
            keys.append(bid.key)
    return tuple(keys)


def weighed(ties: Iterable[Tie], funded: Iterable[int]) -> tuple[Tie, ...]:
    """The ties, each saying whether some of its bids were funded and others were not."""
    inside = set(funded)
    return tuple(
        Tie(tie.keys, tie.settled_by, split=0 < len(inside & set(tie.keys)) < len(tie.keys))
        for tie in ties
    )


def lines(run: Sequence[tuple[Bid, Step]], limits: Limits, order: Ranking) -> tuple[Line, ...]:
    """One line a tier, in the order of the tiers; one for the round where there are none."""
    minimum = {"score": limits.min_score, "votes": limits.min_votes}.get(order.unit)
    least = None if minimum is None else Fraction(minimum)
    groups: list[str | None] = [tier.key for tier in limits.tiers]
    found = []
    for group in groups or [None]:
        inside = [
            (step.funded, order.of[bid.key]) for bid, step in run if group_of(bid, limits) == group
        ]
        ends = [place for place, (funded, _) in enumerate(inside) if funded]
        if ends:
            behind = inside[ends[-1] + 1 :]
            found.append(Line(group, inside[ends[-1]][1], behind[0][1] if behind else least))
        else:
            found.append(Line(group, None, inside[0][1] if inside else least))
    return tuple(found)
