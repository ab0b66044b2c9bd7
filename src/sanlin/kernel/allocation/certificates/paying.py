"""Voters' own money: who paid what, replayed in whole numbers over one common denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm

import numpy as np

from sanlin.kernel.allocation.certificates.certificate import Certificate
from sanlin.kernel.allocation.certificates.keeping import takes_part
from sanlin.kernel.allocation.constraints import Books, Offer
from sanlin.kernel.allocation.floors import books_for
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome
from sanlin.kernel.allocation.shares.field import Field, Good
from sanlin.kernel.profile import Profile


def prices(outcome: Outcome, profile: Profile, bids: Sequence[Bid], limits: Limits) -> Certificate:
    """The purchases of Equal Shares are a price system. Checked, in rationals:

    - every voter begins with `each`, and nobody pays more than is left to them;
    - a supporter of a bid that was bought pays min(price × utility, all that is left), nobody else
      pays, somebody pays the price in full, and the payments add up to its cost exactly;
    - the supporters of any other bid that the limits allow have less left than its cost.

    Figures: each (fen), voters, bought, left (fen, of all voters together), next (fen): the least
    that any other bid lacks; refused: bids that only a limit kept from being bought; completed:
    bids funded afterwards out of what was left of the budget, which nobody paid for.
    Witness: for every purchase (key, price, payers, payments); then (key,) of what contradicts it.
    """
    shares = outcome.shares
    if shares is None:
        raise ValueError("this outcome has no purchases")
    pool = _pool(outcome, bids, limits)
    goods = {good.key: good for good in Field.of(profile, pool, shares.utility).goods}
    times: list[int] = profile.times.tolist()
    scale = lcm(shares.each.denominator, *(it.price.denominator for it in shares.purchases))
    money = [int(shares.each * scale)] * len(times)
    witness: list[tuple[object, ...]] = []
    wrong: list[tuple[object, ...]] = []
    for it in shares.purchases:
        paid, payers, in_full = _pay(goods.get(it.key), int(it.price * scale), money, times)
        witness.append((it.key, it.price, payers, Fraction(paid, scale)))
        good = goods.get(it.key)
        asked = good.bid.cost * scale if good else None
        if not in_full or (paid, payers) != (asked, it.payers):
            wrong.append((it.key,))
    bought = [it.key for it in shares.purchases]
    books = _books(pool, bought, limits, int(shares.each * shares.voters))
    refused, lacks = _others(goods, books, money, times, scale)
    wrong += [(key,) for key, lack in lacks.items() if lack <= 0]
    left = sum(own * many for own, many in zip(money, times, strict=True))
    return Certificate.of(
        "prices",
        not wrong,
        (*witness, *wrong),
        each=shares.each,
        voters=profile.voters,
        bought=len(shares.purchases),
        left=Fraction(left, scale),
        next=min(lacks.values(), default=None),
        refused=len(refused) or None,
        completed=len(shares.completed) or None,
    )


def _pool(outcome: Outcome, bids: Sequence[Bid], limits: Limits) -> list[Bid]:
    """The bids that took part, each to be funded whole."""
    return [replace(bid, least=None) for bid in bids if takes_part(bid, limits, outcome)]


def _pay(
    good: Good | None, price: int, money: list[int], times: list[int]
) -> tuple[int, int, bool]:
    """Let the supporters pay: the sum, how many paid anything, whether somebody paid in full."""
    paid, payers, in_full = 0, 0, False
    if good is None:
        return paid, payers, in_full
    for row, weight in zip(good.rows.tolist(), good.weights.tolist(), strict=True):
        due = min(price * good.unit * weight, money[row])
        in_full = in_full or due == price * good.unit * weight
        if due:
            money[row] -= due
            paid += due * times[row]
            payers += times[row]
    return paid, payers, in_full


def _others(
    goods: dict[int, Good], books: Books, money: list[int], times: list[int], scale: int
) -> tuple[list[int], dict[int, Fraction]]:
    """Bids that a limit refused though they could be paid, and what every other one lacks (fen)."""
    refused, lacks = [], {}
    for key, good in goods.items():
        if key in books.funded:
            continue
        own = sum(money[row] * times[row] for row in good.rows.tolist())
        lack = Fraction(good.bid.cost * scale - own, scale)
        if lack <= 0 and not isinstance(books.ask(good.bid), Offer):
            refused.append(key)
        else:
            lacks[key] = lack
    return refused, lacks


def _books(pool: Sequence[Bid], bought: Sequence[int], limits: Limits, purse: int) -> Books:
    """Books as they were at the end of the purchases, with the voters' money as the budget."""
    books = books_for(replace(limits, budget=max(limits.budget, purse)), pool)
    by_key = {bid.key: bid for bid in pool}
    for key in bought:
        if key in by_key:
            books.take(by_key[key], by_key[key].cost)
    return books


def loads(outcome: Outcome, profile: Profile, bids: Sequence[Bid], limits: Limits) -> Certificate:
    """The purchases of Phragmén's method follow from what voters earn. Checked, in rationals:

    - a bid is bought when what its supporters have earned since each of them last paid adds up to
      its cost exactly, and no sooner than the purchase before it;
    - at the time of the last purchase no other bid that the limits allow could have been paid.

    Figures: last (time of the last purchase, which is the greatest load), voters, bought, refused,
    next: by how much time the next bid was late. Witness: for every purchase (key, time, payers);
    then (key,) of what contradicts it.
    """
    shares = outcome.shares
    if shares is None:
        raise ValueError("this outcome has no purchases")
    pool = _pool(outcome, bids, limits)
    goods = {good.key: good for good in Field.of(profile, pool, "approval").goods}
    moments = [Fraction(0)]
    last_paid = np.zeros(profile.rows, np.int64)
    witness: list[tuple[object, ...]] = []
    wrong: list[tuple[object, ...]] = []
    for it in shares.purchases:
        good = goods.get(it.key)
        due = _due(good, last_paid, moments, profile) if good else None
        if good is None or due != it.price or due < moments[-1]:
            wrong.append((it.key,))
            continue
        moments.append(due)
        last_paid[good.rows] = len(moments) - 1
        witness.append((it.key, due, int(profile.times[good.rows].sum())))
    books = _books(pool, [it.key for it in shares.purchases], limits, limits.budget)
    refused, late = 0, []
    for key, good in goods.items():
        if key in books.funded:
            continue
        ahead = _due(good, last_paid, moments, profile) - moments[-1]
        if isinstance(books.ask(good.bid), Offer):
            late.append(ahead)
            wrong += [(key,)] if ahead < 0 else []
        else:
            refused += 1
    return Certificate.of(
        "loads",
        not wrong,
        (*witness, *wrong),
        last=moments[-1],
        voters=profile.voters,
        bought=len(shares.purchases),
        refused=refused or None,
        next=min(late, default=None),
    )


def _due(
    good: Good, last_paid: np.ndarray, moments: Sequence[Fraction], profile: Profile
) -> Fraction:
    """When the supporters of a bid have earned its cost, `last_paid` giving each row's moment."""
    many = np.zeros(len(moments), np.int64)
    np.add.at(many, last_paid[good.rows], profile.times[good.rows])
    paid = sum(
        (moment * count for moment, count in zip(moments, many.tolist(), strict=True)),
        start=Fraction(0),
    )
    return (good.bid.cost + paid) / int(many.sum())
