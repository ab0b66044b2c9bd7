"""Sequential Phragmén: voters earn money at the same pace and buy a bid as soon as they can pay it.

A bid that supporters buy together leaves them all with nothing; so what counts is when, since the
beginning, each of them last paid: its load. See docs/algorithms/phragmen.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sanlin.kernel.allocation.constraints import Books
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome, Purchase, Shares, Tie
from sanlin.kernel.allocation.shares.entrants import Entrants, Open
from sanlin.kernel.allocation.shares.fast import fits
from sanlin.kernel.allocation.shares.field import Good, Spent, first
from sanlin.kernel.allocation.shares.loads import FastLoads, PlainLoads
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.profile import Profile
from sanlin.kernel.reason import Reason

RULES = ("stop", "skip")


def phragmen(  # the options of one count, all by name
    profile: Profile,
    bids: Sequence[Bid],
    limits: Limits,
    ties: TieOrder,
    *,
    rule: str = "stop",
    opened: Open = Books,
    core: str = "fast",
) -> Outcome:
    """Fund bids by Phragmén's sequential method; `core` is fast, or plain, which gives the same.

    Every voter earns one fen a unit of time. A bid is bought when its supporters have earned its
    cost since each of them last paid; the time of purchase is the price in `Outcome.shares`. Bids
    that alone cost more than the budget take no part. Under "stop" the count ends with the first
    bid (any of those due at once) that does not fit the budget any more; under "skip" it is passed
    over. Any other limit that refuses passes over the bid alone.

    Steps as in `equal_shares`; a bid that came too late has `stopped` with the bid that ended the
    count. Raises UnsettledTie where `ties` do not part bids due at the same time, ValueError for an
    unknown rule, two bids with one key, or amounts below zero.
    """
    if rule not in RULES:
        raise ValueError(f"no rule of Phragmén's method is called {rule}")
    entrants = Entrants(profile, bids, limits, ties, "approval", opened)
    spent = _spend(entrants, rule, core)
    shares = Shares("approval", rule, profile.voters, Fraction(0), spent.purchases)
    return entrants.outcome(spent, [], {}, spent.ties, shares, "phragmen")


def _spend(entrants: Entrants, rule: str, core: str) -> Spent:
    books = entrants.opened(entrants.limits)
    fast = core == "fast" and fits(entrants.field)
    voters: FastLoads | PlainLoads = (FastLoads if fast else PlainLoads)(entrants.field)
    goods = {good.key: good for good in entrants.field.goods}
    purchases: list[Purchase] = []
    met: list[Tie] = []
    while True:
        now, level = voters.due(lambda good: _refusal(good, books, rule) is None)
        over = [good for good in level if isinstance(books.ask(good.bid), Reason)]
        if over or not level:
            break
        bid = first([good.bid for good in level], now, entrants.ties, met)
        payers = voters.pay(goods.pop(bid.key), now)
        books.take(bid, bid.cost)
        purchases.append(Purchase(bid.key, now, payers, 0, Fraction(books.left)))
    return Spent(tuple(purchases), _ended(goods, books, over), {}, tuple(met))


def _refusal(good: Good, books: Books, rule: str) -> Reason | None:
    """The limit that passes over this bid now. Under "stop" the budget does so only to a bid that
    could never fit; it ends the count when another one is due."""
    answer = books.ask(good.bid)
    if not isinstance(answer, Reason):
        return None
    waits = rule == "stop" and good.bid.cost <= books.limits.budget
    return None if waits and answer.code == "budget" else answer


def _ended(goods: dict[int, Good], books: Books, over: Sequence[Good]) -> dict[int, Reason]:
    """Why the others are not funded: what was due and did not fit, and what came later."""
    found: dict[int, Reason] = {}
    due = {good.key for good in over}
    for key, good in goods.items():
        answer = books.ask(good.bid)
        if due and key not in due and (not isinstance(answer, Reason) or answer.code == "budget"):
            found[key] = Reason.of("stopped", other=min(due))
        elif isinstance(answer, Reason):
            found[key] = answer
    return found
