"""保底 (floor): what groups must get at least, kept within reach while a count goes on.

A plan is a set of bids, each funded whole, that fills every floor and keeps every other limit. As
long as there is one, a bid is offered a grant only if there is still one afterwards; so at the end
every floor is filled that could be filled at all. The search for a plan is exact: it branches on
the bids of the floor that has fewest left. Where that takes more than `NODES` steps, the same
question goes to the integer solver (`model.plan`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sanlin.kernel.allocation.audit import lacks, named
from sanlin.kernel.allocation.constraints import Books, Offer, largest
from sanlin.kernel.allocation.outcome import Bid, Floor, Limits
from sanlin.kernel.reason import Reason

NODES = 4000
Plan = frozenset[int]


def books_for(limits: Limits, pool: Sequence[Bid]) -> Books:
    """Empty books for a count in which exactly the bids of `pool` take part."""
    return FloorBooks(limits, pool) if limits.floors else Books(limits)


class FloorBooks(Books):
    """Books that offer nothing after which the floors could no longer be filled.

    Floors that the pool cannot fill at all are lowered to what it can (`floors`), each kept as high
    as the floors named before it allow.
    """

    def __init__(self, limits: Limits, pool: Sequence[Bid]) -> None:
        super().__init__(limits)
        self.bids = tuple(pool)
        self.pool = {bid.key: bid for bid in pool}
        self.grants: dict[int, int] = {}
        self.floors = self._lowered()
        self._plan = self.fill(self.floors) or frozenset()
        self._plans: dict[int, Plan] = {}

    def ask(self, bid: Bid) -> Offer | Reason:
        answer = super().ask(bid)
        if not isinstance(answer, Offer):
            return answer
        plan = self._plan_after(bid, answer.grant)
        if plan is not None:
            self._plans[bid.key] = plan
            return answer
        floor = self._first_lost(bid, answer.grant)
        told = named("floor", floor, *lacks(floor, self.bids, self.grants))
        return told.plus(left=self.left, cost=bid.cost)

    def take(self, bid: Bid, grant: int, extra: int = 0) -> None:
        """Enter a grant; one that was not asked for first may lower the floors."""
        plan = self._plans.get(bid.key)
        self._plans.clear()
        self.enter(bid, grant, extra)
        if plan is None and not self._still_fits(self._plan - {bid.key}):
            self.floors = self._lowered()
            plan = self.fill(self.floors)
        self._plan = (self._plan if plan is None else plan) - {bid.key}

    def enter(self, bid: Bid, grant: int, extra: int = 0) -> None:
        """Write a grant into the books without a look at the floors."""
        super().take(bid, grant, extra)
        self.grants[bid.key] = grant

    def strike(self, bid: Bid) -> None:
        """Take the grant that was entered last out again."""
        grant = self.grants.pop(bid.key)
        for code, name, _ in self._pots(bid):
            self.spent[code, name] -= grant
        self.seats[bid.tier] -= 1
        self.funded.remove(bid.key)
        if bid.team is not None and self.by_team.get(bid.team) == bid.key:
            del self.by_team[bid.team]

    def whole(self, bid: Bid) -> bool:
        """Whether the limits have room for the whole of this bid now."""
        answer = super().ask(bid)
        return isinstance(answer, Offer) and answer.grant == largest(bid, self.limits)

    def fill(self, floors: Sequence[Floor]) -> Plan | None:
        """A plan out of the bids that are not funded yet, or None where there is none."""
        try:
            return _Search(self, floors).run()
        except _TooMany:
            from sanlin.kernel.allocation.model import plan  # noqa: PLC0415  # seldom needed

            return plan(self.limits, self.bids, self.grants, floors)

    def _plan_after(self, bid: Bid, grant: int) -> Plan | None:
        self.enter(bid, grant)
        try:
            same = self._plan - {bid.key}
            return same if self._still_fits(same) else self.fill(self.floors)
        finally:
            self.strike(bid)

    def _first_lost(self, bid: Bid, grant: int) -> Floor:
        """The first floor that cannot be kept, with those before it, after this grant."""
        self.enter(bid, grant)
        try:
            counts = range(1, len(self.floors) + 1)
            return next(self.floors[n - 1] for n in counts if self.fill(self.floors[:n]) is None)
        finally:
            self.strike(bid)

    def _still_fits(self, plan: Plan) -> bool:
        entered: list[Bid] = []
        waiting = [self.pool[key] for key in sorted(plan)]
        try:
            while waiting:
                bid = next((it for it in waiting if self.awaits(it) is None), None)
                if bid is None or not self.whole(bid):
                    return False
                self.enter(bid, largest(bid, self.limits))
                entered.append(bid)
                waiting.remove(bid)
            return all(lacks(floor, self.bids, self.grants) == (0, 0) for floor in self.floors)
        finally:
            for bid in reversed(entered):
                self.strike(bid)

    def _lowered(self) -> tuple[Floor, ...]:
        kept: list[Floor] = []
        for floor in self.limits.floors:
            if self.fill([*kept, floor]) is not None:
                kept.append(floor)
                continue
            low = replace(floor, projects=0, money=0)
            low = self._highest(kept, low, "projects", floor.projects)
            kept.append(self._highest(kept, low, "money", floor.money))
        return tuple(kept)

    def _highest(self, kept: Sequence[Floor], floor: Floor, what: str, most: int) -> Floor:
        """The floor with the most of `what` that can be filled; less can be where more can."""

        def raised(amount: int) -> Floor:
            if what == "projects":
                return replace(floor, projects=amount)
            return replace(floor, money=amount)

        low, high = 0, most
        while low < high:
            middle = (low + high + 1) // 2
            if self.fill([*kept, raised(middle)]) is None:
                high = middle - 1
            else:
                low = middle
        return raised(low)


class _TooMany(Exception):
    """The search has taken more than NODES steps."""


class _Search:
    """One search for a plan, on the books themselves, which are left as they were."""

    def __init__(self, books: FloorBooks, floors: Sequence[Floor]) -> None:
        self.books, self.floors = books, floors
        self.out: set[int] = set()
        self.entered: list[Bid] = []
        self.nodes = 0

    def run(self) -> Plan | None:
        try:
            return self._complete()
        finally:
            self._back_to(0)

    def _complete(self) -> Plan | None:
        """What is entered, and what has to come to it; None where nothing completes it."""
        self.nodes += 1
        if self.nodes > NODES:
            raise _TooMany
        hardest: list[Bid] | None = None
        for floor in self.floors:
            projects, money = lacks(floor, self.books.bids, self.books.grants)
            if not projects and not money:
                continue
            found = self._candidates(floor)
            if not self._enough(found, projects, money):
                return None
            if hardest is None or len(found) < len(hardest):
                hardest = found[::-1] if money else found
        if hardest is None:
            return frozenset(bid.key for bid in self.entered)
        return self._branch(hardest)

    def _candidates(self, floor: Floor) -> list[Bid]:
        """The bids of the floor that might still be funded whole, the cheapest first."""
        books = self.books
        found = [
            bid
            for key, bid in books.pool.items()
            if key not in books.funded and key not in self.out and floor.holds(bid)
        ]
        found = [bid for bid in found if books.awaits(bid) is not None or books.whole(bid)]
        return sorted(found, key=lambda bid: (largest(bid, books.limits), bid.key))

    def _enough(self, found: Sequence[Bid], projects: int, money: int) -> bool:
        amounts = [largest(bid, self.books.limits) for bid in found]
        if len(found) < projects or sum(amounts) < money:
            return False
        return max(sum(amounts[:projects]), money) <= self.books.left

    def _branch(self, found: Sequence[Bid]) -> Plan | None:
        """Every plan holds some bid of `found`: try each as the first of them that it holds."""
        plan: Plan | None = None
        before = set(self.out)
        for bid in found:
            depth = len(self.entered)
            if self._enter(bid):
                plan = self._complete()
            self._back_to(depth)
            if plan is not None:
                break
            self.out.add(bid.key)
        self.out = before
        return plan

    def _enter(self, bid: Bid) -> bool:
        """Enter this bid, and before it all that it depends on."""
        while (other := self.books.awaits(bid)) is not None:
            needed = self.books.pool.get(other)
            if needed is None or other in self.out or not self._enter(needed):
                return False
        if not self.books.whole(bid):
            return False
        self.books.enter(bid, largest(bid, self.books.limits))
        self.entered.append(bid)
        return True

    def _back_to(self, depth: int) -> None:
        while len(self.entered) > depth:
            self.books.strike(self.entered.pop())
