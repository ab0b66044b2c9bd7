"""Charts as figures first: whole-number geometry of bars, strips and heat, always from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FULL = 1000  # units of length in a drawing; the page stretches them to its own width


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its length of FULL, the figure that labels it."""

    label: str
    length: int
    figure: str


def lengths(rows: Sequence[tuple[str, int, str]]) -> list[Bar]:
    """Rows of (words, size, figure) as bars; the largest is FULL, nothing is below zero.

    >>> [bar.length for bar in lengths([("a", 4, "4"), ("b", 1, "1"), ("c", 0, "0")])]
    [1000, 250, 0]
    """
    most = max((size for _label, size, _figure in rows), default=0) or 1
    return [Bar(label, max(size, 0) * FULL // most, figure) for label, size, figure in rows]


@dataclass(frozen=True)
class Strip:
    """Money of a round in fen, and where its parts lie in a strip of FULL."""

    asked: int
    approved: int
    paid: int

    @property
    def left(self) -> int:
        """Approved and not paid yet, in fen."""
        return self.approved - self.paid

    @property
    def _whole(self) -> int:
        return max(self.asked, self.approved, self.paid, 1)

    @property
    def paid_length(self) -> int:
        return self.paid * FULL // self._whole

    @property
    def approved_length(self) -> int:
        return self.approved * FULL // self._whole

    @property
    def left_length(self) -> int:
        return max(self.approved_length - self.paid_length, 0)


@dataclass(frozen=True)
class Heat:
    """A grid of whole numbers with its sums; `shades` are 0 (none) to 4 (most)."""

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        return max((value for row in self.values for value in row), default=0) or 1

    def shade(self, value: int) -> int:
        """
        Small numbers are their own shade, so that a grid of ones stays light.

        >>> [Heat((), (), ((8,),)).shade(value) for value in (0, 1, 2, 3, 8)]
        [0, 1, 1, 2, 4]
        >>> [Heat((), (), ((2,),)).shade(value) for value in (0, 1, 2)]
        [0, 1, 2]
        """
        return 0 if value <= 0 else -(-4 * value // max(self.most, 4))

    @property
    def rows(self) -> list[tuple[str, list[tuple[int, int]], int]]:
        """(words, [(value, shade), …], sum) from top to bottom."""
        return [
            (label, [(value, self.shade(value)) for value in row], sum(row))
            for label, row in zip(self.labels, self.values, strict=True)
        ]

    @property
    def sums(self) -> list[int]:
        """Of every column."""
        return [sum(row[at] for row in self.values) for at in range(len(self.columns))]

    @property
    def total(self) -> int:
        return sum(self.sums)
