"""When voters who earn at the same pace can pay a bid: plainly, and fast.

A voter's load is the time of her last payment. The supporters of a bid can pay it at the time
(cost + loads of all supporters) ÷ number of supporters.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from sanlin.kernel.allocation.shares.field import Field, Good
from sanlin.kernel.allocation.shares.purse import HALF_ULP, inner

Open = Callable[[Good], bool]
NEVER = 0


class PlainLoads:
    """Loads as rationals, row by row."""

    def __init__(self, field: Field) -> None:
        self.goods = {good.key: good for good in field.goods}
        self.times = field.times.tolist()
        self.loads = [Fraction(0)] * len(self.times)

    def due(self, open: Open) -> tuple[Fraction, list[Good]]:
        """The time at which the next of the open goods can be paid, and which these are."""
        when = {key: self.at(good) for key, good in self.goods.items() if open(good)}
        now = min(when.values(), default=Fraction(0))
        return now, [self.goods[key] for key in when if when[key] == now]

    def at(self, good: Good) -> Fraction:
        """When the supporters of this good will have earned its cost."""
        owed, many = Fraction(good.bid.cost), 0
        for row in good.rows.tolist():
            owed += self.loads[row] * self.times[row]
            many += self.times[row]
        return owed / many

    def pay(self, good: Good, now: Fraction) -> int:
        """All supporters pay; returns how many they are."""
        del self.goods[good.key]
        for row in good.rows.tolist():
            self.loads[row] = now
        return sum(self.times[row] for row in good.rows.tolist())


class FastLoads:
    """The same: a load is the number of the purchase in which a voter last paid.

    So the loads of all supporters are a few counts and the whole numbers of the times of purchase
    over one denominator. Times only move on, so the last known one is a lower bound.
    """

    def __init__(self, field: Field) -> None:
        self.goods = {good.key: good for good in field.goods}
        times = field.times.astype(np.float64)
        self.times = {good.key: times[good.rows] for good in field.goods}
        self.many = {key: int(own.sum()) for key, own in self.times.items()}
        self.last = np.full(times.size, NEVER)
        self.loads = np.zeros(times.size)
        self.moments, self.scale = [0], 1
        self.waiting = [
            (good.bid.cost / self.many[good.key] * (1 - 8 * HALF_ULP), good.key, NEVER)
            for good in field.goods
        ]
        heapq.heapify(self.waiting)

    def due(self, open: Open) -> tuple[Fraction, list[Good]]:
        """As `PlainLoads.due`."""
        found: dict[int, Fraction] = {}
        bound = math.inf
        aside = []
        while self.waiting and self.waiting[0][0] <= bound:
            lower, key, seen = heapq.heappop(self.waiting)
            if not open(self.goods[key]):
                aside.append((lower, key, NEVER))
            elif seen < len(self.moments):
                lower = max(lower, self.lower(key))
                heapq.heappush(self.waiting, (lower, key, len(self.moments)))
            else:
                found[key] = self.at(key)
                aside.append((lower, key, NEVER))
                bound = min(bound, math.nextafter(float(found[key]), math.inf))
        for it in aside:
            heapq.heappush(self.waiting, it)
        now = min(found.values(), default=Fraction(0))
        return now, [self.goods[key] for key in sorted(found) if found[key] == now]

    def lower(self, key: int) -> float:
        """A lower bound of the time by floats; the loads themselves are off by half a unit at most."""
        good, times = self.goods[key], self.times[key]
        owed = good.bid.cost + inner(times, self.loads[good.rows])
        return owed / self.many[key] * (1 - (times.size + 12) * HALF_ULP)

    def at(self, key: int) -> Fraction:
        """The exact time."""
        good = self.goods[key]
        counts = np.bincount(self.last[good.rows], self.times[key]).tolist()
        owed = sum(int(n) * moment for n, moment in zip(counts, self.moments, strict=False))
        whole = good.bid.cost * self.scale + owed
        return Fraction(whole, self.scale * self.many[key])

    def pay(self, good: Good, now: Fraction) -> int:
        """As `PlainLoads.pay`."""
        del self.goods[good.key]
        self.waiting = [it for it in self.waiting if it[1] != good.key]
        heapq.heapify(self.waiting)
        below = now.denominator // math.gcd(now.denominator, self.scale)
        self.scale *= below
        self.moments = [moment * below for moment in self.moments]
        self.moments.append(now.numerator * (self.scale // now.denominator))
        self.last[good.rows] = len(self.moments) - 1
        self.loads[good.rows] = float(now)
        return self.many[good.key]
