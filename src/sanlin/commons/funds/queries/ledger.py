"""Where a fund stands, and every check of its books."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Count, Max, Model, Q, Subquery, Sum, Window
from django.db.models.functions import RowNumber

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
    running_room,
    to_sweep,
    units_sum_to_zero,
)


@dataclass(frozen=True)
class Position:
    """A fund in fen: what came in, what is in the bank, what projects and running cost, what is still
    owed, what was handed on, and what of the cost is `running`."""

    source: int
    cash: int
    cost: int
    owed: int
    given: int = 0
    running: int = 0

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
    if books is None:
        rows = Book.objects.filter(fund=fund, unit=FEN).order_by().values_list("kind", "head")
        found = list(rows.annotate(Sum("balance")))
    else:
        found = [(book.kind, book.head, book.balance) for book in books if book.unit == FEN]
    for kind, head, balance in found:
        sums[kind] += balance
        sums["running"] += balance if kind == BookKind.COST and head else 0
    return Position(
        source=sums[BookKind.SOURCE],
        cash=sums[BookKind.CASH] + sums[BookKind.HOST],
        cost=sums[BookKind.COST],
        owed=sums[BookKind.OWED],
        given=sums[BookKind.GIVEN],
        running=sums["running"],
    )


def room_for_running(fund: Fund, books: Iterable[Book] | None = None) -> int:
    """How much of the fund may still go to running costs, in fen."""
    at = position(fund, books)
    return running_room(fund.terms.running, at.source, at.running, to_sweep(at.cash, at.owed))


def largest(fund: Fund, most: int) -> list[Any]:
    """The largest sources, costs and stocks of each unit, at most so many of each, with what they are
    kept for; `many` is how many there are of its kind and unit. Empty sources and costs are left out."""
    same: dict[str, Any] = {"partition_by": ["kind", "unit"]}
    some = Q(kind__in=(BookKind.SOURCE, BookKind.COST), balance__gt=0) | Q(kind=BookKind.STOCK)
    rows = Book.objects.filter(some, fund=fund).annotate(
        rank=Window(RowNumber(), order_by=["-balance", "pk"], **same),
        many=Window(Count("pk"), **same),
    )
    found = rows.filter(rank__lte=most).select_related("undertaking", "source")
    return list(found.order_by("kind", "unit", "rank"))


def vouchers_of(row: Model, fund: Fund, at: datetime) -> list[Voucher]:
    """What `row` caused at that moment and nobody has taken back, in the order of booking."""
    mine = f"{row._meta.label}:{row.pk}:"
    rows = Voucher.objects.filter(fund=fund, at=at, subject__startswith=mine)
    standing = rows.filter(reverses__isnull=True, reversed_by__isnull=True)
    return list(standing.select_related("fund").order_by("number"))


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

LIVE = 1_000  # vouchers that a page reads again before it goes on from the last night's reading
A_PART = 1_000  # vouchers that are in memory at a time


@dataclass(frozen=True)
class Start:
    """Where a reading begins: after voucher `number`, with the balances (by key of the book) and the
    digest that were kept then."""

    number: int = 0
    digest: str = EMPTY
    balances: Mapping[int, int] = field(default_factory=dict)


def ledger_findings(
    fund: Fund, books: Iterable[Book] | None = None, *, whole: bool = False
) -> list[Finding]:
    """What must hold of the books themselves, in five findings and at most five queries.

    Read are the vouchers since the last month close or, where these are more than LIVE, since the
    last reading that held: balances and digest were kept then. So the cost does not
    grow with the years. `whole` reads every voucher, and holds what was kept on the way against
    them. `books` may have been read.
    """
    return _read(fund, books, None if whole else _start)[0]


def whole_reading(fund: Fund) -> Read:
    """The findings of every voucher, and what they make of each book."""
    return _told_of(*_read(fund, None, None))


def reading_on(fund: Fund) -> Read:
    """The same of the vouchers that came since the last reading that held; of all where none did.

    What a row of before says is not looked at again: an edit of one is found by a whole reading."""
    return _told_of(*_read(fund, None, _last_reading))


# After which voucher was read, what was found, and the balance of each book by its code.
Read = tuple[int, list[Finding], dict[str, int]]


def _told_of(findings: list[Finding], reading: _Reading) -> Read:
    net = {reading.books[key].code: reading.net[key] for key in reading.books}
    return reading.first, findings, net


def _read(
    fund: Fund,
    books: Iterable[Book] | None,
    start: Callable[[Fund, Mapping[int, Book]], Start] | None,
) -> tuple[list[Finding], _Reading]:
    every = books if books is not None else Book.objects.filter(fund=fund)
    by_key = {book.pk: book for book in every}
    reading = _Reading(by_key, start(fund, by_key) if start else Start())
    if start is None:
        reading.expect(fund)
    for part in _parts(_postings(fund, reading.number, streamed=start is None)):
        reading.take(part)
    return reading.findings(fund), reading


def _start(fund: Fund, books: Mapping[int, Book]) -> Start:
    """The last month close; the last whole reading where many vouchers came since."""
    last = MonthClose.objects.filter(fund=fund).order_by("-month").values("pk")[:1]
    rows = ClosedBalance.objects.filter(close=Subquery(last)).values_list(
        "book", "balance", "close__last_number", "close__digest"
    )
    kept = list(rows)
    start = Start()
    if kept:
        balances = {book: balance for book, balance, _number, _digest in kept}
        start = Start(kept[0][2], kept[0][3], balances)
    if fund.last_number - start.number > LIVE:
        read = _last_reading(fund, books)
        return read if read.number > start.number else start
    return start


def _last_reading(fund: Fund, books: Mapping[int, Book]) -> Start:
    """The last reading, where it held."""
    read = last_inspection(fund)
    if read is None or read.wrong:
        return Start()
    balances = {key: read.balances.get(book.code, 0) for key, book in books.items()}
    return Start(read.through, read.digest, balances)


class _Reading:
    """Vouchers read again in their order, a part at a time: memory does not grow with them."""

    def __init__(self, books: Mapping[int, Book], start: Start) -> None:
        self.books, self.first = books, start.number
        self.number, self.digest = start.number, start.digest
        self.net = Counter[int](start.balances)
        self.moved, self.count = Counter[str](), 0
        self.wrong: dict[str, list[str]] = {}
        self.last: Row | None = None
        # What was kept of a voucher's number: the digest, and balances by key of the book.
        self.kept: dict[int, tuple[str, dict[int, int]]] = {}

    def expect(self, fund: Fund) -> None:
        """Hold what month closes and the last whole reading kept against what is read."""
        for row in MonthClose.objects.filter(fund=fund).prefetch_related("balances"):
            told = {one.book_id: one.balance for one in row.balances.all()}
            self._keep(row.last_number, row.digest, told)
        read = _last_reading(fund, self.books)
        if read.number:
            self._keep(read.number, read.digest, dict(read.balances))
        self._compare()

    def _keep(self, number: int, digest: str, balances: dict[int, int]) -> None:
        if self.kept.setdefault(number, (digest, balances))[0] != digest:
            self._add("chain_unbroken", [str(number)])
        self.kept[number][1].update(balances)

    def _compare(self) -> None:
        digest, balances = self.kept.pop(self.number, (self.digest, {}))
        if digest != self.digest:
            self._add("chain_unbroken", [str(self.number)])
        kept = {self._code(key): balance for key, balance in balances.items()}
        right = {self._code(key): self.net[key] for key in balances}
        self._add("balances_equal_postings", balances_equal_postings(kept, right).wrong)

    def _code(self, key: int) -> str:
        """The book's code; a book of another fund, which no trigger lets through, has a sign."""
        return self.books[key].code if key in self.books else f"?{key}"

    def _add(self, code: str, wrong: Iterable[str]) -> None:
        found = self.wrong.setdefault(code, [])
        found += [one for one in wrong if one not in found]

    def take(self, vouchers: list[list[Row]]) -> None:
        """Read a part: the postings of each voucher, in order."""
        told, entries = [], []
        for rows in vouchers:
            codes = [(self._code(row[-3]), self._code(row[-2]), row[-1]) for row in rows]
            told.append(_told(rows[0], tuple(codes)))
            for row in rows:
                debit, credit = self.books.get(row[-3]), self.books.get(row[-2])
                if debit is not None and credit is not None:
                    entries.append(_loose(debit, credit, row[-1]))
        moved = units_sum_to_zero(entries)
        self.moved.update(dict(moved.figures))
        self._add(moved.code, moved.wrong)
        numbers = [one.number for one in told]
        run = numbers_without_gaps(numbers[-1], numbers, self.number + 1)
        self._add(run.code, run.wrong or ([] if run.holds else [str(numbers[-1])]))
        self._add("chain_unbroken", chain_unbroken(told, self.digest).wrong)
        for rows, one in zip(vouchers, told, strict=True):
            for row in rows:
                self._move(row[-3], row[-1])
                self._move(row[-2], -row[-1])
            self.number, self.digest = one.number, one.digest
            if one.number in self.kept:
                self._compare()
        self.count += len(told)
        self.last = vouchers[-1][0]

    def _move(self, key: int, net: int) -> None:
        kind = self.books[key].kind if key in self.books else BookKind.CASH
        self.net[key] += natural(kind, net)

    def findings(self, fund: Fund) -> list[Finding]:
        """What was found, against what the fund and its books say."""
        kept = self.books.values()
        zero = units_sum_to_zero((), ((one.kind, one.unit, one.balance) for one in kept))
        self._add(zero.code, zero.wrong)
        equal = balances_equal_postings(
            {book.code: book.balance for book in kept},
            {self._code(key): self.net[key] for key in {*self.books, *self.net}},
        )
        self._add(equal.code, equal.wrong)
        run = numbers_without_gaps(fund.last_number, (), self.number + 1)
        self._add(run.code, run.wrong or ([] if run.holds else [str(self.number)]))
        if self.digest != fund.digest and not self.wrong.get("chain_unbroken"):
            self._add("chain_unbroken", [str(self.number if self.count else 0)])
        for number in self.kept:
            self._add("chain_unbroken", [str(number)])
        total = (("last", fund.last_number), ("vouchers", self.first + self.count))
        return [
            self._finding(zero.code, tuple(sorted(self.moved.items()))),
            self._finding(equal.code, equal.figures),
            self._finding(run.code, total),
            self._finding("chain_unbroken", (("vouchers", self.count),)),
            _journal_agrees(fund, self.last),
        ]

    def _finding(self, code: str, figures: tuple[tuple[str, int], ...]) -> Finding:
        wrong = tuple(self.wrong.get(code, ()))
        return Finding(code, not wrong, figures, wrong)


