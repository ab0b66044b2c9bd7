"""What somebody sees who has the whole database, while the vote is open and after it has closed."""

import json
import secrets
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from sanlin.commons.people.tests.scene import NOW, at, at_the_desk, worker
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.actions.casting import code_behind, link_name
from sanlin.govern.ballots.models import Ballot, Roll, Tally, Voter
from sanlin.govern.ballots.tests.vote import close, count, counted, opened, ready
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.ground import keys
from sanlin.ground.journal.actions import pseudonym
from sanlin.ground.journal.models import HOUSE, Entry
from sanlin.ground.verdict import Refused


def dump():
    """Every cell of every table as text: {(table, column): [cell, …]}."""
    cells = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, cell in zip(names, row, strict=True):
                    text = bytes(cell).decode("utf-8", "replace") if _bytes(cell) else str(cell)
                    cells.setdefault((table, name), []).append(text)
    return cells


def _bytes(cell):
    return isinstance(cell, bytes | bytearray | memoryview)


def holding(cells, text):
    return {place for place, kept in cells.items() if any(text in cell for cell in kept)}


def canonical(*proposals):
    return json.dumps([[p.pk, 1] for p in proposals], separators=(",", ":"))


@pytest.mark.django_db
def test_while_open_no_choice_is_written_anywhere():
    vote = opened(voters=2)
    one, two, _three = vote.proposals
    actions.cast(vote.fresh(), [one.pk, two.pk], by=vote.voters[0], now=NOW)
    actions.cast(vote.fresh(), [two.pk], by=vote.voters[1], now=NOW)
    cells = dump()
    for choice in (canonical(one, two), canonical(two)):
        assert holding(cells, choice) == set()
    assert cells.get(("ballots_tally", "choices"), []) == []
    assert len({len(bytes(ballot.box)) for ballot in Ballot.objects.all()}) == 1


CODES = {("ballots_ballot", "code"), ("journal_entry", "body")}


@pytest.mark.django_db
def test_while_open_the_code_stands_with_its_ballot_and_in_the_journal():
    vote = opened()
    ballot = actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    line = Voter.objects.get()
    assert holding(dump(), ballot.code) == CODES
    assert bytes.fromhex(ballot.code) not in bytes(line.link)
    assert code_behind(line) == ballot.code
    keys.destroy(link_name(line.roll_id))
    with pytest.raises(Refused, match="找不到您先前的一票"):
        code_behind(line)


@pytest.mark.django_db(transaction=True)
def test_the_close_destroys_every_link_and_its_key_and_the_count_comes_after():
    vote = opened(voters=3)
    one, two, three = vote.proposals
    chosen = [[one], [two, three], [three]]
    codes = [
        actions.cast(vote.fresh(), [p.pk for p in picks], by=who, now=NOW).code
        for who, picks in zip(vote.voters, chosen, strict=True)
    ]
    name = link_name(vote.round.roll.pk)
    assert keys.fleeting(name) is not None
    close(vote)
    assert keys.fleeting(name) is None
    assert {bytes(voter.link) for voter in Voter.objects.all()} == {b""}
    for picks in chosen:
        assert holding(dump(), canonical(*picks)) == set()
    counted(vote.fresh(), vote.after)
    cells = dump()
    for code in codes:
        assert holding(cells, code) == CODES
    for picks in chosen:
        assert holding(cells, canonical(*picks)) == {("ballots_tally", "choices")}
    assert {f.name for f in Tally._meta.get_fields()} == {
        "id",
        "roll",
        "channel",
        "choices",
        "ballots",
    }
    assert {f.name for f in Ballot._meta.get_fields()} == {"code", "roll", "channel", "fate", "box"}


@pytest.mark.django_db
def test_the_tally_stands_in_the_order_of_the_choices_and_says_how_many():
    vote = opened(voters=4)
    one, two, _three = vote.proposals
    for who, pick in zip(vote.voters, (two, one, two, one), strict=True):
        actions.cast(vote.fresh(), [pick.pk], by=who, now=NOW)
    count(vote)
    assert list(Tally.objects.order_by("pk").values_list("choices", "ballots")) == sorted(
        [(canonical(one), 2), (canonical(two), 2)]
    )


@pytest.mark.django_db
def test_the_journal_knows_the_hour_and_the_channel_and_no_voter():
    vote = opened(voters=2)
    ballot = actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=at(14, 37))
    roll = Roll.objects.get()
    entry = Entry.objects.get(deed="ballot.cast")
    assert json.loads(bytes(entry.body)) == {
        "at": "2024-04-10T06:00:00Z",
        "by": None,
        "data": {"channel": "web", "code": ballot.code},
        "deed": "ballot.cast",
        "hand": None,
        "subject": f"ballots.Roll:{roll.pk}",
    }
    assert (entry.by, entry.hand, entry.repeat_mark, entry.at) == (None, None, None, at(14))


