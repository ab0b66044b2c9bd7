"""What somebody sees who has the whole database, while the vote is open and after it has closed."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from sanlin.commons.people.tests.scene import NOW, at, at_the_desk, worker
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.models import Ballot, Roll, Tally, Voter
from sanlin.govern.ballots.tests.vote import close, opened
from sanlin.ground.journal.models import Entry


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
    assert len({len(box) for box in cells["ballots_ballot", "box"]}) == 1


@pytest.mark.django_db
def test_while_open_the_code_stands_with_its_ballot_alone():
    vote = opened()
    ballot = actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW, key="k")
    assert Voter.objects.get().link.reveal() == ballot.code
    assert holding(dump(), ballot.code) == {("ballots_ballot", "code")}


@pytest.mark.django_db
def test_after_the_close_no_column_links_a_voter_to_a_code_or_a_choice():
    vote = opened(voters=3)
    one, two, three = vote.proposals
    chosen = [[one], [two, three], [three]]
    codes = [
        actions.cast(vote.fresh(), [p.pk for p in picks], by=who, now=NOW, key=who.username).code
        for who, picks in zip(vote.voters, chosen, strict=True)
    ]
    close(vote)
    cells = dump()
    for code in codes:
        assert holding(cells, code) == {("ballots_ballot", "code")}
    for picks in chosen:
        assert holding(cells, canonical(*picks)) == {("ballots_tally", "choices")}
    assert set(cells["ballots_voter", "link"]) == {""}
    assert set(cells["ballots_ballot", "box"]) == {""}
    assert {f.name for f in Tally._meta.get_fields()} == {"id", "roll", "choices", "ballots"}
    assert {f.name for f in Ballot._meta.get_fields()} == {
        "code",
        "roll",
        "channel",
        "box",
        "standing",
    }


@pytest.mark.django_db
def test_the_tally_stands_in_the_order_of_the_choices_and_says_how_many():
    vote = opened(voters=4)
    one, two, _three = vote.proposals
    for who, pick in zip(vote.voters, (two, one, two, one), strict=True):
        actions.cast(vote.fresh(), [pick.pk], by=who, now=NOW)
    close(vote)
    assert list(Tally.objects.order_by("pk").values_list("choices", "ballots")) == sorted(
        [(canonical(one), 2), (canonical(two), 2)]
    )


@pytest.mark.django_db
def test_the_journal_knows_the_hour_and_the_channel_and_no_voter():
    vote = opened(voters=2)
    ballot = actions.cast(
        vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=at(14, 37), key="k"
    )
    roll = Roll.objects.get()
    entry = Entry.objects.get(deed="ballot.cast")
    assert json.loads(bytes(entry.body)) == {
        "at": "2024-04-10T06:00:00Z",
        "by": None,
        "data": {"channel": "web"},
        "deed": "ballot.cast",
        "hand": None,
        "subject": f"ballots.Roll:{roll.pk}",
    }
    assert (entry.by, entry.hand, entry.repeat_mark, entry.at) == (None, None, None, at(14))
    assert ballot.code not in bytes(entry.body).decode()


@pytest.mark.django_db
def test_help_at_the_desk_names_both_and_no_ballot():
    vote = opened()
    helper = worker(vote.places[0])
    acting = at_the_desk(vote.voters[0], helper)
    ballot = actions.cast(vote.fresh(), [vote.proposals[0].pk], by=acting, now=at(14, 37))
    entry = Entry.objects.get(deed="ballot.help")
    assert (entry.by, entry.hand, entry.at) == (vote.voters[0], helper, at(14))
    assert json.loads(bytes(entry.body))["data"] == {}
    assert Entry.objects.get(deed="ballot.cast").by is None
    assert ballot.channel == "desk"
    assert holding(dump(), ballot.code) == {("ballots_ballot", "code")}


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
        for who in vote.voters
    ]
    if connection.vendor == "sqlite":
        assert _as_stored("code", "ballots_ballot") == sorted(came)
    close(vote)
    assert _as_stored("code", "ballots_ballot") == sorted(came)
    if connection.vendor == "postgresql":
        marks = {
            table: set(_as_stored("xmin::text", table))
            for table in ("ballots_ballot", "ballots_voter", "ballots_tally")
        }
        assert len(set.union(*marks.values())) == 1


def _as_stored(column, table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_database_hold_no_choice_while_the_vote_is_open():
    if connection.vendor != "sqlite":
        return
    vote = opened(voters=3)
    one, two, three = vote.proposals
    for who in vote.voters:
        actions.cast(vote.fresh(), [one.pk, two.pk, three.pk], by=who, now=NOW)
    file = Path(connection.settings_dict["NAME"])
    written = b"".join(p.read_bytes() for p in file.parent.glob(file.name + "*"))
    assert str(vote.round.pk).encode() in written
    assert canonical(one, two, three).encode() not in written
    close(vote)
    written = b"".join(p.read_bytes() for p in file.parent.glob(file.name + "*"))
    assert canonical(one, two, three).encode() in written


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
