"""What limits say to a purchase: with their reasons, or only yes and no, which is quicker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sanlin.kernel.allocation.constraints import WAITS, Books
from sanlin.kernel.allocation.outcome import Bid, Limits
from sanlin.kernel.reason import Reason

PASSING = {WAITS, "floor"}  # refusals that a later purchase may lift
NO, NOT_YET = Reason("limit"), Reason(WAITS)


class Gate(Protocol):
    """The limits during one spending. The budget is not asked: voters spend no more than they have."""

    def ask(self, bid: Bid) -> Reason | None:
        """The limit that stands in the way of this bid now."""

    def take(self, bid: Bid) -> None:
        """Enter a purchase."""


class Open:
    """No limit at all."""

    def ask(self, bid: Bid) -> Reason | None:
        return None

    def take(self, bid: Bid) -> None:
        pass


class Asking:
    """The books are asked, and give their reasons."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def ask(self, bid: Bid) -> Reason | None:
        answer = self.books.ask(bid)
        return answer if isinstance(answer, Reason) and answer.code != "budget" else None

    def take(self, bid: Bid) -> None:
        self.books.take(bid, bid.cost)


class Turnstile:
    """The same answers as those of plain books, without figures: NO, NOT_YET, or None.

    Every limit is a room, and every bid takes so much of some of them. Without floors.
    """

    def __init__(self, limits: Limits, bids: Sequence[Bid]) -> None:
        self.room: list[int] = []
        self.uses: dict[int, list[tuple[int, int]]] = {bid.key: [] for bid in bids}
        self.needs = {
            bid.key: [other for key, other in limits.requires if key == bid.key] for bid in bids
        }
        self.funded: set[int] = set()
        for tier in limits.tiers:
            inside = [bid for bid in bids if bid.tier == tier.key]
            self._limit(inside, tier.places, counts=True)
            self._limit(inside, tier.money)
        for what, cap, counts in (
            ("community", limits.community_cap, False),
            ("team", limits.team_cap, False),
            ("team", 1 if limits.one_per_team else None, True),
        ):
            for name in {getattr(bid, what) for bid in bids} - {None}:
                self._limit([bid for bid in bids if getattr(bid, what) == name], cap, counts=counts)
        for theme, cap in dict(limits.theme_caps).items():
            self._limit([bid for bid in bids if theme and bid.theme == theme], cap)
        for rivals in limits.exclusive:
            self._limit([bid for bid in bids if bid.key in rivals], 1, counts=True)

    def _limit(self, bids: Sequence[Bid], cap: int | None, *, counts: bool = False) -> None:
        if cap is None:
            return
        for bid in bids:
            self.uses[bid.key].append((len(self.room), 1 if counts else bid.cost))
        self.room.append(cap)

    def anew(self) -> Turnstile:
        """The same before any purchase."""
        other = object.__new__(Turnstile)
        other.uses, other.needs = self.uses, self.needs
        other.room, other.funded = self.room.copy(), set()
        return other

    def ask(self, bid: Bid) -> Reason | None:
        room = self.room
        for row, amount in self.uses[bid.key]:
            if room[row] < amount:
                return NO
        for other in self.needs[bid.key]:
            if other not in self.funded:
                return NOT_YET
        return None

    def take(self, bid: Bid) -> None:
        for row, amount in self.uses[bid.key]:
            self.room[row] -= amount
        self.funded.add(bid.key)
