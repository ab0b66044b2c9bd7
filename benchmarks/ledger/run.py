"""Postings a second, durable, against bare SQL of the same rows; then the pages as the ledger grows.

    python -m benchmarks.ledger.run                        SQLite; ledgers of 10^4, 10^5 and 10^6 postings
    python -m benchmarks.ledger.run --sizes 10000000       a city: 6,000 funds, 300,000 projects
    python -m scripts.postgres --durable .venv/bin/python -m benchmarks.ledger.run

A fund of the grown ledger is one community's year: 50 projects, 1,667 vouchers over twelve months, of
which eleven are closed. What is timed is a whole request, in processor time (median of ten).
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import django

A_FUND, PROJECTS = 1_667, 50
START = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
LAST_CLOSED = date(2025, 11, 1)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    words.add_argument("--vouchers", type=int, default=600)
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="sanlin-bench-") as home:
        os.environ |= {"SANLIN_HOME": home, "DJANGO_SETTINGS_MODULE": "sanlin.site.settings"}
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        load = os.getloadavg()[0]
        print(f"load average before: {load:.1f} on {os.cpu_count()} cores", flush=True)
        writing(options.vouchers)
        growing(options.sizes)


# --- writing ------------------------------------------------------------------------------------


def writing(vouchers: int) -> None:
    """The verb `receive`, one transaction each, and the same rows by bare SQL, in turns."""
    from django.db import connection, transaction

    from sanlin.commons.funds import actions
    from sanlin.commons.funds.actions import Cause
    from sanlin.commons.funds.models import Book, Fund
    from sanlin.commons.orgs.models import Organisation
    from sanlin.ground import clock

    fund, by = _fund()
    now, causes = clock.now(), count(1)
    cash, source = Book.objects.filter(fund=fund).order_by("code")

    def verb() -> None:
        cause = Cause(Organisation(pk=next(causes)), "拨款")
        actions.receive(fund, 100, cause=cause, by=by, now=now)

    with connection.cursor() as cursor:
        bare_fund = Fund.objects.create(
            level="street", street=fund.street, district=fund.district, name="bare"
        )
        books = [
            Book.objects.create(fund=bare_fund, kind=one.kind, code=one.code).pk
            for one in (cash, source)
        ]
        mark, lines = ("%s", count(1))

        def bare() -> None:
            with transaction.atomic():
                n = next(lines)
                cursor.execute(
                    f"UPDATE funds_fund SET last_number = last_number + 1, digest = {mark} "
                    f"WHERE id = {mark}",
                    ["0" * 64, bare_fund.pk],
                )
                cursor.execute(
                    "INSERT INTO funds_voucher (fund_id, number, at, by_id, memo, subject, "
                    "reverses_id, digest) VALUES (%s, %s, %s, %s, %s, %s, NULL, %s) RETURNING id",
                    [bare_fund.pk, n, now, by.pk, "拨款", f"orgs.Organisation:{n}", "0" * 64],
                )
                voucher = cursor.fetchone()[0]
                cursor.execute(
                    "INSERT INTO funds_posting (voucher_id, debit_id, credit_id, amount) "
                    "VALUES (%s, %s, %s, 100)",
                    [voucher, *books],
                )
                for book in books:
                    cursor.execute(
                        "UPDATE funds_book SET balance = balance + 100 WHERE id = %s", [book]
                    )
                cursor.execute(
                    "INSERT INTO journal_entry (log, seq, deed, subject, stage, by_id, at, body, "
                    "leaf) VALUES ('bench', %s, 'funds.receive', %s, '', %s, %s, %s, %s)",
                    [n, f"funds.Voucher:{voucher}", by.pk, now, b"x" * 300, b"x" * 32],
                )

        rates: dict[str, list[float]] = {"verb": [], "bare SQL": []}
        costs: dict[str, list[float]] = {"verb": [], "bare SQL": []}
        for _turn in range(3):
            for name, act in (("verb", verb), ("bare SQL", bare)):
                began, cpu = time.perf_counter(), time.process_time()
                for _n in range(vouchers // 3):
                    act()
                rates[name].append(vouchers // 3 / (time.perf_counter() - began))
                costs[name].append((time.process_time() - cpu) * 3000 / vouchers)
    told = {name: statistics.median(found) for name, found in rates.items()}
    print(f"{connection.vendor}: " + ", ".join(f"{k} {v:.0f}/s" for k, v in told.items()))
    spent = (f"{name} {statistics.median(one):.2f} ms" for name, one in costs.items())
    print("processor time a voucher: " + ", ".join(spent))
    print(f"the verb does {told['verb'] / told['bare SQL']:.0%} of bare SQL", flush=True)


def _fund() -> tuple[Any, Any]:
    from sanlin.commons.funds import actions
    from sanlin.commons.people.tests.scene import officer, street
    from sanlin.ground import clock

    on = street()
    by = officer(on)
    return actions.open_fund(on, "压测", by=by, now=clock.now()), by


# --- growing ------------------------------------------------------------------------------------


def growing(sizes: Iterable[int]) -> None:
    """Fill the ledger fund by fund up to each size, and time the pages of a fund in the middle."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, setup_test_environment

    from sanlin.commons.funds.models import Posting
    from sanlin.commons.undertakings.models import Undertaking

    setup_test_environment()
    maker, done, funds = _Maker(), 0, []
    print("| postings | funds | open book CPU ms | checks | one project | a whole fund |")
    print("|---:|---:|---:|---:|---:|---:|", flush=True)
    for size in sizes:
        began = time.perf_counter()
        while done < size:
            funds.append(maker.fund())
            done += A_FUND
        maker.flush()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        filled = time.perf_counter() - began
        fund = funds[len(funds) // 2]
        client = Client()
        what = Undertaking.objects.filter(books__fund=fund).first()

        def project(what: Any = what) -> list[Any]:
            taken = Posting.objects.filter(debit__undertaking=what).select_related("voucher")
            given = Posting.objects.filter(credit__undertaking=what).select_related("voucher")
            return [*taken, *given]

        cells = [
            _timed(lambda f=fund, c=client: c.get(f"/funds/{f}/")),
            _timed(lambda f=fund, c=client: c.get(f"/funds/{f}/checks/")),
            _timed(project),
            _timed(lambda f=fund: _whole(f)),
        ]
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(f"/funds/{fund}/checks/").content.decode()
        if "每一项都成立" not in shown:
            raise SystemExit("the generated ledger does not hold")
        told = " | ".join(f"{cell:.1f}" for cell in cells)
        print(f"| {done:,} | {len(funds):,} | {told} |", flush=True)
        print(f"<!-- filled in {filled:.0f} s; checks: {len(asked)} queries -->", flush=True)


def _whole(pk: int) -> None:
    from sanlin.commons.funds.models import Fund
    from sanlin.commons.funds.queries import ledger_findings

    ledger_findings(Fund.objects.get(pk=pk), whole=True)


def _timed(act: Callable[[], object]) -> float:
    """Milliseconds of processor time in this process, the median of ten after one that does not
    count: on SQLite that is all of the cost, and it does not see what else the machine does."""
    act()
    found = []
    for _n in range(10):
        began = time.process_time()
        act()
        found.append((time.process_time() - began) * 1000)
    return statistics.median(found)


class _Maker:
    """Writes funds of one community's year: chained, balanced, closed through November."""

    def __init__(self) -> None:
        from django.db.models import Max

        from sanlin.commons.funds import models
        from sanlin.commons.orgs.models import Organisation
        from sanlin.commons.people.tests.scene import neighbourhood, officer, street
        from sanlin.commons.undertakings.models import Undertaking

        def first(table: Any) -> Iterator[int]:
            return count((table.objects.aggregate(top=Max("pk"))["top"] or 0) + 1)

        self.models, self.undertaking = models, Undertaking
        self.street = street()
        self.place = neighbourhood(self.street)
        self.by = officer(self.street)
        self.team = Organisation.objects.create(name="队", kind="team", street=self.street)
        self.keys = {
            table: first(table)
            for table in (models.Fund, models.Book, models.Voucher, models.Posting, Undertaking)
        }
        self.rows: dict[Any, list[Any]] = {}

    def add(self, table: Any, **fields: Any) -> Any:
        if table in self.keys:
            fields["pk"] = next(self.keys[table])
        row = table(**fields)
        self.rows.setdefault(table, []).append(row)
        return row

    def fund(self) -> int:
        """One fund with its year; returns its key."""
        from sanlin.commons.funds.actions.posting import told
        from sanlin.commons.funds.rules import month_after, month_start
        from sanlin.ground.journal.models import Entry as Line
        from sanlin.kernel.ledger import EMPTY, Account, digest, natural

        m = self.models
        fund = self.add(
            m.Fund,
            level="community",
            district=self.street.district,
            street=self.street,
            neighbourhood=self.place,
            name=f"基金{len(self.rows.get(m.Fund, ()))}-{time.monotonic_ns()}",
        )
        accounts = [Account("cash"), Account("source")]
        for _n in range(PROJECTS):
            what = self.add(
                self.undertaking,
                title="楼道花园",
                organisation=self.team,
                street=self.street,
                neighbourhood=self.place,
                starts=START.date(),
            )
            accounts += [Account(kind, undertaking=what.pk) for kind in ("cost", "owed")]
        books = {
            one.code: self.add(
                m.Book, fund=fund, kind=one.kind, undertaking_id=one.undertaking, code=one.code
            )
            for one in accounts
        }
        ends, net, before = month_start(month_after(LAST_CLOSED)), Counter[str](), EMPTY
        close: Any = None
        moves = _moves([book.code for book in books.values()])
        for number, (debit, credit, amount) in enumerate(moves, 1):
            at = START + timedelta(minutes=number * 312)
            if at >= ends and close is None:
                close = self._close(fund, books, net, number - 1, before)
            voucher = self.add(
                m.Voucher, fund=fund, number=number, at=at, by=self.by, memo="拨款",
                subject=f"bench:{number}",
            )  # fmt: skip
            voucher.digest = before = digest(before, told(voucher, [(debit, credit, amount)], None))
            self.add(
                m.Posting, voucher=voucher, debit=books[debit], credit=books[credit], amount=amount
            )
            net[debit] += amount
            net[credit] -= amount
        for code, book in books.items():
            book.balance = natural(book.kind, net[code])
        fund.last_number, fund.digest, fund.closed_before = A_FUND, before, None
        body = b'{"data":{"digest":"' + before.encode() + b'"}}'
        self.add(
            Line, log="bench-grown", seq=fund.pk, deed="funds.pay", at=START, body=body, leaf=b"x",
            subject=f"funds.Voucher:{voucher.pk}",
        )  # fmt: skip
        if len(self.rows[m.Posting]) > 100_000:
            self.flush()
        key: int = fund.pk
        return key

    def _close(self, fund: Any, books: Any, net: Any, last: int, digest: str) -> Any:
        from sanlin.kernel.ledger import natural

        m = self.models
        close = self.add(
            m.MonthClose, fund=fund, month=LAST_CLOSED, by=self.by, at=START, vouchers=last,
            last_number=last, digest=digest,
        )  # fmt: skip
        for code, book in books.items():
            balance = natural(book.kind, net[code])
            self.add(m.ClosedBalance, close=close, book=book, balance=balance)
        return close

    def flush(self) -> None:
        """Write what was made: COPY on PostgreSQL, many rows a statement on SQLite."""
        from django.db import connection, transaction

        with transaction.atomic():
            for table, rows in self.rows.items():
                if connection.vendor == "postgresql" and table in self.keys:
                    _copy(connection, table, rows)
                else:
                    table.objects.bulk_create(rows, batch_size=2_000)
        self.rows = {}


def _moves(codes: list[str]) -> Iterator[tuple[str, str, int]]:
    """A year's postings: the appropriation, then promises, payments and returns in turn."""
    cash, source, *rest = codes
    yield cash, source, 10**9
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    for n in range(A_FUND - 1):
        cost, owed = pairs[n % PROJECTS]
        step = n // PROJECTS % 3
        yield ((cost, owed, 1_000), (owed, cash, 900), (cash, cost, 50))[step]


def _copy(connection: Any, table: Any, rows: list[Any]) -> None:
    fields = table._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    text = io.StringIO()
    for row in rows:
        cells = []
        for field in fields:
            value = field.get_db_prep_save(getattr(row, field.attname), connection)
            if field.get_internal_type() == "JSONField":
                value = "{}"
            cells.append("\\N" if value is None else str(value))
        text.write("\t".join(cells) + "\n")
    with connection.cursor() as cursor:
        name = table._meta.db_table
        with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
            copy.write(text.getvalue())


if __name__ == "__main__":
    main()
