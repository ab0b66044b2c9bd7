"""A city out of one community: a round that was played by the verbs, copied row by row in SQL.

    city = City()
    city.grow(10_000_000)      postings: 6,000 communities of 50 projects and 1,667 postings each

The rows of the template are those that its making added. A copy shifts the keys that point to other
rows of the template and leaves the rest; what has to be the only one of its kind bears the number of
the copy. Vouchers are not copied but written anew, each with its place in the chain of its fund, so
that every check holds. Triggers and plain indexes are taken off while rows are added, and put back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

A_FUND, PROJECTS, COMMUNITIES = 1_667, 50, 30  # communities of a street
GRANT, BUDGET = 20_000_00, 10_000_000_00
START = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
LAST_CLOSED = date(2025, 11, 1)
COPIED = ("rounds", "proposals", "awards", "undertakings", "projects", "reviews", "ballots")
A_BATCH = 200_000  # rows handed to the database at a time
# Columns that must differ from copy to copy and hold no key of a copied row.
ALONE = {("rounds_round", "name"), ("projects_project", "number"), ("awards_notice", "number")}


@dataclass
class Span:
    """Rows of a table that make the template: first key, how many keys they take, first free key."""

    low: int
    size: int
    free: int


class City:
    """A template round, and as many copies as are asked for, spread over streets of 30 communities."""

    def __init__(self, kept: Path | None = None) -> None:
        """`kept` is where a city that was built says what it is made of; then it is not built anew."""
        self.kept = kept
        if kept is not None and kept.exists():
            self._remember(json.loads(kept.read_text()))
            return
        self.copies = 0
        before = {table: _top(table) for table in _tables() if table._meta.app_label in COPIED}
        self._template()
        self.spans: dict[str, Span] = {}
        for model, last in before.items():
            if (top := _top(model)) > last:
                self.spans[model._meta.db_table] = Span(last + 1, top - last, top + 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_copy (n bigint PRIMARY KEY, street bigint, place bigint, fund bigint)"
            )

    def _remember(self, told: dict[str, Any]) -> None:
        from sanlin.commons.funds.models import Fund
        from sanlin.commons.places.models import Street

        self.copies, self.paid = told["copies"], told["paid"]
        self.spans = {table: Span(*span) for table, span in told["spans"].items()}
        self.fund = Fund.objects.get(pk=told["fund"])
        self.terms = self.fund.kept_terms
        self.street = Street.objects.get(pk=told["street"])

    def _say(self) -> None:
        spans = {table: (one.low, one.size, one.free) for table, one in self.spans.items()}
        told = {"copies": self.copies, "paid": self.paid, "spans": spans}
        told |= {"fund": self.fund.pk, "street": self.street.pk}
        if self.kept is not None:
            self.kept.write_text(json.dumps(told))

    def _template(self) -> None:
        """One community's round, half paid: made by the verbs."""
        from sanlin.commons.funds.models import Fund
        from sanlin.commons.people.tests.scene import neighbourhood, officer, street, worker
        from sanlin.govern.projects.models import Project
        from sanlin.govern.projects.tests.scene import pay, receipt, running_round, signed, told

        self.street = street("一街道")
        self.place = neighbourhood(self.street)
        officer(self.street)
        worker(self.place)
        round = running_round(*[GRANT] * PROJECTS, on=self.street, budget=BUDGET)
        for one in Project.objects.whole().filter(round=round).order_by("pk"):
            made = pay(signed(one), one.instalments.order_by("place")[0].key)
            receipt(one, accepted=True)
            receipt(one)
            told(one, "midterm")
        self.paid = made.amount
        self.fund = Fund.objects.get(name=round.name)
        self.terms = self.fund.kept_terms

    # --- copies ---

    def grow(self, postings: int) -> None:
        """Copy until there are so many postings."""
        wanted = -(-postings // A_FUND)
        if wanted <= self.copies:
            return
        first, self.copies = self.copies + 1, wanted
        with loading() as fast:
            numbers = range(first, wanted + 1)
            self._places(numbers)
            for table, span in self.spans.items():
                self._copy(table, span, first)
            fast.flush()
            _Books(self, fast).write(numbers)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self._say()

    def key(self, table: str, of_template: int, copy: int) -> int:
        """The key of a template's row in a copy."""
        span = self.spans[table]
        return of_template - span.low + span.free + (copy - 1) * span.size

    def _places(self, numbers: range) -> None:
        """A street for thirty communities, a community and a fund for each copy."""
        from sanlin.commons.funds.models import Fund
        from sanlin.commons.people.tests.scene import neighbourhood, officer, street

        rows = []
        for n in numbers:
            if (n - 1) % COMMUNITIES == 0 or n == numbers[0]:
                self.street = street(f"第{n}街道", district=self.street.district)
                self.officer = officer(self.street)
            place = neighbourhood(self.street, f"第{n}社区")
            fund = Fund.objects.create(
                level="street",
                district=self.street.district,
                street=self.street,
                name=f"{self._round_name}-{n}",
                kept_terms=self.terms,
            )
            rows.append((n, self.street.pk, place.pk, fund.pk))
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_copy VALUES (%s, %s, %s, %s)", rows)

    @property
    def _round_name(self) -> str:
        return str(self.fund.name)

    def _copy(self, table: str, span: Span, first: int) -> None:
        """All copies from `first` on of a table's rows, in one statement."""
        model = next(one for one in _tables() if one._meta.db_table == table)
        columns, values = [], []
        for field in model._meta.concrete_fields:
            columns.append(f'"{field.column}"')
            values.append(self._value(table, field, span))
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {", ".join(values)} '
                f'FROM bench_copy k CROSS JOIN "{table}" t '
                f"WHERE t.id BETWEEN {span.low} AND {span.low + span.size - 1} "
                f"AND k.n >= {first} ORDER BY k.n, t.id"
            )

    def _value(self, table: str, field: Any, span: Span) -> str:
        """A column of a copy, out of the template's row `t` and the copy `k`."""
        name = f't."{field.column}"'
        of_copy = {"funds_fund": "k.fund"}
        for place in ("street", "neighbourhood"):
            mine = "place" if place == "neighbourhood" else place
            of_copy[f"places_{place}"] = f"CASE WHEN {name} IS NULL THEN NULL ELSE k.{mine} END"
        if field.primary_key:
            return f"{name} + {span.free - span.low} + (k.n - 1) * {span.size}"
        if (table, field.column) in ALONE:
            return f"{name} || '-' || CAST(k.n AS TEXT)"
        target = field.related_model and field.related_model._meta.db_table
        if target in of_copy:
            return of_copy[target]
        if target in self.spans:
            there = self.spans[target]
            return (
                f"CASE WHEN {name} >= {there.low} "
                f"THEN {name} + {there.free - there.low} + (k.n - 1) * {there.size} ELSE {name} END"
            )
        return name


