"""The voters' money, as floats with a bound on their error, and exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

HALF_ULP = 2.0**-53
BLOCK = 16
SHORT = 8192

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Exact = tuple[int, int]  # numerator and denominator, the second above zero, not reduced


def inner(one: Floats, other: Floats) -> float:
    """The sum of products. BLAS would spread long ones over threads, which costs more than it saves."""
    if one.size <= SHORT:
        return float(np.dot(one, other))
    return float(np.einsum("i,i", one, other))


class Purse:
    """What every row has left: `left` as floats, off by at most `error`, `empty` who has nothing.

    Exactly, a row that is not empty has (base − Σ paid × prices) / scale, where `paid` counts how
    many units of each price it paid; all in whole numbers. `paid` grows by blocks of columns.
    """

    def __init__(self, rows: int, each: Fraction) -> None:
        self.each = float(each)
        self.left = np.full(rows, self.each)
        self.error = 2 * HALF_ULP * self.each
        self.empty = np.zeros(rows, bool)
        self.base, self.scale = each.numerator, each.denominator
        self.prices: list[int] = []
        self.paid: list[NDArray[np.uint8] | NDArray[np.int32]] = []

    def pay(self, rich: Rows, weight: Floats | None, unit: Exact, gone: Rows) -> None:
        """Each of the rich pays `unit` for every weight (1 if None); `gone` give all they have."""
        above, below = unit[0] * self.scale, unit[1]
        shared = math.gcd(above, below)
        above, below = above // shared, below // shared
        if below != 1:
            self.scale *= below
            self.base *= below
            self.prices = [price * below for price in self.prices]
        column = len(self.prices) % BLOCK
        if column == 0:
            shape = (self.left.size, BLOCK)
            ones = weight is None
            self.paid.append(np.zeros(shape, np.uint8) if ones else np.zeros(shape, np.int32))
        self.prices.append(above)
        due = unit[0] / unit[1]
        if weight is None:
            self.paid[-1][rich, column] = 1
            self.left[rich] -= due
        else:
            self.paid[-1][rich, column] = weight
            self.left[rich] -= due * weight
        self.left[gone] = 0.0
        self.empty[gone] = True
        self.error += 5 * HALF_ULP * self.each

    def total(self, rows: Rows, times: Floats) -> int:
        """The exact money of `times` voters in each of these rows together, times `scale`."""
        held = (~self.empty[rows]).nonzero()[0]
        rows, times = rows[held], times[held]
        if not rows.size:
            return 0
        whole = int(times.sum()) * self.base
        counts: list[float] = []
        for block in self.paid:
            counts += np.einsum("i,ij", times, block[rows].astype(np.float64)).tolist()
        for count, price in zip(counts, self.prices, strict=False):
            whole -= int(count) * price
        return whole

    def of(self, rows: Rows) -> list[int]:
        """The exact money of each of these rows, times `scale`."""
        seen: dict[bytes, int] = {}
        found = []
        histories = np.hstack([block[rows] for block in self.paid]) if self.paid else None
        for at, empty in enumerate(self.empty[rows].tolist()):
            if empty:
                found.append(0)
                continue
            history = b"" if histories is None else histories[at].tobytes()
            if history not in seen:
                counts = [] if histories is None else histories[at].tolist()
                paid = sum(n * price for n, price in zip(counts, self.prices, strict=False))
                seen[history] = self.base - paid
            found.append(seen[history])
        return found

    def whole(self, rows: Rows, times: Floats) -> int:
        """The money of these voters together in whole units, rounded down."""
        left = self.left[rows]
        owned = inner(times, left)
        doubt = float(times.sum()) * self.error + (left.size + 8) * HALF_ULP * owned
        low, high = math.floor(owned - doubt), math.floor(owned + doubt)
        return low if low == high else self.total(rows, times) // self.scale
