"""The purchases with which every spending begins that has as much money or more.

The price of a bid is never below its even price, cost ÷ utility of all supporters, at which everybody
pays her full part. So as long as the bid of the least even price can be paid evenly it is bought at that
price, and the more so with more money: the purchases until then are the same, and everybody has the same
more left after them. They need not be made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sanlin.kernel.allocation.shares.gates import PASSING, Gate, Turnstile
from sanlin.kernel.allocation.shares.gates import Open as NoLimit
from sanlin.kernel.allocation.shares.purse import Exact, Purse
from sanlin.kernel.allocation.shares.search import NOBODY, Search


def in_order(goods: Sequence[Search], turn: Sequence[int]) -> tuple[int, ...]:
    """The places of the goods by even price, equals by their turn."""
    even = [Fraction(it.good.bid.cost, int(it.whole) * it.good.unit) for it in goods]
    return tuple(sorted(range(len(goods)), key=lambda at: (even[at], turn[at])))


class Opening:
    """So many purchases, and the purse after them. Good for any amount from `each` on.

    `sales` are places of goods with their prices, `rest` the places that may still come, by even price.
    """

    def __init__(self, rest: tuple[int, ...], rows: int, each: Fraction, weighted: bool) -> None:
        self.each, self.rest = each, list(rest)
        self.purse = Purse(rows, each, weighted)
        self.sales: list[tuple[int, Exact]] = []
        self.cost = 0

    def at(self, each: Fraction) -> Opening:
        """The same with more money."""
        other = object.__new__(Opening)
        other.each, other.rest = each, self.rest.copy()
        other.purse = self.purse.richer(each)
        other.sales, other.cost = self.sales.copy(), self.cost
        return other

    def extend(self, goods: Sequence[Search], gate: Gate, most: int) -> None:
        """Buy on as long as the next bid can certainly be paid evenly, and no more than `most` is spent.

        `gate` has entered the sales so far.
        """
        while self.cost <= most and (at := self.next(goods, gate)) is not None:
            search, bid = goods[at], goods[at].good.bid
            left = self.purse.look(search.rows)
            if not bid.cost or not search.is_even(self.purse, search.ratios(left)):
                return
            price = (bid.cost, int(search.whole) * search.good.unit)
            unit = (price[0] * search.good.unit, price[1])
            self.purse.pay(search.rows, left, search.weight, unit, NOBODY)
            gate.take(bid)
            self.sales.append((at, price))
            self.rest.remove(at)
            self.cost += bid.cost

    def next(self, goods: Sequence[Search], gate: Gate) -> int | None:
        """The first that no limit refuses; what is refused for good is left out from now on."""
        over = []
        found = None
        for at in self.rest:
            why = gate.ask(goods[at].good.bid)
            if why is None:
                found = at
                break
            if why.code not in PASSING:
                over.append(at)
        for at in over:
            self.rest.remove(at)
        return found


def applies(gate: Gate) -> bool:
    """Whether what this gate says depends on the purchases alone, and not on how much money there is."""
    return isinstance(gate, Turnstile | NoLimit)
