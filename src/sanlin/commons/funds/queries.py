"""What the books say, and whether they agree with their postings."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum

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
    wrong = []
    for book in Book.objects.filter(fund=fund).order_by("pk"):
        sums = Posting.objects.filter(Q(debit=book) | Q(credit=book)).aggregate(
            debit=Sum("amount", filter=Q(debit=book)), credit=Sum("amount", filter=Q(credit=book))
        )
        net = (sums["debit"] or 0) - (sums["credit"] or 0)
        if (net if book.grows_by_debit else -net) != book.balance:
            wrong.append(book)
    return wrong
