"""One good while money is spent: who has some left for it, and what it costs them a unit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from sanlin.kernel.allocation.shares.field import Good
from sanlin.kernel.allocation.shares.purse import (
    HALF_ULP,
    Exact,
    Floats,
    Given,
    Purse,
    Rows,
    inner,
)

NOBODY = np.zeros(0, np.intp)


class Search:
    """One good in one spending: who has money left for it, and a lower bound of its price.

    Per row: `times` voters, `utility` of them all (without the good's unit) and `weight` of one;
    None where it is 1 for every row. All are whole numbers; `whole` is the sum of utilities.
    `even` says that so far everybody could pay her full part.
    """

    def __init__(self, good: Good, times: Given) -> None:
        self.good, self.rows = good, good.rows
        self.times = part_of(times, good.rows)
        self.weight = None if good.given is None else good.given.astype(np.float64)
        self.utility = self.times if self.weight is None else product(self.times, self.weight)
        self.whole = total(self.utility, self.rows.size)
        self.guess = good.bid.cost / self.whole
        self.even = True

    def anew(self) -> Search:
        """The same for another spending; the arrays are shared, and never written to."""
        other = object.__new__(Search)
        other.__dict__.update(self.__dict__)
        return other

    def forget(self, held: Rows) -> None:
        """Leave out whoever has nothing any more."""
        self.rows, self.times = self.rows[held], part_of(self.times, held)
        self.weight = part_of(self.weight, held)
        self.utility = self.times if self.weight is None else part_of(self.utility, held)
        self.whole = total(self.utility, self.rows.size)

    def ratios(self, left: Floats) -> Floats:
        """Money by utility: at price p, who has less than p gives all."""
        return left if self.weight is None else left / self.weight

    def lower(self, purse: Purse) -> float | None:
        """A lower bound of the price by floats; None where the supporters certainly cannot pay.

        Whoever is taken for poor, (cost − money of the poor) ÷ utility of the others is a lower
        bound, and by Newton's steps it becomes the price.
        """
        left = purse.look(self.rows)
        if self.even and self.is_even(purse, self.ratios(left)):
            return self.guess / self.good.unit * (1 - 8 * HALF_ULP)
        held = left > 0
        if np.count_nonzero(held) * 4 < left.size * 3:
            self.forget(held.nonzero()[0])
            left = purse.look(self.rows)
        cost = self.good.bid.cost
        owned = inner(self.times, left)
        doubt = self.whole * purse.error + (left.size + 8) * HALF_ULP * owned
        if owned + doubt < cost:
            return None
        ratios, guess, before = self.ratios(left), self.guess, -1
        while True:
            poor = (ratios < guess).nonzero()[0]
            if poor.size <= before or poor.size == left.size:  # it shrinks by rounding alone
                return self.guess / self.good.unit * (1 - 8 * HALF_ULP)
            before = poor.size
            owed, rest = float(cost), self.whole
            if poor.size:
                owed -= inner(part_of(self.times, poor), left[poor])
                rest -= total(part_of(self.utility, poor), poor.size)
            guess = owed / rest
            self.guess = max(self.guess, (owed - doubt) / rest)

    def is_even(self, purse: Purse, ratios: Floats) -> bool:
        """Whether everybody certainly has more than the price, which then is cost ÷ utility."""
        part = self.good.bid.cost / self.whole * (1 + 8 * HALF_ULP) + purse.error
        self.even = bool(np.minimum.reduce(ratios) > part)
        return self.even

    def exact(self, purse: Purse) -> tuple[Exact, Rows] | None:
        """The exact price and the poor (places in `rows`); None where the supporters lack money.

        Newton's steps from what floats take for the poor: each gives an exact lower bound, and the
        one that leaves the poor as they are is the price.
        """
        cost = self.good.bid.cost
        if cost == 0:
            return (0, 1), NOBODY
        ratios = self.ratios(purse.look(self.rows))
        if self.even and self.is_even(purse, ratios):
            return (cost, int(self.whole) * self.good.unit), NOBODY
        poor = (ratios < self.guess).nonzero()[0]
        while True:
            rest = int(self.whole) - int(total(part_of(self.utility, poor), poor.size))
            owed = cost * purse.scale
            if poor.size:
                owed -= purse.total(self.rows[poor], part_of(self.times, poor))
            if rest == 0 or owed <= 0:
                return self.last(purse, ratios)
            price = (owed, purse.scale * rest * self.good.unit)
            again = self.poorer(purse, ratios, price)
            if again.size == poor.size and (again == poor).all():
                return price, poor
            poor = again

    def poorer(self, purse: Purse, ratios: Floats, price: Exact) -> Rows:
        """Who has not more than the price of his utility.

        Floats tell, unless they come too close to the price; then whole numbers do.
        """
        guess = price[0] * self.good.unit / price[1]
        slack = purse.error + 8 * HALF_ULP * guess
        sure = (ratios < guess - slack).nonzero()[0]
        if np.count_nonzero(ratios <= guess + slack) == sure.size:
            return sure
        near = ((ratios >= guess - slack) & (ratios <= guess + slack)).nonzero()[0]
        per, below = price[0] * self.good.unit * purse.scale, price[1]
        owns = purse.of(self.rows[near])
        wants = whole_of(self.weight, near)
        short = [own * below <= per * want for own, want in zip(owns, wants, strict=True)]
        return np.sort(np.concatenate([sure, near[np.array(short)]]))

    def last(self, purse: Purse, ratios: Floats) -> tuple[Exact, Rows] | None:
        """The price where nearly all give all they have, voter by voter in whole numbers."""
        every = np.arange(self.rows.size)
        owns, times = purse.of(self.rows), whole_of(self.times, every)
        wants = whole_of(self.weight, every)
        owed, rest = self.good.bid.cost * purse.scale, int(self.whole)
        order = sorted(range(len(owns)), key=lambda it: Fraction(owns[it], wants[it]))
        for it in order:
            if owns[it] * rest >= owed * wants[it]:
                price = (owed, purse.scale * rest * self.good.unit)
                return price, self.poorer(purse, ratios, price)
            owed -= owns[it] * times[it]
            rest -= wants[it] * times[it]
        return None


def part_of(given: Given, at: Rows) -> Given:
    return None if given is None else given[at]


def product(one: Given, other: Floats) -> Floats:
    return other if one is None else one * other


def total(given: Given, size: int) -> float:
    return float(size) if given is None else float(np.add.reduce(given))


def whole_of(given: Given, at: Rows) -> list[int]:
    return [1] * at.size if given is None else given[at].astype(int).tolist()
