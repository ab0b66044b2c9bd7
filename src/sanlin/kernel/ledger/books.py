"""Books as a pure value: the same floors and sums as the database keeps, for tests and recounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .accounts import COST, OWED, Account, may_sink, natural


class Unbalanced(ValueError):
    """An entry that moves nothing, has one side only, or mixes units."""


class Overdrawn(ValueError):
    """An entry would take more than there is; `account` says from where."""

    def __init__(self, account: Account) -> None:
        super().__init__(account.code)
        self.account = account


@dataclass(frozen=True)
class Entry:
    """`amount` units from the credited to the debited account; balanced by its very shape.

    Raises Unbalanced where it moves nothing, has one side only, or mixes units.
    """

    debit: Account
    credit: Account
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0 or self.debit == self.credit or self.debit.unit != self.credit.unit:
            raise Unbalanced(f"{self.debit.code} {self.credit.code} {self.amount}")

    @property
    def mirrored(self) -> Entry:
        """What takes it back."""
        return Entry(self.credit, self.debit, self.amount)


def balances(entries: Iterable[Entry]) -> dict[Account, int]:
    """The balance of every account on its natural side, recomputed out of the entries."""
    net: Counter[Account] = Counter()
    for entry in entries:
        net[entry.debit] += entry.amount
        net[entry.credit] -= entry.amount
    return {account: natural(account.kind, sum_) for account, sum_ in net.items()}


@dataclass
class Books:
    """The books of one fund in memory. Numbers run from 1; a voucher is reversed whole, and once.

    >>> cash, source = Account("cash"), Account("source")
    >>> books = Books()
    >>> books.post([Entry(cash, source, 500)]), books.reverse(1), books.balance[cash]
    (1, 2, 0)
    """

    vouchers: list[tuple[Entry, ...]] = field(default_factory=list)
    reverses: dict[int, int] = field(default_factory=dict)  # number: what it takes back
    balance: dict[Account, int] = field(default_factory=dict)

    def post(self, entries: Iterable[Entry], reverses: int | None = None) -> int:
        """Book a voucher and return its number. Raises Overdrawn, and then nothing was booked:
        no balance that may not sink falls below zero, and of no undertaking is more owed than it
        costs (what it has received would be below zero)."""
        rows = tuple(entries)
        after = dict(self.balance)
        for account, amount in balances(rows).items():
            after[account] = after.get(account, 0) + amount
        for account in balances(rows):
            if after[account] < 0 and not may_sink(account.kind):
                raise Overdrawn(account)
            grant = account.kind in {COST, OWED} and account.undertaking is not None
            if grant and self._of(after, COST, account) < self._of(after, OWED, account):
                raise Overdrawn(account)
        self.balance = after
        self.vouchers.append(rows)
        if reverses is not None:
            self.reverses[len(self.vouchers)] = reverses
        return len(self.vouchers)

    @staticmethod
    def _of(balance: dict[Account, int], kind: str, like: Account) -> int:
        return sum(
            amount
            for account, amount in balance.items()
            if (account.kind, account.undertaking, account.unit)
            == (kind, like.undertaking, like.unit)
        )

    def reverse(self, number: int) -> int:
        """Take back a whole voucher. Raises KeyError where there is none, where it was taken back
        already or is itself a taking back; Overdrawn where what it brought is gone."""
        if not 0 < number <= len(self.vouchers):
            raise KeyError(number)
        if number in self.reverses or number in self.reverses.values():
            raise KeyError(number)
        return self.post([one.mirrored for one in self.vouchers[number - 1]], number)
