"""What the books say, and whether they agree with their postings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, F, Max, QuerySet, Sum

from sanlin.ground.journal.models import Entry as Line
from sanlin.kernel.ledger import (
    EMPTY,
    FEN,
    Account,
    Entry,
    Finding,
    Told,
    balances_equal_postings,
    chain_unbroken,
    natural,
    numbers_without_gaps,
    units_sum_to_zero,
)

from .models import Book, BookKind, ClosedBalance, Fund, Inspection, MonthClose, Posting, Voucher


@dataclass(frozen=True)
class Position:
    """A fund in fen: what came in, what is in the bank, what projects cost, what is still owed, and
    what was handed on."""

    source: int
    cash: int
    cost: int
    owed: int
    given: int = 0

    @property
    def paid(self) -> int:
        """What projects have received and not given back."""
        return self.cost - self.owed

    @property
    def balanced(self) -> bool:
        """Whether what is there equals where it came from."""
        return self.cash + self.cost + self.given == self.source + self.owed


def position(fund: Fund, books: Iterable[Book] | None = None) -> Position:
    """Where the fund's money stands, by its books, which may have been read already."""
    sums = Counter[str]()
    for book in books if books is not None else Book.objects.filter(fund=fund):
        if book.unit == FEN:
            sums[book.kind] += book.balance
    return Position(
        source=sums[BookKind.SOURCE],
        cash=sums[BookKind.CASH] + sums[BookKind.HOST],
        cost=sums[BookKind.COST],
        owed=sums[BookKind.OWED],
        given=sums[BookKind.GIVEN],
    )


def moved_since(fund: Fund, number: int) -> dict[int, int]:
    """By key of a book: what vouchers after `number` moved, on its natural side."""
    rows = Posting.objects.filter(voucher__fund=fund, voucher__number__gt=number).order_by()
    given = rows.values_list("debit", "debit__kind").annotate(sum=Sum("amount"))
    taken = rows.values_list("credit", "credit__kind").annotate(sum=-Sum("amount"))
    net = Counter[tuple[int, str]]()
    for book, kind, amount in given.union(taken, all=True):
        net[book, kind] += amount
    return {book: natural(kind, amount) for (book, kind), amount in net.items()}


def wrong_books(fund: Fund, books: Iterable[Book] | None = None) -> list[Book]:
    """Books whose cached balance is not the sum of their postings; an empty list is as it must be."""
    right = moved_since(fund, 0)
    every = books or Book.objects.filter(fund=fund).select_related("undertaking").order_by("pk")
    return [book for book in every if right.get(book.pk, 0) != book.balance]


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
    rows = Book.objects.filter(fund=fund, kind__in=kinds, undertaking__isnull=False, unit=FEN)
    for undertaking, kind, balance in rows.values_list("undertaking", "kind", "balance"):
        paid[undertaking] = paid.get(undertaking, 0) + kinds[kind] * balance
    return paid


# --- checking -----------------------------------------------------------------------------------


def ledger_findings(fund: Fund, *, whole: bool = False) -> list[Finding]:
    """What must hold of the books themselves, in five findings and at most seven queries.

    Read are the vouchers since the last month close, whose balances and digest were kept then: so
    the cost does not grow with the years. `whole` reads every voucher.
    """
    close = None if whole else fund.closes.order_by("-month").first()
    start, before = (close.last_number, close.digest) if close else (0, EMPTY)
    books = {book.pk: book for book in Book.objects.filter(fund=fund)}
    vouchers = _vouchers(fund, start)
    rows = list(
        Posting.objects.filter(voucher__fund=fund, voucher__number__gt=start)
        .order_by("voucher__number", "pk")
        .values_list("voucher", "debit", "credit", "amount")
    )
    entries: dict[int, list[tuple[str, str, int]]] = {}
    net = Counter[int](_kept(close))
    moved: list[Entry] = []
    for voucher, debit, credit, amount in rows:
        entries.setdefault(voucher, []).append((books[debit].code, books[credit].code, amount))
        net[debit] += natural(books[debit].kind, amount)
        net[credit] += natural(books[credit].kind, -amount)
        moved.append(_entry(books[debit], books[credit], amount))
    told = [_told(row, tuple(entries.get(row[0], ()))) for row in vouchers]
    codes = {book.pk: book.code for book in books.values()}
    return [
        units_sum_to_zero(moved),
        balances_equal_postings(
            {codes[pk]: book.balance for pk, book in books.items()},
            {codes[pk]: net[pk] for pk in books},
        ),
        numbers_without_gaps(fund.last_number, [one.number for one in told], start + 1),
        chain_unbroken(told, before, fund.digest),
        _journal_agrees(fund, vouchers),
    ]


