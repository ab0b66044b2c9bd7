"""Add1: how often the voters' money can be raised before they spend more than the budget."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sanlin.kernel.allocation.shares import fast, plain
from sanlin.kernel.allocation.shares.entrants import Entrants
from sanlin.kernel.allocation.shares.fast import Sale


def raised(
    entrants: Entrants,
    market: plain.Market | fast.Market,
    each: Fraction,
    step: int,
    *,
    until_full: bool,
) -> tuple[int, str]:
    """After how many raises by `step` to stop, and why.

    "overshoot": one more raise would spend more than the budget; "exhausted" (only with
    `until_full`): no other bid fits what is left; "served": nobody lacks money. What is bought is
    not monotone in the money, so no raise is skipped unless `Market.same` is certain about it.
    """
    raises, stride, held = 0, Stride(), False
    bought = _bought(entrants, market, each)
    while True:
        keys = [sale[0] for sale in bought]
        if not held and (why := _enough(entrants, keys, each + raises * step, until_full)):
            return raises, why
        length = stride.length
        same = None
        if length > 1:
            same = _same(entrants, market, each + (raises + length) * step, bought)
        held = same is not None
        stride.after(held or length == 1)
        if same is not None:
            bought, raises = same, raises + length
        elif length == 1:
            following = _bought(entrants, market, each + (raises + 1) * step)
            after = [sale[0] for sale in following]
            if entrants.cost(after) > entrants.limits.budget:
                return raises, "overshoot"
            if after != keys:
                stride = Stride()
            bought, raises = following, raises + 1


def _enough(entrants: Entrants, keys: Sequence[int], each: Fraction, until_full: bool) -> str:
    if until_full and entrants.exhausted(keys):
        return "exhausted"
    return "served" if entrants.served(keys, each) else ""


class Stride:
    """How many raises to try at once: twice as many after a success, half as many after a failure,
    and after a failure twice as many only when three in a row have succeeded."""

    def __init__(self) -> None:
        self.length, self.wait, self.needed = 1, 1, 1

    def after(self, success: bool) -> None:
        """Learn from one trial."""
        self.wait -= 1
        if not success:
            self.length, self.wait, self.needed = max(1, self.length // 2), 3, 3
        elif self.wait <= 0:
            self.length, self.wait = self.length * 2, self.needed


def _bought(
    entrants: Entrants, market: plain.Market | fast.Market, each: Fraction
) -> Sequence[Sale]:
    if isinstance(market, plain.Market):
        made = market.spend(each, entrants.gate(each)).purchases
        return [(it.key, (it.price.numerator, it.price.denominator)) for it in made]
    return market.bought(each, entrants.quick_gate(each), entrants.limits.budget)


def _same(
    entrants: Entrants,
    market: plain.Market | fast.Market,
    each: Fraction,
    bought: Sequence[Sale],
) -> Sequence[Sale] | None:
    if isinstance(market, plain.Market):
        return None
    return market.same(each, entrants.quick_gate(each), bought)
