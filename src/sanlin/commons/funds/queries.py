"""What the books say, and whether they agree with their postings."""

from __future__ import annotations

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


def position(fund: Fund) -> Position:
    """Where the fund stands, by its books."""
    rows = Book.objects.filter(fund=fund).values_list("kind").annotate(sum=Sum("balance"))
    sums = dict(rows.order_by("kind"))
    return Position(
        source=sums.get(BookKind.SOURCE, 0),
        cash=sums.get(BookKind.CASH, 0),
        cost=sums.get(BookKind.COST, 0),
        owed=sums.get(BookKind.OWED, 0),
    )


def wrong_books(fund: Fund) -> list[Book]:
    """Books whose cached balance is not the sum of their postings; an empty list is as it must be."""
    given, taken = _sums(fund, "debit"), _sums(fund, "credit")
    wrong = []
    for book in Book.objects.filter(fund=fund).select_related("undertaking").order_by("pk"):
        net = given.get(book.pk, 0) - taken.get(book.pk, 0)
        if (net if book.grows_by_debit else -net) != book.balance:
            wrong.append(book)
    return wrong


def _sums(fund: Fund, side: str) -> dict[int, int]:
    rows = Posting.objects.filter(voucher__fund=fund).order_by(side)
    return dict(rows.values_list(side).annotate(sum=Sum("amount")))


def gaps(fund: Fund) -> bool:
    """Whether a voucher number is missing: they run from 1 to the fund's last without a gap."""
    told = fund.vouchers.aggregate(count=Count("pk"), last=Max("number"))
    given = Fund.objects.values_list("last_number", flat=True).get(pk=fund.pk)
    return not told["count"] == (told["last"] or 0) == given


def paid_by(fund: Fund) -> dict[int, int]:
    """What each undertaking (its key) has received and not given back, in fen."""
    paid: dict[int, int] = {}
    kinds = {BookKind.COST.value: 1, BookKind.OWED.value: -1}
    rows = Book.objects.filter(fund=fund, kind__in=kinds, undertaking__isnull=False)
    for undertaking, kind, balance in rows.values_list("undertaking", "kind", "balance"):
        paid[undertaking] = paid.get(undertaking, 0) + kinds[kind] * balance
    return paid
