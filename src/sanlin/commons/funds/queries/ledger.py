"""Where a fund stands, and every check of its books."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Max, Subquery, Sum

from sanlin.commons.funds.models import (
    Book,
    BookKind,
    ClosedBalance,
    Fund,
    Inspection,
    MonthClose,
    Posting,
    Voucher,
)
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


def ledger_findings(
    fund: Fund, books: Iterable[Book] | None = None, *, whole: bool = False
) -> list[Finding]:
    """What must hold of the books themselves, in five findings and at most four queries.

    Read are the vouchers since the last month close, whose balances and digest were kept then: so
    the cost does not grow with the years. `whole` reads every voucher. `books` may have been read.
    """
    every = books if books is not None else Book.objects.filter(fund=fund)
    by_key = {book.pk: book for book in every}
    kept = [] if whole else _last_close(fund)
    start, before = (kept[0][2], kept[0][3]) if kept else (0, EMPTY)
    rows = _postings(fund, start)
    net = Counter[int]({book: balance for book, balance, _number, _digest in kept})
    entries: dict[int, list[tuple[str, str, int]]] = {}
    moved: list[Entry] = []
    for row in rows:
        debit, credit, amount = by_key[row[-3]], by_key[row[-2]], row[-1]
        entries.setdefault(row[0], []).append((debit.code, credit.code, amount))
        net[debit.pk] += natural(debit.kind, amount)
        net[credit.pk] += natural(credit.kind, -amount)
        moved.append(_loose(debit, credit, amount))
    vouchers = list({row[0]: row for row in rows}.values())
    told = [_told(row, tuple(entries[row[0]])) for row in vouchers]
    return [
        units_sum_to_zero(moved),
        balances_equal_postings(
            {book.code: book.balance for book in by_key.values()},
            {book.code: net[book.pk] for book in by_key.values()},
        ),
        numbers_without_gaps(fund.last_number, [one.number for one in told], start + 1),
        chain_unbroken(told, before, fund.digest),
        _journal_agrees(fund, vouchers),
    ]


def _last_close(fund: Fund) -> list[tuple[int, int, int, str]]:
    """(book, its balance, last voucher, digest) of the last month that was closed; empty if none."""
    last = MonthClose.objects.filter(fund=fund).order_by("-month").values("pk")[:1]
    rows = ClosedBalance.objects.filter(close=Subquery(last))
    return list(rows.values_list("book", "balance", "close__last_number", "close__digest"))


VOUCHER = ("pk", "number", "at", "by", "memo", "subject", "reverses__number", "digest")
Row = tuple[int, int, datetime, int | None, str, str, int | None, str, int, int, int]


def _postings(fund: Fund, after: int) -> list[Row]:
    """Every posting after a voucher's number, with all of its voucher, in order."""
    rows = Posting.objects.filter(voucher__fund=fund, voucher__number__gt=after)
    told = (f"voucher__{name}" for name in VOUCHER)
    ordered = rows.order_by("voucher__number", "pk")
    return list(ordered.values_list(*told, "debit", "credit", "amount"))


def _told(row: Row, entries: tuple[tuple[str, str, int], ...]) -> Told:
    _pk, number, at, by, memo, subject, reverses, digest, *_posting = row
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return Told(number, moment, by, memo, subject, reverses, entries, digest)


class _Loose(Entry):
    """An entry as it lies, even where somebody edited it into what no entry may be."""

    def __post_init__(self) -> None:
        pass


def _loose(debit: Book, credit: Book, amount: int) -> Entry:
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
    holds = kept == last[7]
    return Finding("journal_agrees", holds, (("last", last[1]),), () if holds else (str(last[1]),))


def last_inspection(fund: Fund) -> Inspection | None:
    """When every voucher was last read, and what was found."""
    return fund.inspections.first()
