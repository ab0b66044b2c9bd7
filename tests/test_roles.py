"""The role under which the service works on PostgreSQL, made by the very lines of docs/running.md.

Under it a vote is held and money is paid; it can change no line of the journal and no voucher, lift no
trigger and take no right back.
"""

import argparse
import uuid

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from psycopg import errors

from sanlin.commons.funds.models import Fund
from sanlin.commons.funds.queries import wrong_books
from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.tests.vote import close, counted, opened
from sanlin.govern.projects.tests.scene import pay, project
from sanlin.ground import lots
from sanlin.ground.journal.models import Entry, Log
from sanlin.ground.journal.queries import faults
from sanlin.site.commands import backup

from . import running

CLEARED = ("ballots_voter", "ballots_ballot", "ballots_trace")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web():
    """Everything is done under the service's role: its name."""
    name, password = f"web_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    kept = connection.settings_dict
    owner = {"USER": kept["USER"], "PASSWORD": kept["PASSWORD"]}
    told = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    code, said = running.run(
        "createuser --pwprompt sanlin_web",
        {"sanlin_web": name, "sanlin": kept["NAME"]},
        {ours: str(kept[theirs]) for ours, theirs in told.items()},
        typed=f"{password}\n{password}\n",
    )
    assert code == 0, said
    connection.close()
    kept.update(USER=name, PASSWORD=password)
    try:
        yield name
    finally:
        connection.close()
        kept.update(owner)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {name}")
            cursor.execute(f"DROP ROLE {name}")
            for table in CLEARED:
                cursor.execute(
                    f"ALTER TABLE {table} RESET "
                    "(autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor)"
                )


def asked(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def refused(sql, kind=errors.InsufficientPrivilege):
    with pytest.raises(DatabaseError) as error, connection.cursor() as cursor:
        cursor.execute(sql)
    assert isinstance(error.value.__cause__, kind), (sql, error.value)


def guarded():
    """The tables to which lines are added only, by their triggers."""
    found = asked(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = 'append_only'::regproc"
    )
    return sorted(table for (table,) in found)


def worked():
    """A vote with a change, a check, a close and a count, and an instalment of two officers."""
    vote = opened(voters=3, vote__revote=True)
    one, two, three = vote.proposals
    told = {"now": NOW}
    for who, picked in ((0, one), (1, two), (0, three)):
        actions.cast(vote.fresh(), [picked.pk], by=vote.voters[who], **told)
    actions.spoil(vote.fresh(), [one.pk], by=vote.voters[2], seed=lots.new_secret(), **told)
    close(vote)
    counted(vote.fresh(), vote.after)
    pay(project("running"), "first")
    return vote


if connection.vendor == "postgresql":

    def test_under_its_role_the_service_does_its_work(web, tmp_path, capsys):
        vote = worked()
        assert asked("SELECT current_user") == [(web,)]
        tally = queries.votes(vote.fresh())
        assert [tally[one.pk] for one in vote.proposals] == [0, 1, 1]
        assert [wrong_books(fund) for fund in Fund.objects.all()] == [[]]
        client = Client()
        client.force_login(vote.officer)
        page = client.get(reverse("ballots:vote", args=[vote.round.pk]))
        assert page.status_code == 200
        wanted = argparse.Namespace(folder=tmp_path, no_keys=True)
        assert backup.run(wanted) == 0
        assert "read again" in capsys.readouterr().out
        assert [words for log in Log.objects.all() for words in faults(log)] == []

    def test_the_role_rewrites_nothing_that_is_added_only(web):
        worked()
        lines = Entry.objects.count()
        tables = guarded()
        kept_back = asked(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace AND NOT has_table_privilege(oid, 'UPDATE')"
        )
        assert sorted(table for (table,) in kept_back) == tables
        for table in tables:
            (column,) = asked(
                f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass "
                "AND attnum = 1"
            )[0]
            refused(f"UPDATE {table} SET {column} = {column}")
            refused(f"DELETE FROM {table}")
            refused(f"TRUNCATE {table}")
            refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            refused(f"DROP TRIGGER {table}_append_only ON {table}")
            refused(f"DROP TABLE {table}")
        for table in ("journal_log", "rounds_round", "ballots_roll"):
            refused(f"DELETE FROM {table}")
            refused(f"TRUNCATE {table} CASCADE")
        refused("UPDATE journal_log SET size = size - 1", errors.IntegrityError)
        refused("UPDATE rounds_round SET pack_text = ''", errors.CheckViolation)
        assert Entry.objects.count() == lines > 0

    def test_the_role_gives_itself_no_right(web):
        (database,) = asked("SELECT current_database()")[0]
        (owner,) = asked("SELECT tableowner FROM pg_tables WHERE tablename = 'journal_entry'")[0]
        for sql in (
            f"SET ROLE {owner}",
            f"SET SESSION AUTHORIZATION {owner}",
            f"GRANT {owner} TO {web}",
            f"ALTER ROLE {web} SUPERUSER",
            f"ALTER TABLE journal_entry OWNER TO {web}",
            "SET session_replication_role = replica",
            "CREATE TABLE public.journal_entry_2 (id int)",
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NEW; END'",
            "DROP FUNCTION append_only() CASCADE",
            "COPY journal_entry TO PROGRAM 'cat'",
            "SELECT pg_read_file('postgresql.conf')",
            f"ALTER DATABASE {database} SET session_replication_role = replica",
        ):
            refused(sql)
        # A right that it may not hand out is not handed out: the database only warns.
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT UPDATE ON journal_entry TO {web}")
        refused("UPDATE journal_entry SET body = ''")

    def test_what_ballots_were_is_cleared_away_by_the_database_itself(web):
        found = asked("SELECT relname FROM pg_class WHERE reloptions::text LIKE '%threshold=0%'")
        assert sorted(name for (name,) in found) == sorted(CLEARED)
