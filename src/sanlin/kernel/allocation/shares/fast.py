"""The same buying as in `plain`, bit for bit, in a thousandth of the time.

Money is kept twice. As floats, with a bound on their error, it finds lower bounds of prices and who
gives all. Exactly, a voter's money is what all had at first less the prices paid, so a row is a few
small counts (`Purse.paid`) and every price is one whole number over one common denominator. Whatever
floats leave open (two bids closer than their error, a voter with just enough) whole numbers decide.

Prices only rise while money is spent, so the last known price is a lower bound, and only bids whose
bound lies below the best exact price are looked at. docs/algorithms/equal-shares.md has the proofs.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sanlin.kernel.allocation.outcome import Purchase, Tie
from sanlin.kernel.allocation.shares.field import Field, Spent, first
from sanlin.kernel.allocation.shares.gates import PASSING, Gate
from sanlin.kernel.allocation.shares.opening import Opening, applies, in_order
from sanlin.kernel.allocation.shares.purse import (
    HALF_ULP,
    Exact,
    Purse,
    Rows,
)
from sanlin.kernel.allocation.shares.search import Search, part_of, product, total
from sanlin.kernel.allocation.ties import TieOrder, UnsettledTie, settle

LARGEST = 2**50  # above it sums of whole numbers in floats would not be exact
NOT_YET = -1
MANY = 6  # goods found too dear one by one, before all are looked over at once

Mask = NDArray[np.bool_]
Waiting = tuple[float, int, int]  # a lower bound of the price, which good, the round that found it
Found = dict[int, tuple[Exact, Rows]]  # by good, its exact price and who is too poor to pay it
Sale = tuple[int, Exact]  # a key and its price
Choose = Callable[[Sequence[int], Exact], int]


class Wealth:
    """All goods side by side, to see at once which of them nobody can pay any more."""

    def __init__(self, goods: Sequence[Search]) -> None:
        sizes = [search.rows.size for search in goods]
        self.rows = np.concatenate([search.rows for search in goods] or [np.zeros(0, np.intp)])
        every = [search.times for search in goods]
        given = [times for times in every if times is not None]
        self.times = np.concatenate(given) if given else None
        self.begins = np.cumsum([0, *sizes])[:-1]
        self.sizes = np.array(sizes)
        self.voters = np.array([total(it.times, it.rows.size) for it in goods])
        self.costs = np.array([float(search.good.bid.cost) for search in goods])

    def beyond(self, purse: Purse) -> Mask:
        """By good, whether its supporters certainly cannot pay it."""
        owned = np.add.reduceat(product(self.times, purse.left[self.rows]), self.begins)
        doubt = self.voters * purse.error + (self.sizes + 8) * HALF_ULP * owned
        beyond: Mask = owned + 2 * doubt < self.costs
        return beyond


class Run:
    """One spending, from the first purchase to the last."""

    def __init__(self, market: Market, each: Fraction, wealth: Wealth | None = None) -> None:
        self.market, self.wealth, self.each = market, wealth, each
        self.goods = [search.anew() for search in market.goods]
        self.purse = Purse(market.field.times.size, each, market.field.weighted)
        self.round = 0
        self.waiting = market.waiting.copy()

    def resume(self, opening: Opening) -> None:
        """Begin after these purchases."""
        self.purse = opening.purse.richer(self.each)
        done = {at for at, _price in opening.sales}
        self.round = len(done)
        self.waiting = [it for it in self.waiting if it[1] not in done]
        heapq.heapify(self.waiting)

    def go(
        self, gate: Gate, most: int | None, first: Choose, cost: int = 0
    ) -> Iterator[tuple[int, Exact, Rows]]:
        """Buy until nobody can or may buy, or until more than `most` is spent (`cost` has been): which
        good, its price, and who is too poor to pay it."""
        while (most is None or cost <= most) and (found := self.cheapest(gate)):
            level = _least(found)
            at = level[0] if len(level) == 1 else first(level, found[level[0]][0])
            bid = self.goods[at].good.bid
            yield (at, *found[at])
            gate.take(bid)
            cost += bid.cost

    def follow(self, gate: Gate, leader: Sequence[Sale], sales: list[Sale]) -> list[Sale] | None:
        """Buy what `leader` bought with less money, if all between must buy the same; else None. `sales`
        have been made, as all must make them.

        Everybody has at least as much as in the leading run, so the leader's price is an upper bound
        of this bid's price for all between, and prices here are lower bounds of the others'.
        """
        for key, price in leader[len(sales) :]:
            at = self.market.at_key[key]
            found = self.cheapest(gate, price)
            if at not in found or not self.ahead(at, price, found):
                return None
            self.buy(at, *found[at])
            gate.take(self.goods[at].good.bid)
            sales.append((key, found[at][0]))
        return None if self.cheapest(gate) else sales

    def ahead(self, at: int, price: Exact, found: Found) -> bool:
        """Whether this good comes before all others even at this price, ties included."""
        for other, (rival, _poor) in found.items():
            if other == at:
                continue
            less = rival[0] * price[1] - price[0] * rival[1]
            if less < 0:
                return False
            if less == 0:
                try:
                    if self.market.first([at, other], price) != at:
                        return False
                except UnsettledTie:
                    return False
        return True

    def cheapest(self, gate: Gate, price: Exact | None = None) -> Found:
        """The cheapest goods that no limit refuses, exactly; none where none can be paid.

        Among them are all that cost as little as the cheapest, and all that cost at most `price`.
        """
        found: Found = {}
        bound = math.inf
        least = 0.0 if price is None else _above(price)
        aside: list[Waiting] = []
        dropped = 0
        while self.waiting and self.waiting[0][0] <= max(bound, least):
            lower, at, seen = heapq.heappop(self.waiting)
            search = self.goods[at]
            if why := gate.ask(search.good.bid):
                aside += [(lower, at, NOT_YET)] * (why.code in PASSING)
            elif seen < self.round:
                fresh = search.lower(self.purse)
                if fresh is not None:
                    heapq.heappush(self.waiting, (max(lower, fresh), at, self.round))
                elif (dropped := dropped + 1) == MANY and self.wealth:
                    self.sweep(self.wealth)
            elif (answer := search.exact(self.purse)) is not None:
                aside.append((_below(answer[0]), at, NOT_YET))
                bound = min(bound, _above(answer[0]))
                found[at] = answer
        for it in aside:
            heapq.heappush(self.waiting, it)
        return found

    def sweep(self, wealth: Wealth) -> None:
        """Leave out whatever nobody can pay any more."""
        beyond = wealth.beyond(self.purse).tolist()
        self.waiting = [it for it in self.waiting if not beyond[it[1]]]
        heapq.heapify(self.waiting)

    def buy(self, at: int, price: Exact, poor: Rows) -> tuple[int, int]:
        """Take the price from the supporters: how many pay, and how many of them give all."""
        self.round += 1
        self.waiting = [it for it in self.waiting if it[1] != at]
        heapq.heapify(self.waiting)
        search = self.goods[at]
        if price[0] == 0:
            return 0, 0
        left = self.purse.look(search.rows)
        held = left > 0
        gone = poor[held[poor]]
        emptied = int(total(part_of(search.times, gone), gone.size))
        held[poor] = False
        rich = held.nonzero()[0]
        payers = emptied + int(total(part_of(search.times, rich), rich.size))
        weight, unit = part_of(search.weight, rich), (price[0] * search.good.unit, price[1])
        self.purse.pay(search.rows[rich], left[rich], weight, unit, search.rows[gone])
        return payers, emptied


def _least(found: Found) -> list[int]:
    """The goods of the least price."""
    level: list[int] = []
    above, below = 1, 0
    for at, (price, _poor) in found.items():
        less = price[0] * below - above * price[1]
        if less < 0:
            level, (above, below) = [at], price
        elif less == 0:
            level.append(at)
    return level


class Market:
    """As `plain.Market`, for any amount of money; and sure about amounts that it need not try."""

    def __init__(self, field: Field, ties: TieOrder) -> None:
        self.field, self.ties = field, ties
        self.opening: Opening | None = None
        times = None if (field.times == 1).all() else field.times.astype(np.float64)
        self.goods = [Search(good, times) for good in field.goods]
        self.at_key = {good.key: at for at, good in enumerate(field.goods)}
        self.waiting: list[Waiting] = [
            (it.guess / it.good.unit * (1 - 8 * HALF_ULP), at, NOT_YET)
            for at, it in enumerate(self.goods)
        ]
        heapq.heapify(self.waiting)

    @cached_property
    def wealth(self) -> Wealth:
        """Worth its making where money is spent again and again."""
        return Wealth(self.goods)

    @cached_property
    def turn(self) -> list[int] | None:
        """By good, when it comes among all if they are level; None where some cannot be parted."""
        bids = [good.bid for good in self.field.goods]
        try:
            queue, _met = settle(bids, dict.fromkeys(self.at_key, Fraction(0)), self.ties)
        except UnsettledTie:
            return None
        turn = [0] * len(bids)
        for place, bid in enumerate(queue):
            turn[self.at_key[bid.key]] = place
        return turn

    def first(self, level: Sequence[int], price: Exact) -> int:
        """The good that comes first among those of one price, where nobody asks for the ties."""
        turn = self.turn
        if turn is None:
            return self.settled(level, price, [])
        return min(level, key=turn.__getitem__)

    def settled(self, level: Sequence[int], price: Exact, met: list[Tie]) -> int:
        """The same, with every tie entered once in `met`."""
        bids = [self.goods[at].good.bid for at in level]
        return self.at_key[first(bids, Fraction(*price), self.ties, met).key]

    def spend(self, each: Fraction, gate: Gate) -> Spent:
        """As `plain.Market.spend`: the same values, the same errors."""
        run, met = Run(self, each), list[Tie]()
        left = each * int(self.field.times.sum())
        purchases: list[Purchase] = []
        for at, price, poor in run.go(
            gate, None, lambda level, price: self.settled(level, price, met)
        ):
            payers, emptied = run.buy(at, price, poor)
            bid = self.goods[at].good.bid
            left -= bid.cost
            purchases.append(Purchase(bid.key, Fraction(*price), payers, emptied, left))
        bought = {purchase.key for purchase in purchases}
        lacking, refused = {}, {}
        for search in run.goods:
            key = search.good.key
            if key in bought:
                continue
            why = gate.ask(search.good.bid)
            if why is None:
                lacking[key] = run.purse.whole(search.rows, search.times, search.whole)
            else:
                refused[key] = why
        return Spent(tuple(purchases), refused, lacking, tuple(met))

    def bought(self, each: Fraction, gate: Gate, most: int) -> list[Sale]:
        """What `spend` buys, up to the purchase after which more than `most` is spent.

        Asked for rising amounts; how one begins is kept for the next.
        """
        run, cost = Run(self, each, self.wealth), 0
        if applies(gate):
            cost = self.open(run, gate, most)
        sales = self.opened_with(each) if cost else []
        for at, price, poor in run.go(gate, most, self.first, cost):
            run.buy(at, price, poor)
            sales.append((self.goods[at].good.key, price))
        return sales

    def open(self, run: Run, gate: Gate, most: int) -> int:
        """Let a run begin with what any run begins with that has so much; what that costs."""
        opening, turn = self.opening, self.turn
        if turn is None:
            return 0
        if opening is None or opening.each > run.each:
            order = in_order(self.goods, turn)
            opening = Opening(order, self.field.times.size, run.each, self.field.weighted)
        else:
            opening = opening.at(run.each)
        for at, _price in opening.sales:
            gate.take(self.goods[at].good.bid)
        opening.extend(run.goods, gate, most)
        self.opening = opening
        run.resume(opening)
        return opening.cost

    def opened_with(self, each: Fraction) -> list[Sale]:
        """The sales with which every run begins that has `each`."""
        if self.opening is None or self.opening.each > each:
            return []
        return [(self.goods[at].good.key, price) for at, price in self.opening.sales]

    def same(self, each: Fraction, gate: Gate, leader: Sequence[Sale]) -> list[Sale] | None:
        """The purchases with `each`, if they are the leader's, who had less, and so are those with any
        amount between; None where that is not certain."""
        run = Run(self, each, self.wealth)
        sales = self.opened_with(each) if applies(gate) else []
        if self.opening is not None and sales:
            for at, _price in self.opening.sales:
                gate.take(self.goods[at].good.bid)
            run.resume(self.opening)
        return run.follow(gate, leader, sales)


def fits(field: Field) -> bool:
    """Whether all whole numbers of this field are exact as floats."""
    weights = (good.given for good in field.goods)
    heaviest = max((int(it.max()) for it in weights if it is not None), default=1)
    dearest = max((good.bid.cost for good in field.goods), default=0)
    return max(int(field.times.sum()) * heaviest, dearest) < LARGEST


def _below(price: Exact) -> float:
    return math.nextafter(price[0] / price[1], -math.inf)


def _above(price: Exact) -> float:
    return math.nextafter(price[0] / price[1], math.inf)
