"""Look over an installation: settings, database, keys, books, counts; 1 where something is wrong.

Every line says what was looked at and what was found. It changes nothing and may run at any time,
also on a database that was just restored from a backup.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

Finding = tuple[bool, str]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print one line a check; 1 when any of them found something wrong."""
    wrong = 0
    for look in (_settings, _migrations, _database, _seals, _journal, _books, _decisions):
        for well, words in _safely(look):
            print(f"{'ok   ' if well else 'WRONG'} {words}", flush=True)
            wrong += not well
    print("nothing wrong" if not wrong else f"{wrong} wrong")
    return 1 if wrong else 0


def _safely(look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """A check that cannot be made is a finding too."""
    try:
        yield from look()
    except Exception as error:
        yield False, f"{look.__name__.strip('_')}: {type(error).__name__}: {error}"


def _settings() -> Iterator[Finding]:
    from django.conf import settings
    from django.core.checks import run_checks

    for message in run_checks():
        yield False, f"settings: {message.msg}"
    yield not settings.DEBUG, "settings: DEBUG is off" if not settings.DEBUG else "DEBUG is on"
    open_house = settings.HTTPS or settings.DEMO or set(settings.ALLOWED_HOSTS) <= _LOCAL
    yield (
        open_house,
        "settings: TLS in front" if open_house else "settings: SANLIN_HTTPS is not yes",
    )


_LOCAL = {"127.0.0.1", "localhost"}


def _migrations() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield not waiting, f"database: {len(waiting)} migrations wait"


def _database() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            found = cursor.fetchone()[0]
            yield found == "ok", f"database: SQLite integrity {found}"
            cursor.execute("PRAGMA foreign_key_check")
            broken = len(cursor.fetchall())
            yield not broken, f"database: {broken} rows point to nothing"
            cursor.execute("PRAGMA synchronous")
            yield cursor.fetchone()[0] == 2, "database: every commit reaches the disk (FULL)"
        else:
            cursor.execute("SHOW synchronous_commit")
            kept = cursor.fetchone()[0]
            yield kept != "off", f"database: PostgreSQL synchronous_commit is {kept}"


def _seals() -> Iterator[Finding]:
    from sanlin.ground.accounts.models import Account
    from sanlin.ground.pii import mark

    opened = 0
    for account in Account.objects.exclude(phone_mark=None).order_by("pk")[:200]:
        if mark(account.phone.reveal()) != account.phone_mark:
            yield False, f"keys: account {account.pk} does not match its mark"
        opened += 1
    yield True, f"keys: {opened} sealed phone numbers open with SANLIN_PII_KEY"


def _journal() -> Iterator[Finding]:
    from sanlin.ground.journal.models import Entry, Log
    from sanlin.ground.journal.queries import faults

    well, total = True, 0
    for log in Log.objects.order_by("pk"):
        total += log.size
        for words in faults(log):
            well = False
            yield False, f"journal: {log}: {words}"
    strays = Entry.objects.exclude(log__in=Log.objects.values("pk")).count()
    if strays:
        yield False, f"journal: {strays} lines belong to no log"
    if well:
        yield True, f"journal: {total} lines make the trees and checkpoints of their logs"


def _books() -> Iterator[Finding]:
    from sanlin.commons.funds.models import Fund
    from sanlin.commons.funds.queries import position, wrong_books

    for fund in Fund.objects.order_by("pk"):
        where = position(fund)
        well = where.balanced and not wrong_books(fund)
        yield well, f"books: fund {fund.pk} {'balances' if well else 'does not balance'}"


def _decisions() -> Iterator[Finding]:
    import json

    from sanlin.govern.awards.models import Decision
    from sanlin.govern.awards.queries import recount
    from sanlin.kernel.allocation import fingerprint

    for decision in Decision.objects.standing().order_by("pk"):
        inputs, outcome = bytes(decision.inputs), bytes(decision.outcome)
        same = list(recount(decision).funded) == json.loads(outcome)["funded"]
        kept = fingerprint(inputs + outcome) == decision.fingerprint
        words = "counted again: the same" if same and kept else "differs from its case"
        yield same and kept, f"decision {decision.pk}: {words}"
