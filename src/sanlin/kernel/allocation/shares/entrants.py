"""Who takes part in a count by voters' own money, and what is said about everybody afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from sanlin.kernel.allocation.audit import floors_unmet
from sanlin.kernel.allocation.constraints import Books, Offer, in_turn, screen
from sanlin.kernel.allocation.floors import books_for
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome, Shares, Step, Tie
from sanlin.kernel.allocation.shares.field import Field, Spent
from sanlin.kernel.allocation.shares.gates import Asking, Gate, Turnstile
from sanlin.kernel.allocation.shares.gates import Open as NoLimit
from sanlin.kernel.allocation.ties import TieOrder, settle
from sanlin.kernel.profile import Ints, Profile
from sanlin.kernel.reason import Figure, Reason

Open = Callable[[Limits], Books]
UNASKED: dict[str, Any] = {
    "budget": 0,
    "min_score": None,
    "min_votes": None,
    "own_share": 0,
    "project_cap": None,
    "partial": False,
    "reserve": 0,
    "topup": 800,
}  # the limits that have no say once bids are screened


class Entrants:
    """Bids that were screened: `aside` by key with the reason, `bids` by key, `field` with supporters.

    Bids are funded in full or not at all. Raises ValueError for two bids with one key or an amount
    below zero.
    """

    def __init__(
        self,
        profile: Profile,
        bids: Sequence[Bid],
        limits: Limits,
        ties: TieOrder,
        utility: str,
        opened: Open,
    ) -> None:
        _sane(bids, limits)
        self.profile, self.limits, self.ties = profile, limits, ties
        self.aside: dict[int, Reason] = {}
        self.bids: dict[int, Bid] = {}
        for bid in sorted(bids, key=lambda bid: bid.key):
            whole = bid if bid.least is None else replace(bid, least=None)
            why = screen(whole, limits, Fraction(bid.votes))
            if why is None:
                self.bids[bid.key] = whole
            else:
                self.aside[bid.key] = why
        self.unlimited = opened is Books and replace(limits, **UNASKED) == Limits(0)
        self.simple = opened is Books and not limits.floors
        pool = tuple(self.bids.values())
        self.opened = (lambda asked: books_for(asked, pool)) if opened is Books else opened
        self.field = Field.of(profile, list(self.bids.values()), utility)

    def gate(self, each: Fraction) -> Gate:
        """What limits say while every voter spends `each`; the budget is the voters' money."""
        if self.unlimited:
            return NoLimit()
        purse = max(self.limits.budget, int(each * self.profile.voters))
        return Asking(self.opened(replace(self.limits, budget=purse)))

    def quick_gate(self, each: Fraction) -> Gate:
        """The same for spendings that are only tried: without reasons, where that is quicker."""
        return self.turnstile.anew() if self.simple and not self.unlimited else self.gate(each)

    @cached_property
    def turnstile(self) -> Turnstile:
        """The limits before any purchase."""
        return Turnstile(self.limits, list(self.bids.values()))

    def cost(self, keys: Sequence[int]) -> int:
        """What these bids cost together."""
        return sum(self.bids[key].cost for key in keys)

    def served(self, keys: Sequence[int], each: Fraction) -> bool:
        """Whether every good that was not bought was refused by a limit, and none for want of money."""
        gate = self.quick_gate(each)
        for key in keys:
            gate.take(self.bids[key])
        return all(it.key in keys or gate.ask(it.bid) is not None for it in self.field.goods)

    def reopened(self, keys: Sequence[int]) -> Books:
        """Books under the true budget in which these bids have been entered."""
        books = self.opened(self.limits)
        for key in keys:
            books.take(self.bids[key], self.bids[key].cost)
        return books

    def exhausted(self, keys: Sequence[int]) -> bool:
        """Whether no other bid fits what is left of the budget, under every limit."""
        books = self.reopened(keys)
        others = (bid for key, bid in self.bids.items() if key not in keys)
        return not any(isinstance(books.ask(bid), Offer) for bid in others)

    def standings(self) -> dict[int, Fraction | None]:
        """Utility of all voters per fen of cost; a bid that costs nothing stands above all others."""
        found: dict[int, Fraction | None] = dict.fromkeys(self.bids, Fraction(0))
        for good in self.field.goods:
            whole = int((good.weights * self.field.times[good.rows]).sum()) * good.unit
            found[good.key] = Fraction(whole, good.bid.cost or 1)
        return found

    def complete(self, spent: Spent) -> tuple[list[Bid], list[Tie], dict[int, Reason]]:
        """What is left of the budget goes to the others in the order of utility per cost."""
        bought = [purchase.key for purchase in spent.purchases]
        books = self.reopened(bought)
        others = [bid for key, bid in self.bids.items() if key not in bought]
        queue, ties = settle(others, self.standings(), self.ties)
        extra: list[Bid] = []
        reasons: dict[int, Reason] = {}

        def deal(bid: Bid) -> None:
            answer = books.ask(bid)
            if isinstance(answer, Reason):
                reasons[bid.key] = answer
            else:
                books.take(bid, bid.cost)
                extra.append(bid)

        in_turn(queue, books, deal)
        return extra, ties, reasons

    def outcome(
        self,
        spent: Spent,
        extra: Sequence[Bid],
        reasons: dict[int, Reason],
        met: Sequence[Tie],
        shares: Shares,
        rule: str,
        parts: Mapping[int, Fraction] | None = None,
    ) -> Outcome:
        """The outcome with one step a bid: aside, bought, completed, not funded. `parts` say of bids
        that were bought which part the voters paid, 1 where they do not."""
        left = self.limits.budget
        seats: Counter[str | None] = Counter()
        steps = [Step(key, False, 0, left, why) for key, why in self.aside.items()]
        bought = {it.key: it for it in spent.purchases}
        grants = []
        for key in (*bought, *(bid.key for bid in extra)):
            bid = self.bids[key]
            left -= bid.cost
            group = bid.tier if self.limits.tiers else None
            seats[group] += 1
            told: dict[str, Figure | None] = {"seat": seats[group], "tier": group}
            told |= {"grant": bid.cost, "cost": bid.cost, "votes": bid.votes}
            if found := bought.get(key):
                told |= {
                    "price": found.price,
                    "payers": found.payers,
                    "emptied": found.emptied,
                }
            if parts and parts.get(key, 1) != 1:
                told |= {"part": parts[key]}
            reason = Reason.of("bought" if key in bought else "completed", **told)
            steps.append(Step(key, True, bid.cost, left, reason))
            grants.append((key, bid.cost))
        inside = dict(grants)
        for key, bid in self.bids.items():
            if key not in inside:
                reason = reasons.get(key) or self.missing(bid, spent)
                reason = reason.plus(tier=bid.tier if self.limits.tiers else None, votes=bid.votes)
                steps.append(Step(key, False, 0, left, reason))
        return Outcome(
            funded=tuple(inside),
            grants=tuple(grants),
            reserve=self.reserve(inside),
            left=left,
            steps=tuple(steps),
            ties=tuple(_weigh(tie, inside) for tie in met),
            lines=(),
            rule=rule,
            unit="votes",
            shares=shares,
            unmet=floors_unmet(list(self.bids.values()), self.limits, inside),
        )

    def missing(self, bid: Bid, spent: Spent) -> Reason:
        """Why the voters did not buy this bid."""
        if bid.key in spent.refused:
            return spent.refused[bid.key]
        if bid.key not in spent.poor:
            return Reason.of("no_support", cost=bid.cost)
        own = spent.poor[bid.key]
        return Reason.of("poor", own=own, cost=bid.cost, short=bid.cost - own)

    def reserve(self, inside: dict[int, int]) -> tuple[int, ...]:
        """The first of each tier that were not funded, by utility per cost."""
        if not self.limits.reserve:
            return ()
        others = [bid for key, bid in self.bids.items() if key not in inside]
        queue, _met = settle(others, self.standings(), self.ties)
        taken: Counter[str | None] = Counter()
        keys = []
        for bid in queue:
            group = bid.tier if self.limits.tiers else None
            if taken[group] < self.limits.reserve:
                taken[group] += 1
                keys.append(bid.key)
        return tuple(keys)

    def worth(self, keys: Sequence[int]) -> Ints:
        """The utility of these bids to a voter of every row."""
        sums = np.zeros(self.profile.rows, np.int64)
        for good in self.field.goods:
            if good.key in keys:
                sums[good.rows] += good.unit * good.weights
        return sums


def _sane(bids: Sequence[Bid], limits: Limits) -> None:
    if len({bid.key for bid in bids}) < len(bids):
        raise ValueError("two bids have the same key")
    if limits.budget < 0 or any(bid.cost < 0 for bid in bids):
        raise ValueError("amounts must not be below zero")


def _weigh(tie: Tie, inside: dict[int, int]) -> Tie:
    taken = sum(key in inside for key in tie.keys)
    return replace(tie, split=0 < taken < len(tie.keys))
