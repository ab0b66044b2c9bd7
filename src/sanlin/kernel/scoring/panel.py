"""Many judges on many proposals: means side by side, all of them exact.

A judge who was recused or left a sheet unfinished has no mark there: the mark is absent, or None,
and nothing is counted in its stead. The formulas, with an example, are in docs/algorithms/marks.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

TRIM_FROM = 5

Sheets = Mapping[int, Mapping[int, Fraction | None]]


def mean(marks: Sequence[Fraction]) -> Fraction | None:
    """The plain mean; None where there is no mark."""
    return sum(marks, Fraction(0)) / len(marks) if marks else None


def trimmed_mean(marks: Sequence[Fraction]) -> Fraction | None:
    """The mean without one highest and one lowest mark, from five judges on; below that plain.

    >>> str(trimmed_mean([Fraction(mark) for mark in (60, 80, 82, 84, 100)]))
    '82'
    """
    if len(marks) < TRIM_FROM:
        return mean(marks)
    return mean(sorted(marks)[1:-1])


def median(marks: Sequence[Fraction]) -> Fraction | None:
    """The middle mark, or the mean of the two in the middle; None where there is no mark."""
    if not marks:
        return None
    ordered = sorted(marks)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(marks: Sequence[Fraction]) -> Fraction | None:
    """How far the judges lie apart: highest minus lowest; None where there is no mark."""
    return max(marks) - min(marks) if marks else None


def mean_absolute_deviation(marks: Sequence[Fraction]) -> Fraction:
    """The mean distance from the mean; 0 where there is no mark.

    >>> str(mean_absolute_deviation([Fraction(70), Fraction(80), Fraction(90)]))
    '20/3'
    """
    middle = mean(marks)
    if middle is None:
        return Fraction(0)
    return sum((abs(mark - middle) for mark in marks), Fraction(0)) / len(marks)


def normalised(sheets: Sheets) -> dict[int, dict[int, Fraction]]:
    """Marks freed from strict and mild judges and from wide and narrow ones, judge by judge.

    `sheets` gives, by judge, each proposal's total. A judge's marks are shifted to the mean of all
    marks and stretched to their mean absolute deviation; distances are measured by the mean
    absolute deviation and not by the standard deviation, whose square root is not exact. A judge
    who gave one and the same mark throughout (zero spread) told no proposal from another: each of
    those marks becomes the mean of all. Absent marks stay absent.
    """
    known = {judge: _known(marks) for judge, marks in sheets.items()}
    everything = [mark for marks in known.values() for mark in marks.values()]
    middle = mean(everything) or Fraction(0)
    width = mean_absolute_deviation(everything)
    return {judge: _rescaled(marks, middle, width) for judge, marks in known.items()}


def _known(marks: Mapping[int, Fraction | None]) -> dict[int, Fraction]:
    return {proposal: mark for proposal, mark in marks.items() if mark is not None}


def _rescaled(
    marks: Mapping[int, Fraction], middle: Fraction, width: Fraction
) -> dict[int, Fraction]:
    own_middle = mean(list(marks.values())) or Fraction(0)
    own_width = mean_absolute_deviation(list(marks.values()))
    stretch = width / own_width if own_width else Fraction(0)
    return {key: middle + (mark - own_middle) * stretch for key, mark in marks.items()}


@dataclass(frozen=True)
class Row:
    """One proposal as its judges saw it; every mean is None where nobody marked it."""

    key: int
    judges: int
    raw: Fraction | None
    trimmed: Fraction | None
    median: Fraction | None
    normalised: Fraction | None
    spread: Fraction | None


def side_by_side(sheets: Sheets, proposals: Iterable[int]) -> tuple[Row, ...]:
    """All means of each of `proposals`, in the order given; `sheets` gives totals by judge.

    The normalised column is the trimmed mean of the normalised marks.
    """
    evened = normalised(sheets)
    rows = []
    for key in proposals:
        marks = [mark for own in sheets.values() if (mark := own.get(key)) is not None]
        even = [own[key] for own in evened.values() if key in own]
        rows.append(
            Row(
                key,
                len(marks),
                mean(marks),
                trimmed_mean(marks),
                median(marks),
                trimmed_mean(even),
                spread(marks),
            )
        )
    return tuple(rows)


def ranks(values: Mapping[int, Fraction | None]) -> dict[int, int | None]:
    """Places by value, the highest first: equals share a place and leave a gap (1, 2, 2, 4).

    A proposal without a value has no place.

    >>> ranks({7: Fraction(80), 8: Fraction(90), 9: Fraction(80), 10: Fraction(70), 11: None})
    {7: 2, 8: 1, 9: 2, 10: 4, 11: None}
    """
    known = [value for value in values.values() if value is not None]
    return {
        key: None if value is None else 1 + sum(other > value for other in known)
        for key, value in values.items()
    }