def _kept(close: MonthClose | None) -> dict[int, int]:
    if close is None:
        return {}
    rows = ClosedBalance.objects.filter(close=close)
    return dict(rows.values_list("book", "balance"))


VOUCHER = ("pk", "number", "at", "by", "memo", "subject", "reverses__number", "digest")
Row = tuple[int, int, datetime, int | None, str, str, int | None, str]


def _vouchers(fund: Fund, after: int) -> list[Row]:
    rows = Voucher.objects.filter(fund=fund, number__gt=after).order_by("number")
    return list(rows.values_list(*VOUCHER))


def _told(row: Row, entries: tuple[tuple[str, str, int], ...]) -> Told:
    _pk, number, at, by, memo, subject, reverses, digest = row
    return Told(
        number,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        by,
        memo,
        subject,
        reverses,
        entries,
        digest,
    )


class _Loose(Entry):
    """An entry as it lies, even where somebody edited it into what no entry may be."""

    def __post_init__(self) -> None:
        pass


def _entry(debit: Book, credit: Book, amount: int) -> Entry:
    return _Loose(Account(debit.kind, debit.unit), Account(credit.kind, credit.unit), amount)


def _journal_agrees(fund: Fund, vouchers: list[Row]) -> Finding:
    """The line that the log keeps of the last voucher bears its digest: rewriting the whole chain
    would not be enough."""
    if not vouchers:
        return Finding("journal_agrees", True, (("last", fund.last_number),))
    last = vouchers[-1]
    subject = f"{Voucher._meta.label}:{last[0]}"
    line = Line.objects.filter(subject=subject).order_by("seq").first()
    kept = json.loads(bytes(line.body))["data"].get("digest") if line else None
    holds = kept == last[-1]
    return Finding("journal_agrees", holds, (("last", last[1]),), () if holds else (str(last[1]),))


def last_inspection(fund: Fund) -> Inspection | None:
    """When every voucher was last read, and what was found."""
    return fund.inspections.first()


# --- reading ------------------------------------------------------------------------------------


def by_month(fund: Fund) -> QuerySet[Voucher]:
    """The fund's vouchers with what the book page shows of each."""
    return Voucher.objects.filter(fund=fund).select_related("reverses", "reversed_by")


def sums_by_kind(fund: Fund, *, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
    """(kind of the debited book, kind of the credited one) and what moved between them, in fen."""
    rows = (
        Posting.objects.filter(
            voucher__fund=fund, voucher__at__gte=since, voucher__at__lt=until, debit__unit=FEN
        )
        .order_by()
        .values_list("debit__kind", "credit__kind")
        .annotate(sum=Sum("amount"))
    )
    return {(debit, credit): amount for debit, credit, amount in rows}


def books_by_source(fund: Fund) -> list[Book]:
    """The books that say where the money came from, the largest first."""
    rows = Book.objects.filter(fund=fund, kind=BookKind.SOURCE, unit=FEN, balance__gt=0)
    return list(rows.select_related("source").order_by(F("balance").desc(), "pk"))


def books_by_use(fund: Fund, most: int = 12) -> list[Book]:
    """The books of what it went to, the largest first."""
    rows = Book.objects.filter(fund=fund, kind=BookKind.COST, unit=FEN, balance__gt=0)
    return list(rows.select_related("undertaking").order_by(F("balance").desc(), "pk")[:most])
