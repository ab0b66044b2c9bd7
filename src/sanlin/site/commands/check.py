"""Look over an installation: settings, database, keys, books, counts; 1 where something is wrong.

Every line says what was looked at and what was found. It changes nothing and may run at any time,
also on a database that was just restored from a backup.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanlin.kernel.record.checkpoint import Checkpoint

Finding = tuple[bool, str]


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kept",
        type=Path,
        action="append",
        default=[],
        help="a text file of checkpoints kept elsewhere, to hold the logs against",
    )


def run(options: argparse.Namespace) -> int:
    """Print one line a check; 1 when any of them found something wrong."""
    wrong = 0
    _KEPT[:] = options.kept
    for look in (_settings, _migrations, _database, _seals, _journal, _stages, _books, _decisions):
        for well, words in _safely(look):
            print(f"{'ok   ' if well else 'WRONG'} {words}", flush=True)
            wrong += not well
    print("nothing wrong" if not wrong else f"{wrong} wrong")
    return 1 if wrong else 0


_KEPT: list[Path] = []  # what --kept names


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

    kept = _kept()
    origins = set(Log.objects.values_list("origin", flat=True))
    for strange in sorted({one.origin for one in kept} - origins):
        yield False, f"journal: there is no log {strange}, of which a checkpoint was kept"
    well, total = True, 0
    for log in Log.objects.order_by("pk"):
        total += log.size
        for words in faults(log, kept):
            well = False
            yield False, f"journal: {log}: {words}"
    strays = Entry.objects.exclude(log__in=Log.objects.values("pk")).count()
    if strays:
        yield False, f"journal: {strays} lines belong to no log"
    if well:
        yield True, f"journal: {total} lines make the trees and checkpoints of their logs"


def _kept() -> list[Checkpoint]:
    """The checkpoints of the files that --kept names, with an empty line between two."""
    from sanlin.kernel.record import checkpoint

    texts = "\n".join(path.read_text("utf-8") for path in _KEPT).split("\n\n")
    return [checkpoint.read(text.strip("\n") + "\n") for text in texts if text.strip()]


def _stages() -> Iterator[Finding]:
    strange = list(_states())
    yield from ((False, f"journal: {words}") for words in strange)
    if not strange:
        yield True, "journal: every thing stands where its last line says"


def _states() -> Iterator[str]:
    """Rows whose stage is not what the last line of the log about them says."""
    from django.apps import apps

    from sanlin.ground.journal.models import Entry

    rows = Entry.objects.exclude(stage="").order_by("log", "seq")
    last: dict[str, str] = {}
    for subject, stage, body in rows.values_list("subject", "stage", "body").iterator(2000):
        last[subject] = stage
        if b'"moved":' in bytes(body):
            last.update(json.loads(bytes(body))["data"]["moved"])
    tables: dict[str, dict[str, str]] = {}
    for subject, stage in last.items():
        label, _colon, key = subject.partition(":")
        tables.setdefault(label, {})[key] = stage
    tables.pop("ballots.Voter", None)  # who has voted is marked on the roll and told by no line
    for label, told in sorted(tables.items()):
        found = apps.get_model(label)._default_manager.values_list("pk", "stage")
        stands = {str(key): stage for key, stage in found.iterator(2000)}
        for key, stage in told.items():
            if stands.get(key) != stage:
                yield f"{label} {key} is {stands.get(key)}, and its last line says {stage}"


def _books() -> Iterator[Finding]:
    from sanlin.commons.funds.models import Fund
    from sanlin.commons.funds.queries import ledger_findings, position

    for fund in Fund.objects.order_by("pk"):
        for found in ledger_findings(fund, whole=True):
            if not found.holds:
                wrong = ", ".join(found.wrong)
                yield False, f"books: fund {fund.pk}: {found.code} does not hold: {wrong}"
        well = position(fund).balanced
        yield well, f"books: fund {fund.pk} {'balances' if well else 'does not balance'}"


def _decisions() -> Iterator[Finding]:
    from sanlin.govern.awards.models import Decision
    from sanlin.govern.awards.queries import recount
    from sanlin.kernel.allocation import fingerprint

    for decision in Decision.objects.standing().order_by("pk"):
        inputs, outcome = bytes(decision.inputs), bytes(decision.outcome)
        same = list(recount(decision).funded) == json.loads(outcome)["funded"]
        kept = fingerprint(inputs + outcome) == decision.fingerprint
        words = "counted again: the same" if same and kept else "differs from its case"
        yield same and kept, f"decision {decision.pk}: {words}"
