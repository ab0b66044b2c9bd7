"""支出: what a receipt may claim of a grant, and what a team has to give back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .packs import Rules
from .reason import Reason


@dataclass(frozen=True)
class Expense:
    """`amount` fen spent on the spending head `head` (its key) for `quantity` units."""

    head: str
    amount: int
    quantity: int = 1


@dataclass(frozen=True)
class Purse:
    """A project's money in fen.

    `total` is the whole plan (grant and own funds), of which shares are taken; `planned` and `spent`
    are by head, and `spent` is what has been accepted so far.
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


def refusals(expense: Expense, purse: Purse, rules: Rules) -> tuple[Reason, ...]:
    """Every rule that accepting `expense` would break; empty where it keeps them all.

    Codes: unknown_head; forbidden_head (head); unit_cap (head, price, cap): the price a unit is
    rounded up to whole fen; share (head, used, most, over); above_grant (used, grant, over).
    """
    return tuple(_refusals(expense, purse, rules))


def _refusals(expense: Expense, purse: Purse, rules: Rules) -> Iterator[Reason]:
    head = {head.key: head for head in rules.heads}.get(expense.head)
    if head is None:
        yield Reason.of("unknown_head")
        return
    if head.forbidden:
        yield Reason.of("forbidden_head", head=head.name)
        return
    if head.unit_cap is not None and expense.amount > head.unit_cap * expense.quantity:
        price = -(-expense.amount // expense.quantity)
        yield Reason.of("unit_cap", head=head.name, price=price, cap=head.unit_cap)
    if head.max_share is not None:
        used = purse.spent.get(head.key, 0) + expense.amount
        most = purse.total * head.max_share // 1000
        if used > most:
            yield Reason.of("share", head=head.name, used=used, most=most, over=used - most)
    used = purse.all_spent + expense.amount
    if used > purse.grant:
        yield Reason.of("above_grant", used=used, grant=purse.grant, over=used - purse.grant)


def warnings(expense: Expense, purse: Purse) -> tuple[Reason, ...]:
    """Where `expense` leaves the plan without breaking a rule.

    Codes: not_planned (none of it stands in the budget); over_plan (used, planned, over).
    """
    planned = purse.planned.get(expense.head, 0)
    used = purse.spent.get(expense.head, 0) + expense.amount
    if not planned:
        return (Reason.of("not_planned"),)
    if used > planned:
        return (Reason.of("over_plan", used=used, planned=planned, over=used - planned),)
    return ()


def to_return(paid: int, spent: int, returned: int, *, everything: bool = False) -> int:
    """What a team still has to give back, in fen: all that was paid and not spent, or everything.

    >>> to_return(10_000_00, 9_200_00, 300_00), to_return(10_000_00, 12_000_00, 0)
    (50000, 0)
    >>> to_return(10_000_00, 9_200_00, 300_00, everything=True)
    970000
    """
    kept = 0 if everything else min(spent, paid)
    return max(paid - kept - returned, 0)