VOUCHER = ("pk", "number", "at", "by", "memo", "subject", "reverses__number", "digest")
Row = tuple[int, int, datetime, int | None, str, str, int | None, str, int, int, int]


def _postings(fund: Fund, after: int, *, streamed: bool) -> Iterable[Row]:
    """Every posting after a voucher's number, with all of its voucher, in order."""
    rows = Posting.objects.filter(voucher__fund=fund, voucher__number__gt=after)
    told = (f"voucher__{name}" for name in VOUCHER)
    ordered = rows.order_by("voucher__number", "pk").values_list(*told, "debit", "credit", "amount")
    return ordered.iterator(A_PART) if streamed else list(ordered)


def _parts(rows: Iterable[Row]) -> Iterator[list[list[Row]]]:
    """The postings of A_PART vouchers at a time."""
    vouchers = (list(of_one) for _key, of_one in groupby(rows, key=itemgetter(0)))
    while part := list(islice(vouchers, A_PART)):
        yield part


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


def _journal_agrees(fund: Fund, last: Row | None) -> Finding:
    """The line that the log keeps of the last voucher bears its digest: rewriting the whole chain
    would not be enough."""
    if last is None:
        return Finding("journal_agrees", True, (("last", fund.last_number),))
    subject = f"{Voucher._meta.label}:{last[0]}"
    line = Line.objects.filter(subject=subject).order_by("seq").first()
    kept = json.loads(bytes(line.body))["data"].get("digest") if line else None
    holds = kept == last[7]
    return Finding("journal_agrees", holds, (("last", last[1]),), () if holds else (str(last[1]),))


def last_inspection(fund: Fund) -> Inspection | None:
    """When the books were last read, and what was found."""
    return fund.inspections.first()


def readings(fund: Fund) -> list[Inspection]:
    """The last reading of the books, and the last of every voucher where that is an earlier one."""
    last = last_inspection(fund)
    whole = fund.inspections.filter(since=0).first() if last and last.since else None
    return [row for row in (last, whole) if row is not None]
