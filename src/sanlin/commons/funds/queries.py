"""What the books say, and whether they agree with their postings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Sum

from .models import Book, BookKind, Fund, Posting


@dataclass(frozen=True)
class Position:
    """A fund in fen: what came in, what is in the bank, what projects cost, what is still owed."""

    source: int
    cash: int
    cost: int
    owed: int

    @property
    def paid(self) -> int:
        """What projects have received and not given back."""
        return self.cost - self.owed

    @property
    def balanced(self) -> bool:
        """Whether what is there equals where it came from."""
        return self.cash + self.cost == self.source + self.owed


def position(fund: Fund, books: Iterable[Book] | None = None) -> Position:
    """Where the fund stands, by its books, which may have been read already."""
    sums = Counter[str]()
    for book in books or Book.objects.filter(fund=fund):
        sums[book.kind] += book.balance
    return Position(
        source=sums[BookKind.SOURCE],
        cash=sums[BookKind.CASH],
        cost=sums[BookKind.COST],
        owed=sums[BookKind.OWED],
    )


def wrong_books(fund: Fund, books: Iterable[Book] | None = None) -> list[Book]:
    """Books whose cached balance is not the sum of their postings; an empty list is as it must be."""
    rows = Posting.objects.filter(voucher__fund=fund).order_by()
    given = rows.values_list("debit").annotate(sum=Sum("amount"))
    taken = rows.values_list("credit").annotate(sum=-Sum("amount"))
    net = Counter[int]()
    for book, amount in given.union(taken, all=True):
        net[book] += amount
    every = books or Book.objects.filter(fund=fund).select_related("undertaking").order_by("pk")
    return [
        book
        for book in every
        if (net[book.pk] if book.grows_by_debit else -net[book.pk]) != book.balance
    ]


def gaps(fund: Fund) -> bool:
    """Whether a voucher number is missing: they run from 1 to the fund's last without a gap."""
    told = Fund.objects.filter(pk=fund.pk).annotate(
        count=Count("vouchers"), highest=Max("vouchers__number")
    )
    given, count, highest = told.values_list("last_number", "count", "highest").get()
    return not count == (highest or 0) == given


def paid_by(fund: Fund) -> dict[int, int]:
    """What each undertaking (its key) has received and not given back, in fen."""
    paid: dict[int, int] = {}
    kinds = {BookKind.COST.value: 1, BookKind.OWED.value: -1}
    rows = Book.objects.filter(fund=fund, kind__in=kinds, undertaking__isnull=False)
    for undertaking, kind, balance in rows.values_list("undertaking", "kind", "balance"):
        paid[undertaking] = paid.get(undertaking, 0) + kinds[kind] * balance
    return paid
