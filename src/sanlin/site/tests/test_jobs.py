"""The clock's hand: every job is tried, whatever becomes of the others."""

import logging
import sqlite3
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.rounds.tests.scene import after, open_round
from sanlin.ground import clock
from sanlin.site import cli
from sanlin.site.jobs import JOBS, do_due

THEN = datetime(2024, 4, 10, tzinfo=UTC)


def two(*, now):
    return 2


def none(*, now):
    return 0


def broken(*, now):
    raise RuntimeError("no database today")


def test_a_failing_job_is_logged_and_stops_nobody(caplog):
    told = []
    with caplog.at_level(logging.ERROR):
        assert do_due(THEN, (broken, two, none), tell=told.append) == 1
    assert [line.split(".")[-1] for line in told] == ["two: 2"]
    assert "broken failed" in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_database_that_another_holds_is_waited_for_in_one_line(caplog, tmp_path):
    with sqlite3.connect(tmp_path / "held.sqlite3") as holder:
        holder.execute("BEGIN IMMEDIATE")

        def held_up(*, now):
            try:
                sqlite3.connect(tmp_path / "held.sqlite3", timeout=0).execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as cause:
                raise OperationalError(str(cause)) from cause

        assert do_due(THEN, (held_up,)) == 1
    (line,) = caplog.records
    assert (line.levelname, line.exc_info) == ("WARNING", None)
    assert "held_up waits for the database (database is locked)" in line.getMessage()


@pytest.mark.django_db
def test_a_tick_closes_what_has_ended(monkeypatch, capsys):
    round = open_round("call")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert cli.main(["tick"]) == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(clock, "now", lambda: after(round, "call"))
    assert cli.main(["tick"]) == 0
    assert capsys.readouterr().out == (
        "govern.rounds.jobs.close_calls: 1\nground.journal.jobs.keep_checkpoints: 1\n"
    )
    round.refresh_from_db()
    assert round.stage == "screening"


@pytest.mark.parametrize("pause", ["0", "-1", "x", "86401", "٣x"])
def test_a_pause_is_a_number_of_seconds(pause):
    with pytest.raises(SystemExit) as end:
        cli.main(["tick", "--every", pause])
    assert end.value.code == 2


def test_every_job_is_named_once():
    names = [(job.__module__, job.__name__) for job in JOBS]
    assert len(set(names)) == len(names)
