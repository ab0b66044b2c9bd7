"""The marks that several judges gave one proposal, brought to one figure, exactly.

A judge who was recused or left a sheet unfinished has no mark there: the mark is absent, or None,
and nothing is counted in its stead. The formulas, with an example, are in docs/algorithms/marks.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

TRIM_FROM = 5

Sheets = Mapping[int, Mapping[int, Fraction | None]]
"""Totals by judge, then by proposal."""


def known(sheets: Sheets) -> dict[int, dict[int, Fraction]]:
    """The same without what is None."""
    return {
        judge: {key: mark for key, mark in own.items() if mark is not None}
        for judge, own in sheets.items()
    }


def by_proposal(sheets: Sheets) -> dict[int, list[Fraction]]:
    """The marks of each proposal that has any, in no order that matters."""
    found: dict[int, list[Fraction]] = {}
    for own in known(sheets).values():
        for key, mark in own.items():
            found.setdefault(key, []).append(mark)
    return found


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