@pytest.mark.django_db
def test_help_is_told_at_the_close_and_never_beside_a_code():
    vote = opened(voters=2)
    helper = worker(vote.places[0])
    acting = at_the_desk(vote.voters[1], helper)
    ballot = actions.cast(vote.fresh(), [vote.proposals[0].pk], by=acting, now=at(14, 37))
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=at(14, 38))
    assert ballot.channel == "web"
    assert not Entry.objects.filter(deed="ballot.help").exists()
    assert {entry.by for entry in Entry.objects.filter(deed="ballot.cast")} == {None}
    close(vote)
    entry = Entry.objects.get(deed="ballot.help")
    line = Voter.objects.get(account=vote.voters[1])
    assert (entry.subject, line.hand) == (f"ballots.Voter:{line.pk}", helper)
    assert json.loads(bytes(entry.body))["data"] == {"helper": pseudonym(HOUSE, helper.pk)}
    assert holding(dump(), ballot.code) == CODES


def _leans_on(model):
    """The tables that a foreign key of this one points at."""
    return {
        field.related_model._meta.db_table
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation
    }


def test_ballot_and_voter_share_the_roll_and_nothing_else():
    assert _leans_on(Ballot) == {"ballots_roll"}
    assert _leans_on(Tally) == {"ballots_roll"}
    assert [
        m for m in apps.get_models() if {"ballots_ballot", "ballots_tally"} & _leans_on(m)
    ] == []


@pytest.mark.django_db(transaction=True)
def test_the_order_of_rows_tells_nothing_of_who_came_when():
    """The physical order of ballots is that of their codes on SQLite always, and after the close on
    PostgreSQL, where also all rows then bear the closing transaction."""
    vote = opened(voters=9)
    came = [
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW).code
        for who in reversed(vote.voters)
    ]
    if connection.vendor == "sqlite":
        assert _as_stored("code", "ballots_ballot") == sorted(came)
    close(vote)
    assert _as_stored("code", "ballots_ballot") == sorted(came)
    lines = _as_stored("id", "ballots_voter")
    assert lines == sorted(lines)
    if connection.vendor == "postgresql":
        marks = {
            table: set(_as_stored("xmin::text", table))
            for table in ("ballots_ballot", "ballots_voter")
        }
        assert len(set.union(*marks.values())) == 1


def _as_stored(column, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [row[0] for row in cursor.fetchall()]


def written(since):
    """Every byte of the database's own files, and of its write-ahead log from `since` on."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        return b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        folder = f"base/{cursor.fetchone()[0]}"
        cursor.execute(
            "SELECT pg_read_binary_file(%s || '/' || name, 0, 1 << 25, true) FROM pg_ls_dir(%s) AS name "
            "UNION ALL SELECT pg_read_binary_file('pg_wal/' || name, 0, 1 << 25, true) "
            "FROM pg_ls_waldir() WHERE name >= %s",
            [folder, folder, since],
        )
        return b"".join(bytes(file) for (file,) in cursor.fetchall() if file is not None)


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_database_hold_no_choice_while_the_vote_is_open():
    since = ""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")
            (since,) = cursor.fetchone()
    vote = ready(voters=3, proposals=0)
    # Numbers that nobody else writes into the log of a server that tests share.
    for _n in range(3):
        number = 10**15 + secrets.randbelow(10**15)
        vote.proposals.append(proposal(vote.round, neighbourhood=vote.places[0], pk=number))
    vote.proposals.sort(key=lambda one: one.pk)
    actions.open_vote(vote.round, by=vote.officer, now=NOW)
    for who in vote.voters:
        actions.cast(vote.fresh(), [one.pk for one in vote.proposals], by=who, now=NOW)
    chosen = canonical(*vote.proposals).encode()
    found = written(since)
    assert vote.places[0].name.encode() in found
    assert chosen not in found
    close(vote)
    assert chosen not in written(since)
    counted(vote.fresh(), vote.after)
    assert chosen in written(since)


@pytest.mark.django_db
def test_the_turnout_by_place_names_no_choice():
    vote = opened(places=2, voters=3)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    one, two = vote.places
    assert queries.turnout_by_place(vote.round) == [
        {"neighbourhood": one.pk, "name": one.name, "cast": 1, "size": 2},
        {"neighbourhood": two.pk, "name": two.name, "cast": 0, "size": 1},
    ]
    assert queries.turnout_by_day(vote.round) == [(NOW.date(), 1)]
