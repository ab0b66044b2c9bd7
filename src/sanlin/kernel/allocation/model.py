"""The limits of a round as an integer programme, solved to the proven optimum by CP-SAT.

Everything is whole numbers: grants in fen, values scaled to their common denominator and, where
they grow too large for 64 bits, split into limbs with carries. So no tolerance decides anything.
What the solver answers is checked by `audit` before anybody sees it. The solver is imported inside
the functions that need it: the rest of the kernel runs without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from sanlin.kernel.allocation.audit import violations
from sanlin.kernel.allocation.constraints import largest, smallest
from sanlin.kernel.allocation.outcome import Bid, Floor, Limits

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LIMB = 40
BASE = 1 << LIMB
SAFE = 1 << 60
CHUNK = 48


class SolverFailed(RuntimeError):
    """The solver gave no proven answer, or one that breaks a limit. It should never happen."""


@dataclass(frozen=True)
class Best:
    """`grants` by key in fen; `floors` as they could be kept, each lowered to what is possible."""

    grants: Mapping[int, int]
    floors: tuple[Floor, ...]


def plan(
    limits: Limits, bids: Sequence[Bid], grants: Mapping[int, int], floors: Iterable[Floor]
) -> frozenset[int] | None:
    """Bids to come to `grants` that, each funded whole, fill the `floors`; None where none do.

    Raises SolverFailed.
    """
    model = _Model(bids, limits, granted=grants)
    for floor in floors:
        model.floor(floor)
    if not model.solve():
        return None
    return frozenset(model.grants()) - frozenset(grants)


def lowered(limits: Limits, bids: Sequence[Bid], grants: Mapping[int, int]) -> tuple[Floor, ...]:
    """The floors of the limits, one after another as high as bids funded whole can fill them.

    Raises SolverFailed.
    """
    return _Model(bids, limits, granted=grants).floors(limits.floors)


def best(queue: Sequence[Bid], values: Mapping[int, Fraction], limits: Limits) -> Best:
    """The grants with the greatest sum of the funded bids' `values` under every limit.

    `queue` is a strict order: of the sets with the greatest value the answer is the one that holds
    the first bid of the queue in which they differ. A bid counts with its whole value however much
    of its cost it gets; where grants may vary, their sum is made as large as possible for the
    chosen set, and then each in the order of the queue. Raises SolverFailed.
    """
    model = _Model(queue, limits)
    floors = model.floors(limits.floors)
    if not model.solve():
        raise SolverFailed("no allocation keeps the limits")
    scale = lcm(*(values[bid.key].denominator for bid in queue)) if queue else 1
    model.most([int(values[bid.key] * scale) for bid in queue])
    model.first_in_order()
    model.most_money()
    grants = model.grants()
    broken = violations(queue, replace(limits, floors=floors), grants)
    if broken:
        raise SolverFailed(f"the answer breaks {broken}")
    return Best(grants, floors)


class _Model:
    """The programme: a yes or no and a grant for every bid."""

    def __init__(
        self,
        queue: Sequence[Bid],
        limits: Limits,
        *,
        granted: Mapping[int, int] | None = None,
    ) -> None:
        """Where some bids are `granted`, these grants hold and all others are whole or none."""
        from ortools.sat.python import cp_model  # noqa: PLC0415  # the kernel loads without it

        self.cp = cp_model
        self.model = cp_model.CpModel()
        self.queue, self.limits = queue, limits
        self.chosen = {bid.key: self.model.new_bool_var(f"x{bid.key}") for bid in queue}
        self.free: list[Bid] = []
        self.amounts = {bid.key: self._amount(bid, granted) for bid in queue}
        self._pots()
        self._rules()

    def _amount(self, bid: Bid, granted: Mapping[int, int] | None) -> Any:
        """The grant of a bid: a number times its yes, or a variable where parts may be given."""
        yes, most = self.chosen[bid.key], largest(bid, self.limits)
        if granted is not None:
            if bid.key in granted:
                self.model.add(yes == 1)
            return granted.get(bid.key, most) * yes
        least = smallest(bid, self.limits)
        if least >= most:
            return most * yes
        amount = self.model.new_int_var(0, most, f"g{bid.key}")
        self.model.add(amount <= most * yes)
        self.model.add(amount >= least * yes)
        self.free.append(bid)
        return amount

    def _inside(self, what: str, name: object) -> list[Bid]:
        return [bid for bid in self.queue if getattr(bid, what) == name]

    def _money(self, bids: Iterable[Bid]) -> Any:
        return sum((self.amounts[bid.key] for bid in bids), start=0)

    def _many(self, keys: Iterable[int]) -> Any:
        return sum((self.chosen[key] for key in keys), start=0)

    def _at_most(self, total: Any, cap: int | None) -> None:
        if cap is not None and not isinstance(total, int):
            self.model.add(total <= cap)

    def _pots(self) -> None:
        limits = self.limits
        self._at_most(self._money(self.queue), limits.budget)
        for tier in limits.tiers:
            inside = self._inside("tier", tier.key)
            self._at_most(self._money(inside), tier.money)
            self._at_most(self._many(bid.key for bid in inside), tier.places)
        for what, cap in (("team", limits.team_cap), ("community", limits.community_cap)):
            for name in {getattr(bid, what) for bid in self.queue} - {None}:
                self._at_most(self._money(self._inside(what, name)), cap)
        for theme, cap in limits.theme_caps:
            self._at_most(self._money(self._inside("theme", theme)), cap)

    def _rules(self) -> None:
        limits = self.limits
        for rivals in limits.exclusive:
            self._at_most(self._many(sorted(rivals & self.chosen.keys())), 1)
        if limits.one_per_team:
            for team in {bid.team for bid in self.queue} - {None}:
                self._at_most(self._many(bid.key for bid in self._inside("team", team)), 1)
        for key, other in limits.requires:
            if key in self.chosen:
                self.model.add(self.chosen[key] <= self.chosen.get(other, 0))

    def floor(self, floor: Floor) -> None:
        """Ask for at least this."""
        inside = [bid for bid in self.queue if floor.holds(bid)]
        if floor.projects:
            self.model.add(self._many(bid.key for bid in inside) >= floor.projects)
        if floor.money:
            self.model.add(self._money(inside) >= floor.money)

    def floors(self, floors: Iterable[Floor]) -> tuple[Floor, ...]:
        """Ask for these floors, one after another, each as high as can be; returns them so."""
        kept = []
        for floor in floors:
            inside = [bid for bid in self.queue if floor.holds(bid)]
            projects = self._up_to(self._many(bid.key for bid in inside), floor.projects)
            at_most = replace(floor, projects=projects, money=0)
            self.floor(at_most)
            money = self._up_to(self._money(inside), floor.money)
            at_most = replace(at_most, money=money)
            self.floor(at_most)
            kept.append(at_most)
        return tuple(kept)

    def _up_to(self, total: Any, most: int) -> int:
        """The largest that `total` can be, but no more than `most`."""
        if not most or isinstance(total, int):
            return 0
        reached = self.model.new_int_var(0, most, "")
        self.model.add(reached <= total)
        return self._maximise(reached)

    def most(self, values: Sequence[int]) -> None:
        """Keep only what has the greatest sum of these values, one for every bid of the queue."""
        if sum(abs(value) for value in values) < SAFE:
            self._maximise(self._weighted(values))
            return
        limbs, rest = [], list(values)
        while set(rest) - {0, -1}:
            limbs.append([value & (BASE - 1) for value in rest])
            rest = [value >> LIMB for value in rest]
        carry: Any = 0
        digits = []
        for limb in limbs:
            digit = self.model.new_int_var(0, BASE - 1, "")
            total, carry = carry + self._weighted(limb), self.model.new_int_var(0, len(limb), "")
            self.model.add(total == digit + carry * BASE)
            digits.append(digit)
        self._maximise(carry + self._weighted(rest))
        for digit in reversed(digits):
            self._maximise(digit)

    def _weighted(self, weights: Sequence[int]) -> Any:
        terms = [
            weight * self.chosen[bid.key]
            for bid, weight in zip(self.queue, weights, strict=True)
            if weight
        ]
        return sum(terms, start=0)

    def first_in_order(self) -> None:
        """Keep only the set that holds the first bid of the queue in which others differ."""
        for start in range(0, len(self.queue), CHUNK):
            part = self.queue[start : start + CHUNK]
            weights = {bid.key: 1 << (len(part) - 1 - at) for at, bid in enumerate(part)}
            total = sum(weight * self.chosen[key] for key, weight in weights.items())
            self._maximise(total)

    def most_money(self) -> None:
        """Where grants may vary, keep the largest sum, and then the largest of each in order."""
        if self.free:
            self._maximise(self._money(self.free))
        for bid in self.free:
            self._maximise(self.amounts[bid.key])

    def _maximise(self, total: Any) -> int:
        """The largest value of `total`, which it has from now on."""
        if isinstance(total, int):
            return total
        self.model.maximize(total)
        if not self.solve():
            raise SolverFailed("no allocation keeps the limits")
        reached = self.last.value(total)
        self.model.add(total == reached)
        return int(reached)

    def solve(self) -> bool:
        """Solve; False where nothing keeps the limits. Raises SolverFailed without a proof."""
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        status = solver.solve(self.model)
        if status == self.cp.INFEASIBLE:
            return False
        if status != self.cp.OPTIMAL:
            raise SolverFailed(solver.status_name(status))
        self.last: cp_model.CpSolver = solver
        return True

    def grants(self) -> dict[int, int]:
        """What the last answer grants, by key."""
        return {
            bid.key: int(self.last.value(self.amounts[bid.key]))
            for bid in self.queue
            if self.last.value(self.chosen[bid.key])
        }
