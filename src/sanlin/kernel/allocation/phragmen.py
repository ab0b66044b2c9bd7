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
from sanlin.kernel.allocation.shares.field import Good, Spent, first
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.profile import Profile
from sanlin.kernel.reason import Reason

RULES = ("stop", "skip")


def phragmen(
    profile: Profile,
    bids: Sequence[Bid],
    limits: Limits,
    ties: TieOrder,
    *,
    rule: str = "stop",
    opened: Open = Books,
) -> Outcome:
    """Fund bids by Phragmén's sequential method.

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
    spent = _spend(entrants, rule)
    shares = Shares("approval", rule, profile.voters, Fraction(0), spent.purchases)
    return entrants.outcome(spent, [], {}, spent.ties, shares, "phragmen")


def _spend(entrants: Entrants, rule: str) -> Spent:
    books = entrants.opened(entrants.limits)
    times = entrants.field.times.tolist()
    loads = [Fraction(0)] * entrants.profile.rows
    goods = {good.key: good for good in entrants.field.goods}
    purchases: list[Purchase] = []
    met: list[Tie] = []
    while True:
        refused = _set_aside(goods, books, rule)
        when = {key: _due(it, loads, times) for key, it in goods.items() if key not in refused}
        now = min(when.values(), default=Fraction(0))
        level = [goods[key].bid for key in when if when[key] == now]
        over = [bid for bid in level if isinstance(books.ask(bid), Reason)]
        if over or not level:
            refused |= _ended(goods, books, over)
            break
        bid = first(level, now, entrants.ties, met)
        good = goods.pop(bid.key)
        payers = 0
        for row in good.rows.tolist():
            loads[row] = now
            payers += times[row]
        books.take(bid, bid.cost)
        purchases.append(Purchase(bid.key, now, payers, 0, Fraction(books.left)))
    return Spent(tuple(purchases), refused, {}, tuple(met))


def _set_aside(goods: dict[int, Good], books: Books, rule: str) -> dict[int, Reason]:
    """What a limit refuses now. Under "stop" the budget speaks only when a bid is due, or alone
    too small for it."""
    found = {}
    for key, good in goods.items():
        answer = books.ask(good.bid)
        waits = rule == "stop" and good.bid.cost <= books.limits.budget
        if isinstance(answer, Reason) and not (answer.code == "budget" and waits):
            found[key] = answer
    return found


def _due(good: Good, loads: list[Fraction], times: list[int]) -> Fraction:
    """When the supporters of this bid will have earned its cost."""
    owed, many = Fraction(good.bid.cost), 0
    for row in good.rows.tolist():
        owed += loads[row] * times[row]
        many += times[row]
    return owed / many


def _ended(goods: dict[int, Good], books: Books, over: Sequence[Bid]) -> dict[int, Reason]:
    """Why the others are not funded: what was due and did not fit, and what came later."""
    found: dict[int, Reason] = {}
    for key, good in goods.items():
        answer = books.ask(good.bid)
        late = bool(over) and good.bid not in over
        if late and (not isinstance(answer, Reason) or answer.code == "budget"):
            found[key] = Reason.of("stopped", other=over[0].key)
        elif isinstance(answer, Reason):
            found[key] = answer
    return found
