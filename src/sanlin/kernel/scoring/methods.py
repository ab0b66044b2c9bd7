"""The named ways in which a rule pack turns judges' marks into one mark a proposal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sanlin.kernel.scoring.borda import borda
from sanlin.kernel.scoring.evening import normalised, zscores
from sanlin.kernel.scoring.panel import Sheets, by_proposal, mean, median, spread, trimmed_mean
from sanlin.kernel.scoring.severity import corrected, disconnected

Worth = Mapping[int, Fraction | None]


def _each(sheets: Sheets, reduce: Callable[[list[Fraction]], Fraction | None]) -> Worth:
    return {key: reduce(marks) for key, marks in by_proposal(sheets).items()}


METHODS: dict[str, Callable[[Sheets], Worth]] = {
    "mean": lambda sheets: _each(sheets, mean),
    "trimmed": lambda sheets: _each(sheets, trimmed_mean),
    "median": lambda sheets: _each(sheets, median),
    "normalised": lambda sheets: _each(normalised(sheets), trimmed_mean),
    "zscore": lambda sheets: _each(zscores(sheets), mean),
    "severity": corrected,
    "borda": lambda sheets: _each(borda(sheets), mean),
}
"""Each takes all sheets and gives the mark of every proposal that has one."""


def marks_by(method: str, sheets: Sheets, proposals: Iterable[int]) -> dict[int, Fraction | None]:
    """The mark of each of `proposals` by the named method; None where nobody marked it.

    Raises KeyError for an unknown method, and Disconnected where "severity" cannot tell strict
    judges from weak proposals.

    >>> marks_by("median", {1: {7: Fraction(80)}, 2: {7: Fraction(90)}}, [7, 8])
    {7: Fraction(85, 1), 8: None}
    """
    worth = METHODS[method](sheets)
    return {key: worth.get(key) for key in proposals}


@dataclass(frozen=True)
class Row:
    """One proposal as its judges saw it; every mean is None where nobody marked it, and `severity`
    also where the panel does not hang together."""

    key: int
    judges: int
    raw: Fraction | None
    trimmed: Fraction | None
    median: Fraction | None
    normalised: Fraction | None
    zscore: Fraction | None
    severity: Fraction | None
    borda: Fraction | None
    spread: Fraction | None

    def by(self, method: str) -> Fraction | None:
        """The mark by a method of METHODS."""
        value: Fraction | None = getattr(self, "raw" if method == "mean" else method)
        return value


def side_by_side(sheets: Sheets, proposals: Iterable[int]) -> tuple[Row, ...]:
    """All means of each of `proposals`, in the order given."""
    apart = disconnected(sheets) is not None
    worth = {
        name: {} if apart and name == "severity" else method(sheets)
        for name, method in METHODS.items()
    }
    marks = by_proposal(sheets)

    def row(key: int) -> Row:
        own = {name: found.get(key) for name, found in worth.items()}
        raw, given = own.pop("mean"), marks.get(key, ())
        return Row(key=key, judges=len(given), raw=raw, spread=spread(given), **own)

    return tuple(row(key) for key in proposals)
