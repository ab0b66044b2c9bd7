"""How far judges agree beyond chance: Krippendorff's alpha, exact.

1 is full agreement, 0 what marks dealt out at random would give, below 0 is systematic discord.
Blanks are no obstacle: a proposal counts with the marks it has, from two on.
Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, combinations

from sanlin.kernel.scoring.panel import Sheets, by_proposal

RELIABLE = Fraction(4, 5)
TENTATIVE = Fraction(2, 3)

Distance = Callable[[Fraction, Fraction], Fraction]


def alpha(sheets: Sheets, metric: str = "interval") -> Fraction | None:
    """Agreement by `metric`: nominal (same or not), ordinal (order only), interval (distances).

    None where it is undefined: no proposal has two marks, or all marks are the same, so that there
    is nothing to tell agreement from chance by. Raises ValueError for another metric.

    >>> seen = {1: {1: 1, 2: 2, 3: 3}, 2: {1: 1, 2: 2, 3: 4}}
    >>> str(alpha(seen)), str(alpha(seen, "ordinal"))
    ('36/41', '94/99')
    """
    units = [marks for marks in by_proposal(sheets).values() if len(marks) > 1]
    counts = Counter(mark for marks in units for mark in marks)
    total = sum(counts.values())
    apart = _distance(metric, counts)
    expected = sum((n * counts[other] * apart(mark, other)) for (mark, n), other in _pairs(counts))
    if not expected:
        return None
    observed = sum(
        (
            sum((apart(*pair) for pair in combinations(marks, 2)), Fraction(0)) / (len(marks) - 1)
            for marks in units
        ),
        Fraction(0),
    )
    return 1 - (total - 1) * observed / expected


def _pairs(counts: Counter[Fraction]) -> list[tuple[tuple[Fraction, int], Fraction]]:
    return [((mark, counts[mark]), other) for mark, other in combinations(sorted(counts), 2)]


def _distance(metric: str, counts: Counter[Fraction]) -> Distance:
    """The squared difference of two marks, by the metric."""
    if metric == "nominal":
        return lambda mark, other: Fraction(mark != other)
    if metric == "interval":
        return lambda mark, other: Fraction(mark - other) ** 2
    if metric != "ordinal":
        raise ValueError(f"no metric is called {metric}")
    values = sorted(counts)
    up_to = [0, *accumulate(counts[value] for value in values)]
    # The middle of each value's places: two of them lie as far apart as there are marks between.
    middle = {
        value: Fraction(up_to[bisect_left(values, value)] * 2 + counts[value], 2)
        for value in values
    }
    return lambda mark, other: (middle[mark] - middle[other]) ** 2


def verdict(agreement: Fraction | None) -> str:
    """What the figure allows, by Krippendorff's own thresholds: reliable (0.8), tentative (2/3),
    weak, or unknown where it is undefined."""
    if agreement is None:
        return "unknown"
    if agreement >= RELIABLE:
        return "reliable"
    return "tentative" if agreement >= TENTATIVE else "weak"
