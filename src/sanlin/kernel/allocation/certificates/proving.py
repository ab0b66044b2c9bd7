"""That no allocation has a greater sum of standings: a proof that is checked without any search.

Every limit is a row: a sum of whole numbers over the funded bids that must not pass a whole number.
Multipliers, none below zero, turn all rows into one: whatever set keeps the limits, its value is at
most the sum of multiplier × bound, plus, for each bid, what its value has above its multipliers, or
nothing. Where one such bound is not enough, the proof asks for some bid "in or out?" and bounds both
answers. So a proof is a tree of such questions with multipliers at its leaves, and checking it is
adding up. Multipliers may come from anywhere, floats too: they are read as fractions, and any will
do that are not below zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Protocol

from sanlin.kernel.allocation.audit import lacks
from sanlin.kernel.allocation.certificates.certificate import Certificate
from sanlin.kernel.allocation.certificates.keeping import takes_part
from sanlin.kernel.allocation.constraints import largest, smallest
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome

LEAVES = 3000


@dataclass(frozen=True)
class Row:
    """A limit: Σ `weights`[key] over the funded bids is at most `most`."""

    name: str
    weights: tuple[tuple[int, int], ...]
    most: int


@dataclass(frozen=True)
class Leaf:
    """Multipliers by the number of their row; all others are 0."""

    multipliers: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class Branch:
    """Bid `key` is either funded or not."""

    key: int
    funded: Tree
    not_funded: Tree


Tree = Leaf | Branch


def optimal(outcome: Outcome, bids: Sequence[Bid], limits: Limits) -> Certificate:
    """No allocation that keeps the limits has a greater sum of standings than `outcome`.

    Floors count as far as the outcome fills them. Figures: value, leaves, rows. Witness: the rows,
    then the tree; `check` checks them. `holds` is None where no proof of at most `LEAVES` leaves was
    found, which says nothing about the outcome.
    """
    values = {
        step.key: value
        for step in outcome.steps
        if isinstance(value := step.reason.get("standing"), Fraction)
    }
    inside = [bid for bid in bids if bid.key in values and takes_part(bid, limits, outcome)]
    values = {bid.key: values[bid.key] for bid in inside}
    rows = limit_rows(inside, limits, dict(outcome.grants))
    value = sum((values[key] for key in outcome.funded), start=Fraction(0))
    tree = _Proof(values, rows, value).tree()
    proven = None if tree is None else check(values, rows, value, tree)
    return Certificate.of(
        "optimal",
        proven,
        () if tree is None else (rows, tree),
        value=value,
        leaves=None if tree is None else leaves(tree),
        rows=len(rows),
    )


def check(
    values: Mapping[int, Fraction], rows: Sequence[Row], claimed: Fraction, tree: Tree
) -> bool:
    """Whether `tree` proves that no set that keeps the rows has a value greater than `claimed`.

    A bound that lies above the claim by less than the smallest step between two values is enough.

    >>> values = {1: Fraction(7), 2: Fraction(6), 3: Fraction(5)}
    >>> budget = Row("budget", ((1, 60), (2, 50), (3, 40)), 100)
    >>> leaf = Leaf(((0, Fraction(6, 50)),))
    >>> str(bound(values, [budget], leaf, {}))
    '61/5'
    >>> check(values, [budget], Fraction(12), leaf), check(values, [budget], Fraction(11), leaf)
    (True, False)
    """
    step = Fraction(1, lcm(*(value.denominator for value in values.values())))
    return _check(values, rows, claimed + step, tree, {})


def _check(
    values: Mapping[int, Fraction],
    rows: Sequence[Row],
    below: Fraction,
    tree: Tree,
    fixed: dict[int, bool],
) -> bool:
    if isinstance(tree, Leaf):
        lawful = all(multiplier >= 0 for _, multiplier in tree.multipliers)
        return lawful and bound(values, rows, tree, fixed) < below
    if tree.key in fixed or tree.key not in values:
        return False
    return all(
        _check(values, rows, below, part, {**fixed, tree.key: chosen})
        for chosen, part in ((True, tree.funded), (False, tree.not_funded))
    )


def bound(
    values: Mapping[int, Fraction], rows: Sequence[Row], leaf: Leaf, fixed: Mapping[int, bool]
) -> Fraction:
    """What no set can pass that keeps the rows and funds of the `fixed` bids exactly the true ones."""
    worth = dict(values)
    total = Fraction(0)
    for number, multiplier in leaf.multipliers:
        total += multiplier * rows[number].most
        for key, weight in rows[number].weights:
            worth[key] -= multiplier * weight
    for key, value in worth.items():
        if fixed.get(key, value > 0):
            total += value
    return total


def leaves(tree: Tree) -> int:
    """How many leaves a tree has."""
    if isinstance(tree, Leaf):
        return 1
    return leaves(tree.funded) + leaves(tree.not_funded)


def limit_rows(bids: Sequence[Bid], limits: Limits, grants: Mapping[int, int]) -> tuple[Row, ...]:
    """The limits as rows. A bid weighs at least its smallest grant, for a floor its largest one."""
    weights = {bid.key: smallest(bid, limits) for bid in bids}
    rows = [
        *_rows("budget", weights, [(bids, limits.budget)]),
        *_tier_rows(bids, limits, weights),
        *_group_rows(bids, limits, weights),
        *_pair_rows(bids, limits),
        *_floors(bids, limits, grants),
    ]
    return tuple(rows)


def _rows(
    name: str,
    weights: Mapping[int, int],
    groups: Iterable[tuple[Sequence[Bid], int | None]],
) -> Iterator[Row]:
    """A row for every group whose limit its members could pass together."""
    for members, most in groups:
        inside = tuple((bid.key, weights[bid.key]) for bid in members)
        if most is not None and sum(weight for _, weight in inside) > most:
            yield Row(name, inside, most)


def _by(bids: Sequence[Bid], what: str) -> list[list[Bid]]:
    names = sorted({getattr(bid, what) for bid in bids} - {None})
    return [[bid for bid in bids if getattr(bid, what) == name] for name in names]


def _tier_rows(bids: Sequence[Bid], limits: Limits, weights: Mapping[int, int]) -> Iterator[Row]:
    ones = dict.fromkeys(weights, 1)
    for tier in limits.tiers:
        members = [bid for bid in bids if bid.tier == tier.key]
        yield from _rows("tier_money", weights, [(members, tier.money)])
        yield from _rows("places", ones, [(members, tier.places)])


def _group_rows(bids: Sequence[Bid], limits: Limits, weights: Mapping[int, int]) -> Iterator[Row]:
    caps = dict(limits.theme_caps)
    themes = [(members, caps.get(str(members[0].theme))) for members in _by(bids, "theme")]
    teams = _by(bids, "team")
    yield from _rows("team_cap", weights, [(members, limits.team_cap) for members in teams])
    yield from _rows(
        "community_cap",
        weights,
        [(members, limits.community_cap) for members in _by(bids, "community")],
    )
    yield from _rows("theme_cap", weights, themes)
    if limits.one_per_team:
        yield from _rows("team_taken", dict.fromkeys(weights, 1), [(it, 1) for it in teams])


def _pair_rows(bids: Sequence[Bid], limits: Limits) -> Iterator[Row]:
    ones = {bid.key: 1 for bid in bids}
    groups = [([bid for bid in bids if bid.key in rivals], 1) for rivals in limits.exclusive]
    yield from _rows("exclusive", ones, groups)
    for key, other in limits.requires:
        if key in ones:
            yield Row("requires", ((key, 1), *([(other, -1)] if other in ones else [])), 0)


def _floors(bids: Sequence[Bid], limits: Limits, grants: Mapping[int, int]) -> list[Row]:
    rows = []
    for floor in limits.floors:
        members = [bid for bid in bids if floor.holds(bid)]
        projects, money = lacks(floor, bids, grants)
        if floor.projects > projects:
            ones = tuple((bid.key, -1) for bid in members)
            rows.append(Row("floor", ones, projects - floor.projects))
        if floor.money > money:
            amounts = tuple((bid.key, -largest(bid, limits)) for bid in members)
            rows.append(Row("floor", amounts, money - floor.money))
    return rows


class _Duals(Protocol):
    """Answers what multipliers bound best, and which bid to ask about where they do not suffice."""

    def __call__(self, fixed: Mapping[int, bool]) -> tuple[Leaf, int | None]: ...


class _TooMany(Exception):
    """The proof would have more than LEAVES leaves."""


class _Proof:
    """The search for a proof."""

    def __init__(
        self, values: Mapping[int, Fraction], rows: Sequence[Row], claimed: Fraction
    ) -> None:
        self.values, self.rows = values, rows
        self.below = claimed + Fraction(1, lcm(*(it.denominator for it in values.values())))
        self.leaves = 0
        self.duals: _Duals = _knapsack(values, rows) if len(rows) < 2 else _programme(values, rows)

    def tree(self) -> Tree | None:
        try:
            return self._grow({})
        except _TooMany:
            return None

    def _grow(self, fixed: dict[int, bool]) -> Tree:
        leaf, ask = self.duals(fixed)
        if bound(self.values, self.rows, leaf, fixed) < self.below:
            self.leaves += 1
            return leaf
        free = next((key for key in self.values if key not in fixed), None)
        ask = free if ask is None else ask
        if ask is None or self.leaves >= LEAVES:
            raise _TooMany
        return Branch(ask, self._grow({**fixed, ask: True}), self._grow({**fixed, ask: False}))


def _knapsack(values: Mapping[int, Fraction], rows: Sequence[Row]) -> _Duals:
    """One row at most: the best multiplier is the value per cost of the bid that fits in part."""
    cost = dict(rows[0].weights) if rows else {}
    order = sorted(cost, key=lambda key: Fraction(values[key], cost[key] or 1), reverse=True)
    order = [key for key in order if cost[key]]

    def duals(fixed: Mapping[int, bool]) -> tuple[Leaf, int | None]:
        if not rows:
            return Leaf(()), None
        room = rows[0].most - sum(cost[key] for key, chosen in fixed.items() if chosen)
        if room < 0:
            # Too dear already: a multiplier so large that the overdraft outweighs every value.
            return Leaf(((0, sum(values.values(), start=Fraction(1)) / -room),)), None
        for key in order:
            if key not in fixed:
                room -= cost[key]
                if room < 0:
                    return Leaf(((0, values[key] / cost[key]),)), key
        return Leaf(()), None

    return duals


def _programme(values: Mapping[int, Fraction], rows: Sequence[Row]) -> _Duals:
    """Several rows: multipliers from the linear programme, solved in floats and read as fractions."""
    from ortools.linear_solver import pywraplp  # noqa: PLC0415  # the kernel loads without it

    heavy = float(sum(values.values(), start=Fraction(1))) * 4
    sizes = [max((abs(weight) for _, weight in row.weights), default=1) for row in rows]

    def duals(fixed: Mapping[int, bool]) -> tuple[Leaf, int | None]:
        solver = pywraplp.Solver.CreateSolver("GLOP")
        chosen = {
            key: solver.NumVar(float(fixed.get(key, 0)), float(fixed.get(key, 1)), "")
            for key in values
        }
        goal = solver.Objective()
        goal.SetMaximization()
        for key, value in values.items():
            goal.SetCoefficient(chosen[key], float(value))
        limits = []
        for row, size in zip(rows, sizes, strict=True):
            over = solver.NumVar(0, solver.infinity(), "")
            goal.SetCoefficient(over, -heavy * size)
            limit = solver.Constraint(-solver.infinity(), row.most / size)
            limit.SetCoefficient(over, -float(size))
            for key, weight in row.weights:
                limit.SetCoefficient(chosen[key], weight / size)
            limits.append(limit)
        solver.Solve()
        found = [max(limit.dual_value(), 0.0) for limit in limits]
        leaf = Leaf(
            tuple(
                (number, Fraction(dual).limit_denominator(10**9) / size)
                for number, (dual, size) in enumerate(zip(found, sizes, strict=True))
                if dual > 0
            )
        )
        parts = {key: abs(it.solution_value() - 0.5) for key, it in chosen.items()}
        ask = min((key for key in parts if key not in fixed), key=parts.__getitem__, default=None)
        return leaf, ask

    return duals
