"""Equal Shares with bounded overspending: supporters may buy a bid of which they can pay but a part.

At a price ρ a unit, supporters who together pay for the part α of a bid buy all of it; whoever cannot
pay her full share pays what she has. The bid with the least ρ ÷ α is bought: a low price is good, and so
is a part close to 1. See docs/algorithms/overspending.md.

A voter's money depends on what she bought alone, so rows are kept in classes of equal money. Money only
goes down, so ρ ÷ α of a bid only goes up, and the last known one is a lower bound.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sanlin.kernel.allocation.constraints import Books
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome, Purchase, Shares, Tie
from sanlin.kernel.allocation.shares.entrants import Entrants, Open
from sanlin.kernel.allocation.shares.field import Field, Good, Spent, first
from sanlin.kernel.allocation.shares.gates import PASSING
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.profile import Profile
from sanlin.kernel.reason import Reason

RULE = "overspending"
EMPTY = 0  # the class of those who have nothing left


@dataclass(frozen=True)
class Offer:
    """At `price` a unit the supporters pay for `part` of a bid."""

    part: Fraction
    price: Fraction

    @property
    def rank(self) -> Fraction:
        """What is compared: the least is bought."""
        return self.price / self.part


def overspending(
    profile: Profile,
    bids: Sequence[Bid],
    limits: Limits,
    ties: TieOrder,
    *,
    utility: str = "cost",
    opened: Open = Books,
) -> Outcome:
    """Fund bids by Equal Shares with bounded overspending: every voter has the same part of the budget.

    Again and again the bid of the least price ÷ part is bought that fits what is left of the budget, that no
    limit refuses and whose supporters have anything left; of equal ones the one that `ties` put first.
    `utility`, `opened` and the steps are those of `equal_shares`; a bid of which its supporters could pay
    but a part has that `part` among the figures of its step. `poor` are only bids whose supporters have
    nothing left.

    Raises UnsettledTie where `ties` do not part bids of one rank, ValueError for an unknown utility,
    two bids with one key, or amounts below zero.
    """
    entrants = Entrants(profile, bids, limits, ties, utility, opened)
    each = Fraction(limits.budget, profile.voters) if profile.voters else Fraction(0)
    books = entrants.opened(limits)
    run = _Run(entrants.field, each)
    purchases: list[Purchase] = []
    parts: dict[int, Fraction] = {}
    met: list[Tie] = []
    while offers := run.cheapest(books):
        rank = next(iter(offers.values())).rank
        bid = first([run.goods[key].bid for key in offers], rank, ties, met)
        offer = offers[bid.key]
        payers, emptied = run.pay(run.goods[bid.key], offer.price)
        books.take(bid, bid.cost)
        parts[bid.key] = offer.part
        purchases.append(Purchase(bid.key, offer.price, payers, emptied, run.left()))
    refused, poor = {}, {}
    for key, good in run.goods.items():
        if key not in parts:
            answer = books.ask(good.bid)
            if isinstance(answer, Reason):
                refused[key] = answer
            else:
                poor[key] = run.owned(good)
    spent = Spent(tuple(purchases), refused, poor, tuple(met))
    shares = Shares(utility, RULE, profile.voters, each, spent.purchases)
    return entrants.outcome(spent, [], {}, spent.ties, shares, RULE, parts)


class _Run:
    """One spending."""

    def __init__(self, field: Field, each: Fraction) -> None:
        self.times = field.times
        self.goods = {good.key: good for good in field.goods}
        self.money = [Fraction(0), each]
        self.of = np.full(field.times.size, 1 if each else EMPTY)
        self.waiting = [(Fraction(0), key) for key in self.goods]

    def cheapest(self, books: Books) -> dict[int, Offer]:
        """The offers of the least rank, by key; none where nothing can be bought."""
        found: dict[int, Offer] = {}
        least: Fraction | None = None
        aside: list[tuple[Fraction, int]] = []
        while self.waiting and (least is None or self.waiting[0][0] <= least):
            rank, key = heapq.heappop(self.waiting)
            answer = books.ask(self.goods[key].bid)
            if isinstance(answer, Reason):
                aside += [(rank, key)] * (answer.code in PASSING)
                continue
            offer = best(self.parts(self.goods[key]), self.goods[key].bid.cost)
            if offer is None:
                continue
            aside.append((offer.rank, key))
            if least is None or offer.rank <= least:
                least = offer.rank
                found[key] = offer
        for it in aside:
            heapq.heappush(self.waiting, it)
        return {key: offer for key, offer in found.items() if offer.rank == least}

    def parts(self, good: Good) -> list[tuple[Fraction, int, Fraction]]:
        """(money by utility, utility, money) of supporters who are alike and have money left."""
        of, times = self.of[good.rows], self.times[good.rows]
        weights = np.ones_like(times) if good.given is None else good.given
        base = int(weights.max()) + 1
        alike, places = np.unique(of * base + weights, return_inverse=True)
        counts = np.bincount(places, times).astype(np.int64)
        rows = []
        for code, count in zip(alike.tolist(), counts.tolist(), strict=True):
            money, weight = self.money[code // base], code % base
            if money and count:
                utility = good.unit * weight
                rows.append((money / utility, utility * count, money * count))
        return rows

    def pay(self, good: Good, price: Fraction) -> tuple[int, int]:
        """Take the price from the supporters: how many pay, and how many of them give all."""
        self.waiting = [it for it in self.waiting if it[1] != good.key]
        heapq.heapify(self.waiting)
        of, times = self.of[good.rows], self.times[good.rows]
        weights = np.ones_like(times) if good.given is None else good.given
        payers = emptied = 0
        base = int(weights.max()) + 1
        alike, places = np.unique(of * base + weights, return_inverse=True)
        counts = np.bincount(places, times).astype(np.int64).tolist()
        after = np.empty(alike.size, of.dtype)
        for at, (code, count) in enumerate(zip(alike.tolist(), counts, strict=True)):
            had, due = self.money[code // base], price * good.unit * (code % base)
            after[at] = EMPTY
            if had and due:
                payers += count
                emptied += count if had <= due else 0
            if had > due:
                after[at] = len(self.money)
                self.money.append(had - due)
        self.of[good.rows] = after[places]
        return payers, emptied

    def owned(self, good: Good) -> int:
        """What the supporters have left together, in fen, rounded down."""
        return int(sum(money for _ratio, _utility, money in self.parts(good)))

    def left(self) -> Fraction:
        """What all voters have left together."""
        counts = np.bincount(self.of, self.times, len(self.money)).astype(np.int64).tolist()
        return sum(
            (money * n for money, n in zip(self.money, counts, strict=True) if n), Fraction(0)
        )


def best(parts: list[tuple[Fraction, int, Fraction]], cost: int) -> Offer | None:
    """The part and the price of the least rank; of equal ones the larger part. None where nobody has
    anything.

    If all pay λ a unit, or all they have, they pay for the part α(λ) at the price λ ÷ α. Between two
    ratios of money and utility α is a straight line, and λ ÷ α² is least at an end; so it is enough to
    look at every ratio, and at the λ that pays for the whole.
    """
    if cost == 0:
        return Offer(Fraction(1), Fraction(0))
    paid, rest = Fraction(0), sum(utility for _ratio, utility, _money in parts)
    found: Offer | None = None
    for ratio, utility, money in sorted(parts):
        whole = paid + ratio * rest >= cost
        level = (cost - paid) / rest if whole else ratio
        part = Fraction(1) if whole else (paid + level * rest) / cost
        offer = Offer(part, level / part)
        if found is None or (offer.rank, -offer.part) < (found.rank, -found.part):
            found = offer
        if whole:
            break
        paid += money
        rest -= utility
    return found
