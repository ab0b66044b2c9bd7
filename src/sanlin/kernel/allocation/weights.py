"""How far a weight may move before the funded set changes: exact end points, each counted again.

Every standing is a straight line over the weight. Between two neighbouring crossings of such lines
the order of the bids is one and the same, and so is the outcome, whatever the limits and whatever
parts ties; so it is enough to count once on every crossing and once between each two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from sanlin.kernel.allocation.case import Case

WHOLE = Fraction(1000)
NAMES = ("expert", "onsite")


@dataclass(frozen=True)
class Shift:
    """What is funded beyond an end point and was not, and the other way round; keys, ascending."""

    enters: tuple[int, ...]
    leaves: tuple[int, ...]


@dataclass(frozen=True)
class Interval:
    """The weights, in permille, at which the same bids are funded, around the weight of the case.

    `low` and `high` are exact; `low_in` and `high_in` say whether the end point itself belongs to
    it. `below` and `above` say what changes just beyond, None where the interval reaches 0 or 1000.
    """

    name: str
    at: Fraction
    low: Fraction
    high: Fraction
    low_in: bool
    high_in: bool
    below: Shift | None
    above: Shift | None

    @property
    def whole(self) -> bool:
        """Whether the funded set is the same at every weight."""
        return self.below is None and self.above is None


def stable_interval(case: Case, name: str = "expert") -> Interval:
    """The interval of one weight over which the funded set of a blend does not change.

    `name` is "expert" (the public part has the rest of 1000) or "onsite" (ballots online have the
    rest). Raises ValueError where the case has no such weight.

    >>> from sanlin.kernel.allocation.outcome import Bid, Limits
    >>> bids = (Bid(1, 60, Fraction(90), 10), Bid(2, 60, Fraction(60), 40))
    >>> case = Case(bids, Limits(100), "blend", 400, 600, "share_of_leader", lot=(1, 2))
    >>> found = stable_interval(case)
    >>> str(found.low), str(found.high), found.high_in, found.above
    ('0', '5000/7', False, Shift(enters=(1,), leaves=(2,)))
    """
    weigh = _weigher(case, name)
    at = Fraction(case.expert if name == "expert" else case.onsite or 0)
    base = frozenset(weigh(at).answer().funded)

    def differs(weight: Fraction) -> Shift | None:
        funded = frozenset(weigh(weight).answer().funded)
        if funded == base:
            return None
        return Shift(tuple(sorted(funded - base)), tuple(sorted(base - funded)))

    points = sorted({Fraction(0), WHOLE, at, *_crossings(weigh)})
    up = _end(at, [it for it in points if it > at], differs)
    down = _end(at, [it for it in reversed(points) if it < at], differs)
    return Interval(name, at, down[0], up[0], down[1], up[1], down[2], up[2])


def _weigher(case: Case, name: str) -> Callable[[Fraction], Case]:
    if name not in NAMES:
        raise ValueError(f"no weight is called {name}")
    if case.method != "blend" or (name == "onsite" and case.onsite is None):
        raise ValueError(f"the case has no weight called {name}")
    if name == "onsite":
        return lambda weight: replace(case, onsite=weight)
    return lambda weight: replace(case, expert=weight, public=WHOLE - weight)


def _crossings(weigh: Callable[[Fraction], Case]) -> Iterator[Fraction]:
    """Where two standings meet, strictly between 0 and 1000."""
    early, late = Fraction(250), Fraction(750)
    before, after = weigh(early).ranking().of, weigh(late).ranking().of
    lines = set()
    for key, first in before.items():
        second = after[key]
        if first is not None and second is not None:
            slope = (second - first) / (late - early)
            lines.add((slope, first - slope * early))
    for (slope, start), (other_slope, other_start) in combinations(sorted(lines), 2):
        if slope != other_slope:
            meet = (other_start - start) / (slope - other_slope)
            if 0 < meet < WHOLE:
                yield meet


def _end(
    at: Fraction, points: Iterable[Fraction], differs: Callable[[Fraction], Shift | None]
) -> tuple[Fraction, bool, Shift | None]:
    """The last point of the interval in one direction, whether it is inside, and what follows.

    Piece by piece: first between the last point and the next, then on that point itself.
    """
    last = at
    for point in points:
        if shift := differs((last + point) / 2):
            return last, True, shift
        if shift := differs(point):
            return point, False, shift
        last = point
    return last, True, None
