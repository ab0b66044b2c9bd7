"""Tiers filled from the top: a bid does not apply for a tier, its rank earns it one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sanlin.kernel.allocation.constraints import Books, Offer, in_turn, screen
from sanlin.kernel.allocation.outcome import Bid, Limits
from sanlin.kernel.allocation.ranking import Ranking
from sanlin.kernel.allocation.ties import TieOrder, settle


def from_the_top(
    bids: Sequence[Bid], limits: Limits, order: Ranking, ties: TieOrder
) -> tuple[Bid, ...]:
    """The same bids, each with the tier that its rank earns.

    In the order of the ranking each bid takes the first tier of `limits.tiers` that has a place and
    money for it under every other limit. A bid for which no tier has room, or that has no standing,
    goes to the last tier, where the count itself says why it is not funded. Floors are left to the
    count. Raises ValueError where there are no tiers or a tier has a floor, and UnsettledTie as the
    count does.

    >>> from sanlin.kernel.allocation.outcome import TierLimit
    >>> from sanlin.kernel.allocation.ranking import by_votes
    >>> bids = (Bid(1, 500, votes=5), Bid(2, 300, votes=9), Bid(3, 400, votes=7))
    >>> limits = Limits(2000, tiers=(TierLimit("top", places=1), TierLimit("rest")))
    >>> [(bid.key, bid.tier) for bid in from_the_top(bids, limits, by_votes(bids), TieOrder())]
    [(1, 'rest'), (2, 'top'), (3, 'rest')]
    """
    if not limits.tiers:
        raise ValueError("there are no tiers to fill")
    if any(floor.kind == "tier" for floor in limits.floors):
        raise ValueError("a tier that is earned by rank cannot have a floor")
    standings = order.of
    tries = {bid.key: _open_to(bid, limits, standings[bid.key]) for bid in bids}
    ranked = [bid for bid in bids if tries[bid.key]]
    queue, _met = settle(ranked, standings, ties)
    books = Books(limits)
    earned: dict[int, str | None] = {}

    def place(bid: Bid) -> None:
        earned[bid.key] = _first_open(tries[bid.key], books)

    in_turn(queue, books, place)
    last = limits.tiers[-1].key
    return tuple(replace(bid, tier=earned.get(bid.key) or last) for bid in bids)


def _open_to(bid: Bid, limits: Limits, standing: Fraction | None) -> list[Bid]:
    """The bid as it would stand in each tier that could take it at all."""
    tried = [replace(bid, tier=tier.key) for tier in limits.tiers]
    return [bid for bid in tried if screen(bid, limits, standing) is None]


def _first_open(tries: Sequence[Bid], books: Books) -> str | None:
    for bid in tries:
        answer = books.ask(bid)
        if isinstance(answer, Offer):
            books.take(bid, answer.grant)
            return bid.tier
    return None
