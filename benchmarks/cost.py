"""What a page costs, in figures that do not depend on what else the machine does.

    page = Page("open book", "/funds/7/", officer)
    print(measured(page))            # queries, work, processor time, scans

`work` counts what the database did for the page: on SQLite thousands of steps of its machine, on
PostgreSQL blocks of 8 kB that it touched. `scans` names tables of more than SMALL rows that were read
from end to end. Processor time is that of this process, the median of TIMES after one that does not
count; on PostgreSQL the time that the server says it spent is added.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

SMALL = 2_000
TIMES = 5
STEPS = 100  # of SQLite's machine between two counts


@dataclass(frozen=True)
class Page:
    """A page: its name in the table, its address, and whoever reads it (None: nobody signed in)."""

    name: str
    where: str
    who: Any = None
    holds: str = ""  # what must stand on it, so that an empty page is not measured


@dataclass
class Cost:
    queries: int
    work: float
    cpu: float  # ms
    scans: list[str] = field(default_factory=list)
    worst: str = ""  # the statement that worked most

    def __str__(self) -> str:
        mark = " (reads all of " + ", ".join(self.scans) + ")" if self.scans else ""
        return f"{self.queries} q, {self.work:,.0f}, {self.cpu:.0f} ms{mark}"


def measured(page: Page) -> Cost:
    """Read the page a few times. Raises SystemExit where it is not what it should be."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    if page.who is not None:
        client.force_login(page.who)
    answer = client.get(page.where)
    if answer.status_code != 200 or page.holds not in answer.content.decode():
        raise SystemExit(f"{page.name}: {page.where} answered {answer.status_code}")
    with CaptureQueriesContext(connection) as asked:
        client.get(page.where)
    said = [one["sql"] for one in asked.captured_queries]
    told = [sql for sql in said if sql.startswith(("SELECT", "WITH"))]
    found = [looked(sql) for sql in told]
    times = []
    for _n in range(TIMES):
        began = time.process_time()
        client.get(page.where)
        times.append((time.process_time() - began) * 1000)
    cost = Cost(len(said), sum(work for work, *_rest in found), statistics.median(times))
    if connection.vendor == "postgresql":
        cost.cpu += sum(ms for _work, ms, _scans in found)
    cost.scans = sorted({name for *_rest, scans in found for name in scans})
    if found:
        cost.worst = max(zip(found, told, strict=True), key=lambda pair: pair[0][0])[1]
    return cost


def looked(sql: str) -> tuple[float, float, list[str]]:
    """(work, milliseconds in the server, tables that were read from end to end) of a statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
            told = cursor.fetchone()[0]
            plan = (json.loads(told) if isinstance(told, str) else told)[0]
            top = plan["Plan"]
            blocks = top.get("Shared Hit Blocks", 0) + top.get("Shared Read Blocks", 0)
            ms = plan["Planning Time"] + plan["Execution Time"]
            return blocks, ms, sorted(set(_full(top)))
        counted = [0]

        def step() -> int:
            counted[0] += STEPS
            return 0

        raw = connection.connection
        raw.set_progress_handler(step, STEPS)
        try:
            raw.execute(sql).fetchall()
        finally:
            raw.set_progress_handler(None, 0)
        plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}")]
        names = re.findall(r"^SCAN (\w+)", "\n".join(plan), re.MULTILINE)
        tables = {_table(sql, name) for name in names}
        return counted[0] / 1000, 0.0, sorted(name for name in tables if _rows(name) > SMALL)


def _full(plan: dict[str, Any]) -> list[str]:
    """Tables that a plan of PostgreSQL reads from end to end, where many rows were looked at."""
    mine = []
    if plan["Node Type"] == "Seq Scan":
        rows = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        mine = [plan["Relation Name"]] if rows * plan["Actual Loops"] > SMALL else []
    return mine + [name for part in plan.get("Plans", ()) for name in _full(part)]


def _table(sql: str, name: str) -> str:
    """The table behind an alias of a statement."""
    found = re.search(rf'"(\w+)" {name}\b', sql)
    return found[1] if found else name


def _rows(table: str) -> int:
    """How many rows a table of SQLite has, by its last key."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
        if cursor.fetchone() is None:
            return 0
        cursor.execute(f'SELECT MAX(rowid) FROM "{table}"')
        return int(cursor.fetchone()[0] or 0)
