"""The Method of Equal Shares as it is written down, in rationals: short, slow, and the measure of `fast`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from sanlin.kernel.allocation.outcome import Purchase, Tie
from sanlin.kernel.allocation.shares.field import Field, Good, Spent, first
from sanlin.kernel.allocation.shares.gates import Gate
from sanlin.kernel.allocation.ties import TieOrder


class Market:
    """The goods, and what parts bids of one price."""

    def __init__(self, field: Field, ties: TieOrder) -> None:
        self.field, self.ties = field, ties

    def spend(self, each: Fraction, gate: Gate) -> Spent:
        """Every voter has `each` fen. The bid whose unit of utility is cheapest is bought, again and
        again, until nobody can or may buy.

        Raises UnsettledTie where the order of ties does not part bids of one price.
        """
        times = self.field.times.tolist()
        money = [each] * len(times)
        left = each * sum(times)
        goods = {good.key: good for good in self.field.goods}
        purchases: list[Purchase] = []
        met: list[Tie] = []
        while prices := _prices(goods.values(), gate, money, times):
            least = min(prices.values())
            level = [goods[key].bid for key in prices if prices[key] == least]
            bid = first(level, least, self.ties, met)
            payers, emptied = _pay(goods.pop(bid.key), least, money, times)
            gate.take(bid)
            left -= bid.cost
            purchases.append(Purchase(bid.key, least, payers, emptied, left))
        refused = {key: why for key, good in goods.items() if (why := gate.ask(good.bid))}
        poor = {
            key: int(sum(money[row] * times[row] for row in good.rows.tolist()))
            for key, good in goods.items()
            if key not in refused
        }
        return Spent(tuple(purchases), refused, poor, tuple(met))


def _prices(
    goods: Iterable[Good], gate: Gate, money: list[Fraction], times: list[int]
) -> dict[int, Fraction]:
    found = {good.key: price(good, money, times) for good in goods if gate.ask(good.bid) is None}
    return {key: it for key, it in found.items() if it is not None}


def _pay(good: Good, price: Fraction, money: list[Fraction], times: list[int]) -> tuple[int, int]:
    """Take the price from the supporters: how many pay, and how many of them give all."""
    payers = emptied = 0
    for row, weight in zip(good.rows.tolist(), good.weights.tolist(), strict=True):
        due = price * good.unit * weight
        if money[row] and due:
            payers += times[row]
            emptied += times[row] if money[row] <= due else 0
        money[row] -= min(due, money[row])
    return payers, emptied


def price(good: Good, money: list[Fraction], times: list[int]) -> Fraction | None:
    """The least price a unit of utility at which the supporters can pay the cost, None if they cannot.

    At price ρ a supporter who values the bid at u pays min(ρ × u, all that is left). Those who give
    all are the first in the order of money ÷ utility.
    """
    due = Fraction(good.bid.cost)
    if due == 0:
        return due
    rich = []
    for row, weight in zip(good.rows.tolist(), good.weights.tolist(), strict=True):
        utility = good.unit * weight
        rich.append((money[row] / utility, utility * times[row], money[row] * times[row]))
    rich.sort()
    utilities = sum(utility for _, utility, _ in rich)
    for most, utility, all_left in rich:
        if most * utilities >= due:
            return Fraction(due, utilities)
        due -= all_left
        utilities -= utility
    return None
