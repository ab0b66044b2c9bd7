"""支出: what a receipt may claim of a grant, and what a team has to give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .budget import Line
from .packs import Rules
from .packs.rules import Head
from .reason import Reason


@dataclass(frozen=True)
class Purse:
    """A project's money in fen.

    `total` is the whole plan (grant and own funds), of which shares are taken; `planned` and `spent`
    are by head, and `spent` is what has been accepted so far, with what is set aside on a head for a
    small round of the project's own.
    """

    grant: int
    total: int
    planned: Mapping[str, int] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)

    @property
    def all_spent(self) -> int:
        return sum(self.spent.values())

    @property
    def left(self) -> int:
        """What of the grant has not been spent yet, by accepted receipts."""
        return self.grant - self.all_spent


def refusals(lines: Sequence[Line], purse: Purse, rules: Rules) -> tuple[Reason, ...]:
    """Every rule that accepting a receipt of these `lines` would break; empty where it keeps them all.

    Codes: no_lines; unknown_head; forbidden_head (head, key: the key of the head, which is why it is
    forbidden); unit_cap (head, what, price, cap); long_cap (head, what, amount, most, unit, cap):
    the lower price from a unit on; share (head, used, most, over); over_plan (head, used, planned,
    over): the head would need a change of the agreement; above_grant (used, grant, over).
    """
    return tuple(_refusals(lines, purse, rules))


def _refusals(lines: Sequence[Line], purse: Purse, rules: Rules) -> Iterator[Reason]:
    if not lines:
        yield Reason.of("no_lines")
    heads = {head.key: head for head in rules.heads}
    claimed: dict[str, int] = {}
    for line in lines:
        head = heads.get(line.head)
        if head is None:
            yield Reason.of("unknown_head")
        elif head.forbidden:
            yield Reason.of("forbidden_head", head=head.name, key=head.key)
        else:
            claimed[head.key] = claimed.get(head.key, 0) + line.amount
            yield from _prices(line, head)
    for key, amount in claimed.items():
        yield from _heads(heads[key], amount, purse)
    used = purse.all_spent + sum(claimed.values())
    if used > purse.grant:
        yield Reason.of("above_grant", used=used, grant=purse.grant, over=used - purse.grant)


def _prices(line: Line, head: Head) -> Iterator[Reason]:
    if head.unit_cap is None:
        return
    most = head.most_for(line.quantity)
    if line.unit_price > head.unit_cap:
        yield Reason.of(
            "unit_cap", head=head.name, what=line.what, price=line.unit_price, cap=head.unit_cap
        )
    elif most is not None and line.amount > most:
        yield Reason.of(
            "long_cap",
            head=head.name,
            what=line.what,
            amount=line.amount,
            most=most,
            cap=head.long_cap,
            unit=f"{head.long_from}",
        )


def _heads(head: Head, amount: int, purse: Purse) -> Iterator[Reason]:
    used = purse.spent.get(head.key, 0) + amount
    if head.max_share is not None:
        most = purse.total * head.max_share // 1000
        if used > most:
            yield Reason.of("share", head=head.name, used=used, most=most, over=used - most)
    planned = purse.planned.get(head.key, 0)
    if used > planned:
        yield Reason.of(
            "over_plan", head=head.name, used=used, planned=planned, over=used - planned
        )


def to_return(paid: int, spent: int, returned: int, *, everything: bool = False) -> int:
    """What a team still has to give back, in fen: all that was paid and not spent, or everything.

    >>> to_return(10_000_00, 9_200_00, 300_00), to_return(10_000_00, 12_000_00, 0)
    (50000, 0)
    >>> to_return(10_000_00, 9_200_00, 300_00, everything=True)
    970000
    """
    kept = 0 if everything else min(spent, paid)
    return max(paid - kept - returned, 0)
