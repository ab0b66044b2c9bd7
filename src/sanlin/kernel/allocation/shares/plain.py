"""The Method of Equal Shares as it is written down, in rationals: short, slow, and the measure of `fast`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sanlin.kernel.allocation.outcome import Bid, Purchase, Tie
from sanlin.kernel.allocation.shares.field import Ask, Field, Good, Spent, first
from sanlin.kernel.allocation.ties import TieOrder


def spend(
    field: Field, each: Fraction, ties: TieOrder, ask: Ask, take: Callable[[Bid], None]
) -> Spent:
    """Every voter has `each` fen. The bid whose unit of utility is cheapest is bought, again and again.

    `ask` names the limit that stands in a bid's way now, or None; `take` enters a purchase. Raises
    UnsettledTie where `ties` do not part bids of one price.
    """
    times = field.times.tolist()
    money = [each] * len(times)
    whole = each * sum(times)
    goods = {good.key: good for good in field.goods}
    purchases: list[Purchase] = []
    met: list[Tie] = []
    while True:
        prices = {}
        for key, good in goods.items():
            found = price(good, money, times)
            if found is not None and ask(good.bid) is None:
                prices[key] = found
        if not prices:
            break
        best = min(prices.values())
        bid = first([goods[key].bid for key in prices if prices[key] == best], best, ties, met)
        good = goods.pop(bid.key)
        payers = emptied = 0
        for row, weight in zip(good.rows.tolist(), good.weights.tolist(), strict=True):
            due = best * good.unit * weight
            payers += times[row] if money[row] and due else 0
            emptied += times[row] if 0 < money[row] <= due else 0
            money[row] -= min(due, money[row])
        take(bid)
        whole -= bid.cost
        purchases.append(Purchase(bid.key, best, payers, emptied, whole))
    refused = {key: why for key, good in goods.items() if (why := ask(good.bid)) is not None}
    poor = {
        key: sum((money[row] * times[row] for row in good.rows.tolist()), Fraction(0))
        for key, good in goods.items()
        if key not in refused
    }
    return Spent(tuple(purchases), sum(goods_cost(field, purchases)), refused, poor, tuple(met))


def goods_cost(field: Field, purchases: list[Purchase]) -> list[int]:
    """The costs of what was bought."""
    cost = {good.key: good.bid.cost for good in field.goods}
    return [cost[purchase.key] for purchase in purchases]


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
