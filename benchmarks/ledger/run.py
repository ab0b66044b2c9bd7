"""Postings a second, durable, against bare SQL of the same rows; then the pages as the ledger grows.

    python -m benchmarks.ledger.run                        SQLite; ledgers of 10^4, 10^5 and 10^6 postings
    python -m benchmarks.ledger.run --sizes 10000000       a city: 6,000 funds, 300,000 projects
    python -m scripts.postgres --durable .venv/bin/python -m benchmarks.ledger.run

A fund of the city is one community's year: 50 projects, 1,667 vouchers over twelve months, of which
eleven are closed (benchmarks/city.py). Of each page are told: queries, work of the database (SQLite:
thousands of steps; PostgreSQL: blocks of 8 kB), processor time of a whole request in milliseconds, and
large tables that were read from end to end (benchmarks/cost.py).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import django

from benchmarks.city import A_FUND, PROJECTS, City
from benchmarks.cost import Page, measured


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    words.add_argument("--vouchers", type=int, default=600)
    words.add_argument("--keep", help="a folder in which the city stays, to be measured again")
    words.add_argument("--worst", action="store_true", help="tell the statement that worked most")
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="sanlin-bench-", dir="/tmp") as folder:
        home = options.keep or folder
        os.environ |= {"SANLIN_HOME": home, "DJANGO_SETTINGS_MODULE": "sanlin.site.settings"}
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        load = os.getloadavg()[0]
        print(f"load average before: {load:.1f} on {os.cpu_count()} cores", flush=True)
        if options.vouchers:
            writing(options.vouchers)
        if options.sizes:
            growing(options.sizes, Path(home) / "city.json", worst=options.worst)


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


def growing(sizes: Iterable[int], kept: Path, *, worst: bool) -> None:
    """Fill a city up to each size, and measure the pages of a community in the middle."""
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    town = City(kept)
    for size in sizes:
        began, cpu = time.perf_counter(), time.process_time()
        town.grow(size)
        wall, mine = time.perf_counter() - began, time.process_time() - cpu
        n = town.copies
        print(
            f"\n{connection.vendor}: {n * A_FUND:,} postings, {n:,} communities, "
            f"{n * PROJECTS:,} projects; filled in {wall:.0f} s ({mine:.0f} s of this process), "
            f"load average {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        for page in pages(town, -(-n // 2)):
            cost = measured(page)
            print(f"| {page.name} | {cost.queries} | {cost.work:,.1f} | {cost.cpu:.1f} | "
                  f"{', '.join(cost.scans) or '-'} |", flush=True)  # fmt: skip
            if worst:
                print(f"    {cost.worst}", flush=True)


def pages(town: City, n: int) -> list[Page]:
    """What is read of the n-th community: by everybody, and by an officer of its street."""
    from sanlin.commons.funds.models import Fund
    from sanlin.commons.people.models import Post
    from sanlin.govern.projects.models import Project

    project = Project.objects.select_related("round").get(
        pk=town.key("projects_project", town.spans["projects_project"].low, n)
    )
    round, fund = project.round, Fund.objects.get(pk=project.fund_id)
    post = Post.objects.select_related("account").filter(street=round.street_id).first()
    officer = post.account if post else None
    what = project.undertaking_id
    holds = "每一项都成立"
    return [
        Page("front page", "/"),
        Page("round", f"/r/{round.pk}/", holds=round.name),
        Page("projects of the round", f"/rounds/{round.pk}/projects/"),
        Page("money checks of the round", f"/reports/rounds/{round.pk}/checks/", holds=holds),
        Page("one project", f"/projects/{project.pk}/"),
        Page("open book", f"/funds/{fund.pk}/", holds="账平"),
        Page("book of a project", f"/funds/{fund.pk}/?undertaking={what}", holds="账平"),
        Page("checks of the book", f"/funds/{fund.pk}/checks/", holds=holds),
        Page("all checks", "/reports/checks/"),
        Page("desk: what waits", "/desk/", officer),
        Page("desk: the round", f"/desk/rounds/{round.pk}/", officer, round.name),
        Page("desk: one project", f"/projects/{project.pk}/desk/", officer),
        Page("payments of the round", f"/rounds/{round.pk}/payments/", officer),
        Page("receipts of the round", f"/rounds/{round.pk}/project-receipts/", officer),
        Page("late payments of the street", f"/streets/{round.street_id}/late-payments/", officer),
        Page("funds of the street", f"/funds/street/{round.street_id}/", officer),
    ]


if __name__ == "__main__":
    main()
