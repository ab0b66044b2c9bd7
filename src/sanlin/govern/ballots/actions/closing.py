"""The vote closes: no ballot is taken any more, and what led from voters to ballots is destroyed."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import NOTHING, Ballot, Roll, Trace, Voter
from sanlin.govern.ballots.queries.board import CLUSTER
from sanlin.govern.rounds.models import Round
from sanlin.ground import keys
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.models import HOUSE
from sanlin.ground.verdict import require

from .casting import link_name
from .opening import forget


@deed("vote.close", checkpoint=_lazy("投票截止"))
def close_vote(round: Round, *, by: Account | None, now: datetime) -> Round:
    """End the vote: shut every line of the roll and destroy every link. Nothing is opened yet.

    `by` None is the clock's hand. Closing a closed vote changes nothing. From the first statement on
    no line of the roll can be marked any more; whatever was marked before is in the box.
    """
    forget(round)
    require(rules.can_close_vote(by, round, now=now))
    roll = Roll.objects.select_for_update(no_key=True).get(round=round)
    if roll.closed_at:
        return round
    lines = Voter.objects.filter(roll=roll)
    lines.update(open=False, link=NOTHING, shift=None, marker=None)
    transaction.on_commit(lambda: keys.destroy(link_name(roll.pk)))
    transaction.on_commit(lambda: _swept())  # noqa: PLW0108  # found when it is done
    hour = now.replace(minute=0, second=0, microsecond=0)
    for line in lines.filter(hand__isnull=False).select_related("hand").order_by("pk"):
        _note_help(line, by=None, now=hour)
    Trace.objects.filter(roll=roll, casts__lt=CLUSTER).delete()
    for table, order in ((Voter, "id"), (Ballot, "code"), (Trace, "id")):
        _written_anew(table._meta.db_table, order, roll.pk)
    roll.size = lines.exclude(stage=stages.STRUCK).count()
    roll.cast, roll.closed_at = lines.filter(stage__in=stages.VOTED).count(), now
    roll.save(update_fields=["size", "cast", "closed_at"])
    forget(round)
    record(roll, by=by, now=now, cast=roll.cast, size=roll.size)
    return round


@deed("ballot.help")
def _note_help(line: Voter, *, by: None, now: datetime) -> Voter:
    """Who helped whom, written at the close and in the order of the roll: at the time of the cast it
    would stand beside the code. In the log of the house, which is not published."""
    record(line, HOUSE, by=by, now=now, helper=line.hand)
    return line


def _written_anew(table: str, order: str, roll: int) -> None:
    """A database keeps rows in the order of their changes: PostgreSQL in its heap, each marked with its
    transaction, SQLite on their page. Write those of a roll anew, in a stated order and in one
    transaction."""
    steps = (
        f"CREATE TEMP TABLE anew AS SELECT * FROM {table} WHERE roll_id = {roll:d}",  # noqa: S608  # names of our own
        f"DELETE FROM {table} WHERE roll_id = {roll:d}",  # noqa: S608
        f"INSERT INTO {table} SELECT * FROM anew ORDER BY {order}",  # noqa: S608
        "DROP TABLE anew",
    )
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step)


def _swept() -> None:
    """What the rows were before lies on in the files for a while: have the database take it away now.
    Where somebody is reading, or the role may not, its own housekeeping does it later."""
    with suppress(DatabaseError), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            tables = ", ".join(table._meta.db_table for table in (Voter, Ballot, Trace))
            cursor.execute(f"VACUUM {tables}")
