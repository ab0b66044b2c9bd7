"""Marks freed from the habits of judges, judge by judge: strict or mild, wide or narrow.

Both ways shift a judge's marks to the mean of all marks and stretch them to the width of all marks;
they differ in how a width is measured. A judge of zero spread, who gave one and the same mark
throughout, told no proposal from another: each of those marks becomes the mean of all. Recused
judges are absent from `sheets` before anything is evened, so that they bend nobody's scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import isqrt

from sanlin.kernel.scoring.panel import Sheets, known, mean

DECIMALS = 6

Width = Callable[[Sequence[Fraction]], Fraction]


def mean_absolute_deviation(marks: Sequence[Fraction]) -> Fraction:
    """The mean distance from the mean; 0 where there is no mark.

    >>> str(mean_absolute_deviation([Fraction(70), Fraction(80), Fraction(90)]))
    '20/3'
    """
    middle = mean(marks)
    if middle is None:
        return Fraction(0)
    return sum((abs(mark - middle) for mark in marks), Fraction(0)) / len(marks)


def standard_deviation(marks: Sequence[Fraction]) -> Fraction:
    """The root of the mean squared distance from the mean (population), to six decimals, half up.

    A root is not a fraction, so the figure that is printed is the figure that counts: it is found
    in whole numbers and is the same on every machine. 0 where there is no mark.

    >>> str(standard_deviation([Fraction(70), Fraction(80), Fraction(90)]))
    '4082483/500000'
    """
    middle = mean(marks)
    if middle is None:
        return Fraction(0)
    variance = sum(((mark - middle) ** 2 for mark in marks), Fraction(0)) / len(marks)
    doubled = isqrt(int(4 * variance * 100**DECIMALS))
    return Fraction((doubled + 1) // 2, 10**DECIMALS)


def normalised(sheets: Sheets) -> dict[int, dict[int, Fraction]]:
    """Evened by the mean absolute deviation, which is exact: M + (x − m) × D ÷ d."""
    return _evened(sheets, mean_absolute_deviation)


def zscores(sheets: Sheets) -> dict[int, dict[int, Fraction]]:
    """Evened by the standard deviation: M + z × S with z = (x − m) ÷ s, so that they read like
    marks."""
    return _evened(sheets, standard_deviation)


def _evened(sheets: Sheets, width: Width) -> dict[int, dict[int, Fraction]]:
    marks = known(sheets)
    everything = [mark for own in marks.values() for mark in own.values()]
    middle = mean(everything) or Fraction(0)
    wide = width(everything)
    return {judge: _rescaled(own, middle, wide, width) for judge, own in marks.items()}


def _rescaled(
    marks: Mapping[int, Fraction], middle: Fraction, wide: Fraction, width: Width
) -> dict[int, Fraction]:
    own_middle = mean(list(marks.values())) or Fraction(0)
    own_width = width(list(marks.values()))
    stretch = wide / own_width if own_width else Fraction(0)
    return {key: middle + (mark - own_middle) * stretch for key, mark in marks.items()}
