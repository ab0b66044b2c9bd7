"""Charts as figures first: whole-number geometry of bars, strips and heat, always from zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

FULL = 1000  # units of length in a drawing; the page stretches them to its own width


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its length of FULL, the figure that labels it."""

    label: str
    length: int
    figure: str


def lengths(rows: Sequence[tuple[str, int, str]], whole: int = 0) -> list[Bar]:
    """Rows of (words, size, figure) as bars; `whole`, or else the largest, is FULL, nothing is below
    zero.

    >>> [bar.length for bar in lengths([("a", 4, "4"), ("b", 1, "1"), ("c", 0, "0")])]
    [1000, 250, 0]
    >>> [bar.length for bar in lengths([("a", 40, "40%"), ("b", 10, "10%")], 100)]
    [400, 100]
    """
    most = max([whole, *(size for _label, size, _figure in rows)]) or 1
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


@dataclass(frozen=True)
class Pair:
    """Two figures of one thing, drawn one above the other on one scale."""

    label: str
    first_length: int
    second_length: int
    first: str
    second: str


def pairs(rows: Sequence[tuple[str, int, int, str, str]]) -> list[Pair]:
    """Rows of (words, size, size, figure, figure); the largest of all sizes is FULL.

    >>> [(it.first_length, it.second_length) for it in pairs([("a", 4, 1, "4", "1"), ("b", 0, 2, "", "")])]
    [(1000, 250), (0, 500)]
    """
    most = max((size for _label, *sizes, _a, _b in rows for size in sizes), default=0) or 1
    return [
        Pair(label, max(one, 0) * FULL // most, max(two, 0) * FULL // most, first, second)
        for label, one, two, first, second in rows
    ]


@dataclass(frozen=True)
class Piece:
    """A part of a stack: where it begins and how long it is, of FULL; its words and figure."""

    start: int
    length: int
    label: str
    figure: str


@dataclass(frozen=True)
class Stack:
    """One bar made of pieces; `length` of FULL is all of it, `more` how many pieces go unnamed."""

    label: str
    figure: str
    length: int
    pieces: tuple[Piece, ...]

    NAMED: ClassVar[int] = 5

    @property
    def named(self) -> tuple[Piece, ...]:
        """The pieces that are named below the bar: the longest."""
        return tuple(sorted(self.pieces, key=lambda it: -it.length)[: self.NAMED])

    @property
    def more(self) -> int:
        return max(len(self.pieces) - self.NAMED, 0)


def stacks(
    rows: Sequence[tuple[str, str, Sequence[tuple[str, int, str]]]], whole: int = 0
) -> list[Stack]:
    """Rows of (words, figure, pieces of (words, size, figure)); the longest row is FULL.

    Where `whole` is given it is what FULL stands for, so that what is missing stays blank.

    >>> (one,) = stacks([("a", "4", [("x", 3, "3"), ("y", 1, "1")])], whole=8)
    >>> one.length, [(it.start, it.length) for it in one.pieces]
    (500, [(0, 375), (375, 125)])
    """
    sums = [sum(size for _label, size, _figure in pieces) for _words, _told, pieces in rows]
    most = max([whole, *sums]) or 1
    made = []
    for (label, figure, pieces), sum_ in zip(rows, sums, strict=True):
        ends = [0]
        for _label, size, _figure in pieces:
            ends.append(ends[-1] + size)
        drawn = tuple(
            Piece(begin * FULL // most, end * FULL // most - begin * FULL // most, words, told)
            for begin, end, (words, _size, told) in zip(ends, ends[1:], pieces, strict=False)
        )
        made.append(Stack(label, figure, sum_ * FULL // most, drawn))
    return made


@dataclass(frozen=True)
class Stride:
    """One step of a count: what was left when it came up, what it asked, whether it was taken.

    Lengths of FULL; `over` is what the asking reaches beyond what was left.
    """

    place: int
    label: str
    href: str
    left_length: int
    cost_length: int
    taken: bool
    cost: str
    left: str
    words: str

    @property
    def over(self) -> int:
        return max(self.cost_length - self.left_length, 0)


def strides(
    rows: Sequence[tuple[str, str, int, int, bool, str]], whole: int, written: Callable[[int], str]
) -> list[Stride]:
    """Rows of (words, address, left before, cost, taken, why) as steps; `whole` is FULL.

    >>> made = strides([("a", "", 100, 60, True, ""), ("b", "", 40, 50, False, "")], 100, str)
    >>> [(it.left_length, it.cost_length, it.over, it.left) for it in made]
    [(1000, 600, 0, '40'), (400, 500, 100, '40')]
    """
    scale = max(whole, 1)
    return [
        Stride(
            place,
            label,
            href,
            min(max(before, 0) * FULL // scale, FULL),
            min(cost * FULL // scale, FULL),
            taken,
            written(cost),
            written(before - cost if taken else before),
            words,
        )
        for place, (label, href, before, cost, taken, words) in enumerate(rows, start=1)
    ]


@dataclass(frozen=True)
class Overlap:
    """How much sets have in common, each with each, in permille; `shade` is 0 to 4."""

    labels: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """(words, [(percent, shade), …]) from top to bottom.

        >>> Overlap(("a", "b"), ((1000, 333), (333, 1000))).rows[0]
        ('a', [('100%', 4), ('33%', 1)])
        """
        return [
            (label, [(f"{value // 10}%", value * 4 // 1000) for value in row])
            for label, row in zip(self.labels, self.values, strict=True)
        ]