class _Books:
    """The books of copies: what was received, promised and paid, and small promises that were taken
    back, so that each fund has A_FUND vouchers over a year, eleven months of which are closed."""

    def __init__(self, city: City, fast: Fast) -> None:
        from sanlin.commons.funds.models import Book, MonthClose, Posting, Voucher
        from sanlin.commons.people.tests.scene import officer
        from sanlin.commons.undertakings.models import Undertaking
        from sanlin.govern.projects.models import Project

        self.city, self.fast = city, fast
        self.whats = list(
            Project.objects.filter(fund=city.fund)
            .order_by("pk")
            .values_list("undertaking", flat=True)
        )
        self.by = officer(city.street).pk
        self.next = {model: _top(model) + 1 for model in (Book, Voucher, Posting, MonthClose)}
        self.models = (Book, Voucher, Posting, MonthClose)
        self.table = Undertaking._meta.db_table
        moments = [START + timedelta(minutes=n * 312) for n in range(A_FUND)]
        self.at = [one.isoformat(timespec="microseconds") for one in moments]
        self.kept_at = [_kept(one) for one in moments]

    def write(self, numbers: range) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT n, fund FROM bench_copy WHERE n >= %s ORDER BY n", [numbers[0]])
            funds = cursor.fetchall()
        for n, fund in funds:
            self._fund(n, fund)
        self.fast.flush()

    def _fund(self, n: int, fund: int) -> None:
        from sanlin.commons.funds.rules import month_after, month_start
        from sanlin.kernel.ledger import EMPTY, natural

        book_model, voucher_model, posting_model = self.models[:3]
        add, keys = self.fast.add, self.next
        whats = [self.city.key(self.table, what, n) for what in self.whats]
        named: dict[str, int] = {}
        for code, *_what in _chart(whats):
            named[code] = keys[book_model]
            keys[book_model] += 1
        net = dict.fromkeys(named, 0)
        before, sha = EMPTY, hashlib.sha256
        ends = month_start(month_after(LAST_CLOSED))
        shut = sum(START + timedelta(minutes=one * 312) < ends for one in range(A_FUND))
        voucher, posting = keys[voucher_model], keys[posting_model]
        label = f"bench.Row:{fund}"
        for number, (debit, credit, amount) in enumerate(_moves(whats, self.city.paid), 1):
            subject = f"{label}-{number}"
            told = (
                f'["{before}",{number},"{self.at[number - 1]}",{self.by},"拨款","{subject}",null,'
                f'[["{debit}","{credit}",{amount}]]]'
            )
            before = sha(told.encode()).hexdigest()
            add("funds_voucher", (
                voucher, number, self.kept_at[number - 1], "拨款", subject, before, self.by, fund,
                None,
            ))  # fmt: skip
            add("funds_posting", (posting, amount, named[credit], named[debit], voucher))
            net[debit] += amount
            net[credit] -= amount
            voucher += 1
            posting += 1
            if number == shut:
                self._close(fund, named, net, number, before)
        keys[voucher_model], keys[posting_model] = voucher, posting
        for code, kind, what in _chart(whats):
            balance = natural(kind, net[code])
            add("funds_book", (named[code], kind, "fen", "", code, balance, what, fund, None))
        self.fast.funds.append((A_FUND, before, _kept(ends), fund))
        body = b'{"data":{"digest":"' + before.encode() + b'"}}'
        self.fast.lines.append((fund, self.kept_at[-1], body, f"funds.Voucher:{voucher - 1}"))

    def _close(
        self, fund: int, named: dict[str, int], net: dict[str, int], number: int, digest: str
    ) -> None:
        from sanlin.kernel.ledger import natural

        model = self.models[3]
        key = self.next[model]
        self.next[model] += 1
        month, at = f"{LAST_CLOSED:%Y-%m-%d}", self.kept_at[number - 1]
        self.fast.add("funds_monthclose", (key, month, at, number, number, digest, self.by, fund))
        for code, book in named.items():
            balance = natural(code.partition("/")[0], net[code])
            self.fast.add("funds_closedbalance", (balance, book, key))


