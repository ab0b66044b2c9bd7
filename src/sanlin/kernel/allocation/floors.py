"""保底 (floor): what groups must get at least, kept within reach while a count goes on.

A plan is a set of bids, each funded whole, that fills every floor and keeps every other limit. As
long as there is one, a bid is offered a grant only if there is still one afterwards; so at the end
every floor is filled that could be filled at all. The search for a plan is exact: it branches on
the bids of the floor that has fewest left. Where that takes more than `NODES` steps, the same
question goes to the integer solver (`model.plan`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

from sanlin.kernel.allocation.audit import lacks, named
from sanlin.kernel.allocation.constraints import Books, Offer, largest
from sanlin.kernel.allocation.outcome import Bid, Floor, Limits
from sanlin.kernel.reason import Reason

NODES = 1000
Plan = frozenset[int]


def books_for(limits: Limits, pool: Sequence[Bid]) -> Books:
    """Empty books for a count in which exactly the bids of `pool` take part."""
    return FloorBooks(limits, pool) if limits.floors else Books(limits)


@dataclass(frozen=True)
class _Row:
    """A room that the grants of its members use up, or the number of them where `counts`."""

    members: frozenset[int]
    cap: int
    counts: bool


@dataclass(frozen=True)
class _Pool:
    """The bids of a count, and their limits as `rows`, the budget first.

    `money` and `ones` are the rows in which a bid stands, `whole` the largest grant of each bid,
    `needs` the bids that it depends on, `order` the keys from the cheapest on. `parts` are sets of
    rows in which no bid stands twice.
    """

    bids: Mapping[int, Bid]
    rows: tuple[_Row, ...]
    parts: tuple[tuple[int, ...], ...]
    money: Mapping[int, tuple[int, ...]]
    ones: Mapping[int, tuple[int, ...]]
    whole: Mapping[int, int]
    needs: Mapping[int, tuple[int, ...]]
    order: tuple[int, ...]

    @classmethod
    def of(cls, limits: Limits, bids: Sequence[Bid]) -> _Pool:
        groups = [[_Row(frozenset(bid.key for bid in bids), limits.budget, False)]]
        groups += _parts(limits, bids)
        rows = [row for part in groups for row in part]
        ends = [0, *accumulate(map(len, groups))]
        whole = {bid.key: largest(bid, limits) for bid in bids}

        def of(counts: bool) -> dict[int, tuple[int, ...]]:
            found = [at for at, row in enumerate(rows) if row.counts == counts]
            return {key: tuple(at for at in found if key in rows[at].members) for key in whole}

        return cls(
            {bid.key: bid for bid in bids},
            tuple(rows),
            tuple(tuple(range(*it)) for it in pairwise(ends[1:]) if it[0] < it[1]),
            of(False),
            of(True),
            whole,
            {key: tuple(b for a, b in limits.requires if a == key) for key in whole},
            tuple(sorted(whole, key=lambda key: (whole[key], key))),
        )


def _parts(limits: Limits, bids: Sequence[Bid]) -> list[list[_Row]]:
    def rows(what: str, caps: Mapping[Any, int | None], *, counts: bool = False) -> list[_Row]:
        return [
            _Row(frozenset(bid.key for bid in bids if getattr(bid, what) == name), cap, counts)
            for name, cap in caps.items()
            if cap is not None
        ]

    def alike(what: str, cap: int | None) -> dict[Any, int | None]:
        return dict.fromkeys(sorted({getattr(bid, what) for bid in bids} - {None}), cap)

    one = 1 if limits.one_per_team else None
    keys = {bid.key for bid in bids}
    return [
        rows("tier", {tier.key: tier.money for tier in limits.tiers}),
        rows("tier", {tier.key: tier.places for tier in limits.tiers}, counts=True),
        rows("theme", dict(limits.theme_caps)),
        rows("community", alike("community", limits.community_cap)),
        rows("team", alike("team", limits.team_cap)),
        rows("team", alike("team", one), counts=True),
        *([_Row(rivals & keys, 1, True)] for rivals in limits.exclusive),
    ]


class FloorBooks(Books):
    """Books that offer nothing after which the floors could no longer be filled.

    Floors that the pool cannot fill at all are lowered to what it can (`floors`), each kept as high
    as the floors named before it allow.
    """

    def __init__(self, limits: Limits, pool: Sequence[Bid]) -> None:
        super().__init__(limits)
        self.bids = tuple(pool)
        self.grants: dict[int, int] = {}
        self._pool = _Pool.of(limits, pool)
        self._room = [row.cap for row in self._pool.rows]
        self._inside = {
            (floor.kind, floor.name): [bid.key for bid in pool if floor.holds(bid)]
            for floor in limits.floors
        }
        self.floors = self._lowered()
        self._keep(self.fill(self.floors) or frozenset())
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
        super().take(bid, grant, extra)
        self._room[0] += extra
        self._enter(bid.key, grant)
        if plan is None and not self._still_fits(self._plan - {bid.key}):
            self.floors = self._lowered()
            plan = self.fill(self.floors)
        self._keep((self._plan if plan is None else plan) - {bid.key})

    def fill(self, floors: Sequence[Floor]) -> Plan | None:
        """A plan out of the bids that are not funded yet, or None where there is none."""
        try:
            return self._search(floors)
        except _TooMany:
            from sanlin.kernel.allocation.model import plan  # noqa: PLC0415  # seldom needed

            return plan(self.limits, self.bids, self.grants, floors)

    def _search(self, floors: Sequence[Floor]) -> Plan | None:
        return _Search(self._pool, self._room, self.grants, floors).run()

    def _sparely(self, floors: Sequence[Floor]) -> Plan | None:
        """A search out of the steps that are left to the lowering as a whole."""
        search = _Search(self._pool, self._room, self.grants, floors, self._spared)
        try:
            return search.run()
        finally:
            self._spared -= search.nodes

    def _enter(self, key: int, grant: int) -> None:
        self.grants[key] = grant
        for row in self._pool.money[key]:
            self._room[row] -= grant
        for row in self._pool.ones[key]:
            self._room[row] -= 1

    def _strike(self, key: int) -> None:
        grant = self.grants.pop(key)
        for row in self._pool.money[key]:
            self._room[row] += grant
        for row in self._pool.ones[key]:
            self._room[row] += 1

    def _keep(self, plan: Plan) -> None:
        """What is planned from now on, and what of each row it uses up."""
        self._plan, self._used = plan, self._use(plan)

    def _use(self, plan: Plan) -> Counter[int]:
        used = Counter[int]()
        for key in plan:
            used.update(dict.fromkeys(self._pool.ones[key], 1))
            used.update(dict.fromkeys(self._pool.money[key], self._pool.whole[key]))
        return used

    def _plan_after(self, bid: Bid, grant: int) -> Plan | None:
        # The plan holds as things stand: a bid out of it takes nothing else away, and one beside it
        # takes from its own rows alone.
        if bid.key in self._plan:
            if grant == self._pool.whole[bid.key]:
                return self._plan - {bid.key}
        elif self._leaves(bid.key, grant):
            return self._plan
        self._enter(bid.key, grant)
        try:
            same = self._plan - {bid.key}
            return same if self._still_fits(same) else self.fill(self.floors)
        finally:
            self._strike(bid.key)

    def _leaves(self, key: int, grant: int) -> bool:
        """Whether this grant leaves in every row what the plan uses of it."""
        room, used = self._room, self._used
        return all(room[row] - grant >= used[row] for row in self._pool.money[key]) and all(
            room[row] - 1 >= used[row] for row in self._pool.ones[key]
        )

    def _first_lost(self, bid: Bid, grant: int) -> Floor:
        """The first floor that cannot be kept, with those before it, after this grant."""
        self._enter(bid.key, grant)
        try:
            low, high = 1, len(self.floors)
            while low < high:
                middle = (low + high) // 2
                if self.fill(self.floors[:middle]) is None:
                    high = middle
                else:
                    low = middle + 1
            return self.floors[low - 1]
        finally:
            self._strike(bid.key)

    def _still_fits(self, plan: Plan) -> bool:
        """Whether these bids, funded whole, keep the limits and fill the floors."""
        pool = self._pool
        known = plan | self.grants.keys()
        if any(self._room[row] < many for row, many in self._use(plan).items()) or not all(
            known.issuperset(pool.needs[key]) for key in plan
        ):
            return False
        grants = {**self.grants, **{key: pool.whole[key] for key in plan}}
        return all(self._filled(floor, grants) for floor in self.floors)

    def _filled(self, floor: Floor, grants: Mapping[int, int]) -> bool:
        inside = [grants[key] for key in self._inside[floor.kind, floor.name] if key in grants]
        return len(inside) >= floor.projects and sum(inside) >= floor.money

    def _lowered(self) -> tuple[Floor, ...]:
        self._spared = NODES
        try:
            return self._lowered_by_search()
        except _TooMany:
            from sanlin.kernel.allocation.model import lowered  # noqa: PLC0415  # seldom needed

            return lowered(self.limits, self.bids, self.grants)

    def _lowered_by_search(self) -> tuple[Floor, ...]:
        if self._sparely(self.limits.floors) is not None:
            return self.limits.floors
        kept: list[Floor] = []
        for floor in self.limits.floors:
            if self._sparely([*kept, floor]) is not None:
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
            if self._sparely([*kept, raised(middle)]) is None:
                high = middle - 1
            else:
                low = middle
        return raised(low)


class _TooMany(Exception):
    """The search has taken more than NODES steps."""


class _Search:
    """One search for a plan; `room` is what the rows have left."""

    def __init__(
        self,
        pool: _Pool,
        room: Sequence[int],
        grants: Mapping[int, int],
        floors: Sequence[Floor],
        most: int | None = None,
    ) -> None:
        self.pool, self.room = pool, list(room)
        self.most = NODES if most is None else most
        self.closed = set(grants)
        self.known = set(grants)
        self.entered: list[int] = []
        self.nodes = 0
        bids = tuple(pool.bids.values())
        self.open: list[_Open] = []
        for floor in floors:
            projects, money = lacks(floor, bids, grants)
            members = [key for key in pool.order if floor.holds(pool.bids[key])]
            if projects or money:
                self.open.append(
                    _Open(floor.kind, floor.name, members, set(members), projects, money)
                )

    def run(self) -> Plan | None:
        self.nodes += 1
        if self.nodes > self.most:
            raise _TooMany
        asked: dict[str, dict[object, int]] = defaultdict(dict)
        hardest: tuple[_Open, list[int]] | None = None
        for floor in self.open:
            if floor.projects <= 0 and floor.money <= 0:
                continue
            found = [key for key in floor.members if key not in self.closed and self._fits(key)]
            least = self._least(floor, found)
            if least is None:
                return None
            kind = asked[floor.kind]
            kind[floor.name] = max(kind.get(floor.name, 0), least)
            if sum(kind.values()) > self.room[0]:
                return None
            if hardest is None or len(found) < len(hardest[1]):
                hardest = floor, found
        if hardest is None:
            return frozenset(self.entered)
        floor, found = hardest
        return self._branch(found[::-1] if floor.money > 0 else found)

    def _least(self, floor: _Open, found: Sequence[int]) -> int | None:
        """What filling this floor costs at the least, None where `found` cannot fill it."""
        amounts = [self.pool.whole[key] for key in found]
        if len(found) < floor.projects or sum(amounts) < floor.money:
            return None
        for part in self.pool.parts:
            if not self._reaches(part, floor, found):
                return None
        return max(sum(amounts[: max(floor.projects, 0)]), floor.money)

    def _reaches(self, part: Sequence[int], floor: _Open, found: Sequence[int]) -> bool:
        """Whether `found` could fill this floor if these rows were all the limits there are."""
        many, much, rest = 0, 0, set(found)
        for at in part:
            row = self.pool.rows[at]
            inside = [self.pool.whole[key] for key in found if key in row.members]
            rest -= row.members
            if row.counts:
                seats = min(self.room[at], len(inside))
                many += seats
                much += sum(inside[len(inside) - seats :])
            else:
                many += len(inside)
                much += min(self.room[at], sum(inside))
        much += sum(self.pool.whole[key] for key in rest)
        return many + len(rest) >= floor.projects and much >= floor.money

    def _fits(self, key: int) -> bool:
        """Whether all rows of this bid have room for the whole of it."""
        room, whole = self.room, self.pool.whole[key]
        return all(room[row] >= whole for row in self.pool.money[key]) and all(
            room[row] >= 1 for row in self.pool.ones[key]
        )

    def _branch(self, found: Sequence[int]) -> Plan | None:
        """Every plan holds some bid of `found`: try each as the first of them that it holds."""
        plan: Plan | None = None
        before = set(self.closed)
        for key in found:
            depth = len(self.entered)
            if self._enter(key):
                plan = self.run()
            while len(self.entered) > depth:
                self._book(self.entered.pop(), -1)
            if plan is not None:
                break
            self.closed.add(key)
        self.closed = before
        return plan

    def _enter(self, key: int) -> bool:
        """Enter this bid, and before it all that it depends on."""
        for other in self.pool.needs[key]:
            if other in self.known:
                continue
            if other in self.closed or other not in self.pool.bids or not self._enter(other):
                return False
        if not self._fits(key):
            return False
        self._book(key, 1)
        self.entered.append(key)
        return True

    def _book(self, key: int, sign: int) -> None:
        """Enter a bid (1) or take it out again (-1)."""
        whole = self.pool.whole[key]
        for row in self.pool.money[key]:
            self.room[row] -= sign * whole
        for row in self.pool.ones[key]:
            self.room[row] -= sign
        for floor in self.open:
            if key in floor.inside:
                floor.projects -= sign
                floor.money -= sign * whole
        if sign > 0:
            self.known.add(key)
            self.closed.add(key)
        else:
            self.known.discard(key)
            self.closed.discard(key)


@dataclass
class _Open:
    """A floor in a search: its bids from the cheapest on, and what it still lacks."""

    kind: str
    name: object
    members: list[int]
    inside: set[int]
    projects: int
    money: int
