"""预算: what a plan costs line by line, what a team asks for, and where it leaves the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .packs import Rules
from .packs.rules import Head, Tier
from .reason import Reason


@dataclass(frozen=True)
class Line:
    """`quantity` units of `what` at `unit_price` fen each, on the spending head `head` (its key)."""

    head: str
    what: str
    unit_price: int
    quantity: int

    @property
    def amount(self) -> int:
        """Whole fen."""
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Budget:
    """The whole plan in money: what is not the team's own is asked for.

    >>> budget = Budget((Line("seeds", "种子", 12_00, 10),), own_funds=20_00)
    >>> budget.total, budget.asked
    (12000, 10000)
    """

    lines: tuple[Line, ...] = ()
    own_funds: int = 0

    @property
    def total(self) -> int:
        """All lines, in fen."""
        return sum(line.amount for line in self.lines)

    @property
    def asked(self) -> int:
        """What is asked of the round, in fen; never below zero."""
        return max(self.total - self.own_funds, 0)

    def on(self, head: str) -> int:
        """What stands on one head, in fen."""
        return sum(line.amount for line in self.lines if line.head == head)


@dataclass(frozen=True)
class Room:
    """How much of a limit is used: `most` fen, `used` fen. `left` below zero is too much."""

    used: int
    most: int

    @property
    def left(self) -> int:
        return self.most - self.used


def share_room(budget: Budget, head: Head) -> Room | None:
    """What the largest share of `head` still leaves; None where it has none. The share is floored."""
    if head.max_share is None:
        return None
    return Room(budget.on(head.key), budget.total * head.max_share // 1000)


def most_asked(rules: Rules, tier: str) -> int | None:
    """The most that one proposal of `tier` (a key, or empty) may ask, in fen; None for no limit."""
    limits = [rules.project_cap, *(found.cap for found in _tier(rules, tier))]
    return min((limit for limit in limits if limit is not None), default=None)


def least_asked(rules: Rules, tier: str) -> int:
    """The least that one proposal of `tier` may ask, in fen."""
    limits = [rules.project_min, *(found.min for found in _tier(rules, tier))]
    return max((limit for limit in limits if limit is not None), default=0)


def least_own(budget: Budget, rules: Rules) -> int:
    """The least that must be the team's own, in fen: the share of the total, rounded up."""
    return -(-budget.total * rules.own_funds_min // 1000)


def faults(budget: Budget, rules: Rules, tier: str) -> tuple[Reason, ...]:
    """Everything in which `budget` leaves `rules`; empty where it keeps them all.

    Codes: no_lines; unknown_head, forbidden_head (head, amount); unit_cap (head, price, cap, what);
    share (head, used, most, share); own_over (own, total); own_share (own, least, share);
    above (asked, most); below (asked, least).
    """
    return tuple(_faults(budget, rules, tier))


def _faults(budget: Budget, rules: Rules, tier: str) -> Iterator[Reason]:
    if not budget.lines:
        yield Reason.of("no_lines")
        return
    heads = {head.key: head for head in rules.heads}
    for key in dict.fromkeys(line.head for line in budget.lines):
        head = heads.get(key)
        if head is None:
            yield Reason.of("unknown_head", head=key, amount=budget.on(key))
        elif head.forbidden:
            yield Reason.of("forbidden_head", head=head.name, amount=budget.on(key))
        else:
            yield from _on_head(budget, head)
    yield from _overall(budget, rules, tier)


def _on_head(budget: Budget, head: Head) -> Iterator[Reason]:
    for line in budget.lines:
        if line.head == head.key and head.unit_cap is not None and line.unit_price > head.unit_cap:
            yield Reason.of(
                "unit_cap", head=head.name, what=line.what, price=line.unit_price, cap=head.unit_cap
            )
    room = share_room(budget, head)
    if room is not None and room.left < 0:
        yield Reason.of(
            "share", head=head.name, used=room.used, most=room.most, share=head.max_share
        )


def _overall(budget: Budget, rules: Rules, tier: str) -> Iterator[Reason]:
    if budget.own_funds >= budget.total:
        yield Reason.of("own_over", own=budget.own_funds, total=budget.total)
        return
    least = least_own(budget, rules)
    if budget.own_funds < least:
        yield Reason.of("own_share", own=budget.own_funds, least=least, share=rules.own_funds_min)
    most = most_asked(rules, tier)
    if most is not None and budget.asked > most:
        yield Reason.of("above", asked=budget.asked, most=most)
    lowest = least_asked(rules, tier)
    if budget.asked < lowest:
        yield Reason.of("below", asked=budget.asked, least=lowest)


def _tier(rules: Rules, key: str) -> tuple[Tier, ...]:
    return tuple(tier for tier in rules.tiers if tier.key == key)
