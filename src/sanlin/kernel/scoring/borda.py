"""Only the order in which each judge puts the proposals: Borda's points, brought to 0..100."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from sanlin.kernel.scoring.panel import Sheets, known

FULL = 100


def points(marks: Mapping[int, Fraction]) -> dict[int, Fraction]:
    """One judge's proposals by place: the first of n has 100, the last 0, the others in even steps.

    Equals share the mean of their places. Judges who saw few proposals weigh as much as those who
    saw many. A single proposal, beaten by none and beating none, stands in the middle.

    >>> {key: str(it) for key, it in points({7: Fraction(9), 8: Fraction(5), 9: Fraction(5)}).items()}
    {7: '100', 8: '25', 9: '25'}
    >>> points({7: Fraction(9)})
    {7: Fraction(50, 1)}
    """
    beaten = len(marks) - 1
    found = {}
    for key, mark in marks.items():
        below = sum(other < mark for other in marks.values())
        level = sum(other == mark for other in marks.values()) - 1
        share = Fraction(2 * below + level, 2 * beaten) if beaten else Fraction(1, 2)
        found[key] = FULL * share
    return found


def borda(sheets: Sheets) -> dict[int, dict[int, Fraction]]:
    """Points by judge, then by proposal."""
    return {judge: points(own) for judge, own in known(sheets).items()}