def _kept(at: datetime) -> str:
    """A moment as the database at hand keeps it."""
    zone = "+00" if connection.vendor == "postgresql" else ""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}{zone}"


def _chart(whats: list[int]) -> Iterator[tuple[str, str, int | None]]:
    """(code, kind, undertaking) of a fund's books."""
    yield "cash", "cash", None
    yield "source", "source", None
    for what in whats:
        yield f"cost/{what}", "cost", what
        yield f"owed/{what}", "owed", what


def _moves(whats: list[int], paid: int) -> Iterator[tuple[str, str, int]]:
    """A year's postings: (debit, credit, fen)."""
    yield "cash", "source", BUDGET
    for what in whats:
        yield f"cost/{what}", f"owed/{what}", GRANT
    for what in whats:
        yield f"owed/{what}", "cash", paid
    rest = A_FUND - 1 - 2 * len(whats)
    for n in range(rest // 2):
        what = whats[n % len(whats)]
        yield f"cost/{what}", f"owed/{what}", 1_000
        yield f"owed/{what}", f"cost/{what}", 1_000
    if rest % 2:
        yield "cash", "source", 1


# --- loading ------------------------------------------------------------------------------------

COLUMNS = {
    "funds_voucher": "id number at memo subject digest by_id fund_id reverses_id",
    "funds_posting": "id amount credit_id debit_id voucher_id",
    "funds_book": "id kind unit head code balance undertaking_id fund_id source_id",
    "funds_monthclose": "id month at vouchers last_number digest by_id fund_id",
    "funds_closedbalance": "balance book_id close_id",
}


class Fast:
    """Rows on their way: COPY on PostgreSQL, one statement for many rows on SQLite."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
        self.funds: list[tuple[int, str, str, int]] = []
        self.lines: list[tuple[int, str, bytes, str]] = []

    def add(self, table: str, row: tuple[Any, ...]) -> None:
        rows = self.rows[table]
        rows.append(row)
        if len(rows) >= A_BATCH:
            self._send(table)

    def flush(self) -> None:
        """Everything that is left, and what the funds themselves say."""
        for table in self.rows:
            self._send(table)
        mark = "%s"
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE funds_fund SET last_number = {mark}, digest = {mark}, "
                f"closed_before = {mark} WHERE id = {mark}",
                self.funds,
            )
            cursor.executemany(
                "INSERT INTO journal_entry (log, seq, deed, stage, at, body, leaf, subject) VALUES "
                f"('bench-grown', {mark}, 'funds.pay', '', {mark}, {mark}, {_blob()}, {mark})",
                self.lines,
            )
        self.funds, self.lines = [], []

    def _send(self, table: str) -> None:
        rows, self.rows[table] = self.rows[table], []
        names = COLUMNS[table].split()
        columns = ", ".join(f'"{name}"' for name in names)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(row)
                return
            raw = connection.connection
            for part in _parts(rows, 10_000):
                raw.executemany(
                    f'INSERT INTO "{table}" ({columns}) VALUES ({", ".join("?" * len(names))})',
                    part,
                )


def _blob() -> str:
    return "'x'::bytea" if connection.vendor == "postgresql" else "x'78'"


def _parts(rows: list[Any], size: int) -> Iterator[list[Any]]:
    walk = iter(rows)
    while part := list(islice(walk, size)):
        yield part


@contextmanager
def loading() -> Iterator[Fast]:
    """One transaction without triggers, foreign keys and plain indexes; all of them stand again at
    its end."""
    pg = connection.vendor == "postgresql"
    connection.ensure_connection()
    if not pg:
        _pragmas(
            "foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF", "secure_delete = OFF"
        )
        _pragmas("cache_size = -1000000")
    with transaction.atomic():
        with connection.cursor() as cursor:
            if pg:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
            off = _take_off(cursor, pg)
        yield Fast()
        with connection.cursor() as cursor:
            for sql in off:
                cursor.execute(sql)
            if pg:
                for model in _tables():
                    table = model._meta.db_table
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
                        f'GREATEST((SELECT MAX(id) FROM "{table}"), 1))'
                    )
    if not pg:
        _pragmas(
            "foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"
        )
        _pragmas("cache_size = -2000")


def _pragmas(*told: str) -> None:
    for one in told:
        connection.connection.execute(f"PRAGMA {one}")


def _take_off(cursor: Any, pg: bool) -> list[str]:
    """Drop triggers (SQLite) and indexes that are no constraint; what makes them again."""
    if pg:
        cursor.execute(
            "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' "
            "AND i.tablename IN ('funds_voucher', 'funds_posting') AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)"
        )
        found = [(f'DROP INDEX "{name}"', sql) for name, sql in cursor.fetchall()]
    else:
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND "
            "(type = 'trigger' OR (type = 'index' AND tbl_name IN "
            "('funds_voucher', 'funds_posting')))"
        )
        found = [(f'DROP {kind} "{name}"', sql) for kind, name, sql in cursor.fetchall()]
    for drop, _sql in found:
        cursor.execute(drop)
    return [sql for _drop, sql in found]


def _tables() -> list[Any]:
    """Models whose rows are copied, and those that are written here, with a plain whole-number key."""
    labels = (*COPIED, "funds")
    found = []
    for model in apps.get_models():
        key = model._meta.pk
        if model._meta.app_label in labels and getattr(key, "column", "") == "id":
            found.append(model)
    return found


def _top(model: Any) -> int:
    return int(model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0)
