"""The voters' money, as floats with a bound on their error, and exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

HALF_ULP = 2.0**-53
LEAST = 2.0**-1000  # what whoever has anything left has at least, as a float
BITS = 8
BLOCK = 16
SHORT = 8192

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Exact = tuple[int, int]  # numerator and denominator, the second above zero, not reduced
Given = Floats | None  # by row; None where it is 1 for all of them

SET = (np.arange(2**BITS)[:, None] >> np.arange(BITS) & 1).astype(np.float64)


def inner(one: Given, other: Floats) -> float:
    """The sum of products. BLAS would spread long ones over threads, which costs more than it saves."""
    if one is None:
        return float(np.add.reduce(other))
    if one.size <= SHORT:
        return float(np.dot(one, other))
    return float(np.einsum("i,i", one, other))


class Marks:
    """Which prices every row paid, one bit for each: for goods that all value alike."""

    def __init__(self, rows: int) -> None:
        self.rows, self.many = rows, 0
        self.blocks: list[NDArray[np.uint8]] = []

    def enter(self, rows: Rows, _weight: Given) -> None:
        """These rows pay one more price."""
        if self.many % BITS == 0:
            self.blocks.append(np.zeros(self.rows, np.uint8))
        self.blocks[-1][rows] |= np.uint8(1 << self.many % BITS)
        self.many += 1

    def copy(self) -> Marks:
        """The same, to go on with."""
        other = Marks(self.rows)
        other.many = self.many
        other.blocks = [*self.blocks[:-1], *(block.copy() for block in self.blocks[-1:])]
        return other

    def sums(self, rows: Rows, times: Given) -> list[float]:
        """By price, how often these rows paid it; `times` voters in each."""
        counts: list[float] = []
        for block in self.blocks:
            found = np.bincount(block[rows], times, 2**BITS)
            counts += (found @ SET).tolist()
        return counts

    def histories(self, rows: Rows) -> list[list[int]]:
        """By row and price, how often it was paid."""
        blocks = [SET[block[rows]].astype(int) for block in self.blocks]
        return np.hstack(blocks).tolist() if blocks else [[]] * rows.size


class Counts:
    """How many units of each price every row paid. `paid` grows by blocks of columns."""

    def __init__(self, rows: int) -> None:
        self.rows, self.many = rows, 0
        self.blocks: list[NDArray[np.int32]] = []

    def enter(self, rows: Rows, weight: Given) -> None:
        """As `Marks.enter`, for every unit of weight."""
        column = self.many % BLOCK
        if column == 0:
            self.blocks.append(np.zeros((self.rows, BLOCK), np.int32))
        self.blocks[-1][rows, column] = 1 if weight is None else weight
        self.many += 1

    def copy(self) -> Counts:
        """As `Marks.copy`."""
        other = Counts(self.rows)
        other.many = self.many
        other.blocks = [*self.blocks[:-1], *(block.copy() for block in self.blocks[-1:])]
        return other

    def sums(self, rows: Rows, times: Given) -> list[float]:
        """As `Marks.sums`."""
        counts: list[float] = []
        for block in self.blocks:
            paid = block[rows].astype(np.float64)
            counts += (paid.sum(0) if times is None else np.einsum("i,ij", times, paid)).tolist()
        return counts

    def histories(self, rows: Rows) -> list[list[int]]:
        """As `Marks.histories`."""
        blocks = [block[rows] for block in self.blocks]
        return np.hstack(blocks).tolist() if blocks else [[]] * rows.size


class Purse:
    """What every row has left: `left` as floats, off by at most `error`, zero for who has nothing.

    Exactly, a row that is not empty has (base − Σ paid × prices) / scale, where `paid` counts how
    many units of each price it paid; all in whole numbers.
    """

    def __init__(self, rows: int, each: Fraction, weighted: bool) -> None:
        self.each = float(each)
        self.left = np.full(rows, self.each)
        self.error = 2 * HALF_ULP * self.each
        self.base, self.scale = each.numerator, each.denominator
        self.prices: list[int] = []
        self.paid: Marks | Counts = Counts(rows) if weighted else Marks(rows)
        self._seen: tuple[Rows, Floats] | None = None

    def richer(self, each: Fraction) -> Purse:
        """The same payments out of `each`, which is no less than before; its denominator divides `scale`."""
        other = object.__new__(Purse)
        other.each = float(each)
        more = float(each - Fraction(self.base, self.scale))
        other.left = self.left + more
        other.error = self.error + 4 * HALF_ULP * other.each
        other.base, other.scale = each.numerator * (self.scale // each.denominator), self.scale
        other.prices, other.paid = self.prices.copy(), self.paid.copy()
        other._seen = None
        return other

    def look(self, rows: Rows) -> Floats:
        """What these rows have left, not to be written to; the last look is remembered."""
        if self._seen is None or self._seen[0] is not rows:
            self._seen = rows, self.left[rows]
        return self._seen[1]

    def pay(self, rich: Rows, rest: Floats, weight: Given, unit: Exact, gone: Rows) -> None:
        """Each of the rich, who have `rest`, pays `unit` for every weight; `gone` give all."""
        above, below = unit[0] * self.scale, unit[1]
        shared = math.gcd(above, below)
        above, below = above // shared, below // shared
        if below != 1:
            self.scale *= below
            self.base *= below
            self.prices = [price * below for price in self.prices]
        self.prices.append(above)
        self.paid.enter(rich, weight)
        due = unit[0] / unit[1]
        self.left[rich] = np.maximum(rest - (due if weight is None else due * weight), LEAST)
        self.left[gone] = 0.0
        self._seen = None
        self.error += 5 * HALF_ULP * self.each

    def total(self, rows: Rows, times: Given) -> int:
        """The exact money of the voters in these rows together, times `scale`."""
        held = (self.left[rows] > 0).nonzero()[0]
        if held.size < rows.size:
            rows, times = rows[held], None if times is None else times[held]
        if not rows.size:
            return 0
        whole = (rows.size if times is None else int(times.sum())) * self.base
        for count, price in zip(self.paid.sums(rows, times), self.prices, strict=False):
            whole -= int(count) * price
        return whole

    def of(self, rows: Rows) -> list[int]:
        """The exact money of each of these rows, times `scale`."""
        return [
            self.base - sum(n * price for n, price in zip(paid, self.prices, strict=False) if n)
            if held
            else 0
            for held, paid in zip(
                (self.left[rows] > 0).tolist(), self.paid.histories(rows), strict=True
            )
        ]

    def whole(self, rows: Rows, times: Given, voters: float) -> int:
        """The money of these voters together in whole units, rounded down."""
        left = self.look(rows)
        owned = inner(times, left)
        doubt = voters * self.error + (left.size + 8) * HALF_ULP * owned
        low, high = math.floor(owned - doubt), math.floor(owned + doubt)
        return low if low == high else self.total(rows, times) // self.scale
