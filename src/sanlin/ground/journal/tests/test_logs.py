"""The logs and their trees: what a verb appends, what is found when somebody edits the tables."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, connections, transaction

from sanlin.ground.journal.actions import deed, keep_checkpoint, pseudonym, record
from sanlin.ground.journal.models import HOUSE, Checkpoint, Entry, Log, told_in
from sanlin.ground.journal.queries import checkpoints, consistency, faults, leaves, lines
from sanlin.ground.verdict import Refused
from sanlin.kernel.record import checkpoint, tree

Account = get_user_model()
NOW = datetime(2024, 4, 10, 2, tzinfo=UTC)


@pytest.fixture
def li(db):
    return Account.objects.create_user("li", name="李秀英")


@deed("test.tell")
def tell(account, *logs, by, now):
    for log in logs or (HOUSE,):
        record(account, log, by=by, now=now, n=len(logs))
    return account


@deed("test.fix", checkpoint="定下")
def fix(account, log, *, by, now):
    record(account, log, by=by, now=now)
    return account


@deed("test.both")
def both(account, *, by, now):
    """A verb that goes on although one below it was refused."""
    tell(account, by=by, now=now)
    try:
        refused(account, by=by, now=now)
    except Refused:
        record(account, by=by, now=now, refused=1)
    return account


@deed("test.refused")
def refused(account, *, by, now):
    record(account, by=by, now=now)
    raise Refused("nein")


def sound(log):
    """The log checks, and its row is the tree over its lines."""
    row = Log.objects.get(pk=log)
    assert list(faults(row)) == []
    assert row.head.root == tree.root_of(leaves(log))
    return row


def test_each_log_counts_for_itself_and_its_row_is_its_tree(li):
    for n in range(5):
        tell(li, *["round/7", HOUSE, "round/7"][n % 2 :], by=li, now=NOW)
    assert [(log.pk, log.size) for log in Log.objects.order_by("pk")] == [
        ("house", 5),
        ("round/7", 8),
    ]
    assert list(Entry.objects.order_by("pk").values_list("log", "seq")) == [
        *(("house", n) for n in range(5)),
        *(("round/7", n) for n in range(8)),
    ]
    assert sound("round/7").origin == "127.0.0.1/round/7"
    assert sound(HOUSE).size == 5


def test_a_row_says_in_which_log_its_lines_stand(li):
    class Thing:
        log = told_in("round", "roll.round_id")
        roll = type("Roll", (), {"round_id": 7})()

    assert Thing().log == "round/7"
    assert not hasattr(li, "log")


def test_a_person_is_one_in_a_log_and_another_in_the_next(li):
    tell(li, "round/7", HOUSE, "round/7", by=li, now=NOW)
    house, first, second = (
        json.loads(line)["by"] for log in (HOUSE, "round/7") for line in lines(log)
    )
    assert first == second == pseudonym("round/7", li.pk)
    assert house != first
    assert len(first) == 12


def test_an_account_among_the_data_goes_in_by_its_pseudonym(li):
    @deed("test.name")
    def name(account, *, by, now):
        record(account, by=by, now=now, leader=account, none=None)
        return account

    name(li, by=None, now=NOW)
    data = json.loads(next(lines(HOUSE)))["data"]
    assert data == {"leader": pseudonym(HOUSE, li.pk), "none": None}


def test_a_refused_verb_within_another_leaves_no_line(li):
    both(li, by=li, now=NOW)
    assert [(e.deed, e.told["data"]) for e in Entry.objects.order_by("pk")] == [
        ("test.tell", {"n": 0}),
        ("test.both", {"refused": 1}),
    ]
    with pytest.raises(Refused):
        refused(li, by=li, now=NOW)
    assert sound(HOUSE).size == 2


def test_a_checkpoint_is_taken_by_the_verb_that_asks_for_one(li):
    tell(li, "round/7", by=li, now=NOW)
    fix(li, "round/7", by=li, now=NOW)
    row = Checkpoint.objects.get()
    assert (row.log_id, row.size, row.why, row.at) == ("round/7", 2, "test.fix", NOW)
    assert checkpoints("round/7") == [sound("round/7").head]


def test_the_clock_s_hand_takes_one_where_the_log_has_grown(li):
    tell(li, by=li, now=NOW)
    assert keep_checkpoint(HOUSE, now=NOW)
    assert not keep_checkpoint(HOUSE, now=NOW + timedelta(days=1))
    for _ in range(3):
        tell(li, by=li, now=NOW)
    assert keep_checkpoint(HOUSE, now=NOW + timedelta(days=2))
    old, new = checkpoints(HOUSE)
    assert (old.size, new.size) == (1, 4)
    proof = consistency(HOUSE, old.size, new.size)
    assert tree.continues(old.root, old.size, new.root, new.size, proof)


def test_the_database_refuses_to_shrink_or_to_rename_a_log(li):
    fix(li, HOUSE, by=li, now=NOW)
    for act in (
        lambda: Log.objects.update(size=0),
        lambda: Log.objects.update(size=1, frontier=b""),
        lambda: Log.objects.update(size=9, origin="elsewhere"),
        lambda: Log.objects.filter(pk=HOUSE)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="a log only grows"), transaction.atomic():
            act()
    for act in (
        lambda: Checkpoint.objects.update(root=bytes(32)),
        lambda: Checkpoint.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            act()
    assert sound(HOUSE).size == 1


# --- somebody with the database in hand -----------------------------------------------------------


def below(sql, *values):
    """Past the ORM and past the triggers, as somebody does who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("journal_entry", "journal_checkpoint", "journal_log"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


@pytest.fixture
def kept(li):
    """A log of ten lines with a checkpoint at five and at ten."""
    for n in range(1, 11):
        (fix if n in {5, 10} else tell)(li, "round/7", by=li, now=NOW)
    return checkpoints("round/7")


def found(kept=()):
    return list(faults(Log.objects.get(pk="round/7"), list(kept)))


EDITED = b'{"at":"2024-04-10T02:00:00Z","by":null,"data":{},"deed":"test.tell","subject":"x:1"}'


def test_an_edited_line_is_found(kept):
    below("UPDATE journal_entry SET body = %s WHERE log = 'round/7' AND seq = 2", EDITED)
    assert found() == [
        "line 2: its body is not what was written",
        "the first 5 lines are not those of the checkpoint",
        "the first 10 lines are not those of the checkpoint",
        "the log says 10 lines and another tree than its 10 lines make",
    ]


def test_an_edited_line_is_found_although_its_hash_was_mended(kept):
    below(
        "UPDATE journal_entry SET body = %s, leaf = %s WHERE log = 'round/7' AND seq = 7",
        EDITED,
        tree.leaf(EDITED),
    )
    assert "the first 10 lines are not those of the checkpoint" in found()
    assert "the first 5 lines are not those of the checkpoint" not in found()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("deed", "test.other"),
        ("subject", "x:2"),
        ("stage", "won"),
        ("at", "2023-01-01 00:00:00+00"),
        ("by_id", None),
    ],
)
def test_an_edited_column_beside_the_line_is_found(kept, column, value):
    below(f"UPDATE journal_entry SET {column} = %s WHERE log = 'round/7' AND seq = 2", value)
    name = column.removesuffix("_id")
    assert found() == [f"line 2: its column {name} is not what its body says"]


@pytest.mark.parametrize("seq", [0, 2, 9])
def test_a_deleted_line_is_found(kept, seq):
    below("DELETE FROM journal_entry WHERE log = 'round/7' AND seq = %s", seq)
    assert found() != []
    if seq < 9:
        assert found()[0] == f"lines {seq} to {seq} are missing"


def test_an_edited_and_a_deleted_checkpoint(kept):
    below("UPDATE journal_checkpoint SET root = %s WHERE size = 5", bytes(32))
    assert found() == ["the first 5 lines are not those of the checkpoint"]
    below("UPDATE journal_checkpoint SET size = 11 WHERE size = 10")
    assert found()[-1] == "a checkpoint tells of 11 lines"
    below("DELETE FROM journal_checkpoint WHERE size = 5")
    assert "the first 5 lines are not those of the checkpoint" not in found()
    assert "the first 5 lines are not those of the checkpoint" in found(
        [checkpoint.Checkpoint(kept[0].origin, 5, bytes(32))]
    )


def test_whoever_rewrites_everything_is_found_by_what_a_witness_kept(li, kept):
    """The last three lines are taken away together with all that tells of them."""
    below("DELETE FROM journal_checkpoint WHERE size = 10")
    for seq in (7, 8, 9):
        below("DELETE FROM journal_entry WHERE log = 'round/7' AND seq = %s", seq)
    frontier = tree.pack(tree.frontier_of(leaves("round/7")))
    below("UPDATE journal_log SET size = 7, frontier = %s WHERE name = 'round/7'", frontier)
    assert found() == []
    assert found(kept) == ["a checkpoint tells of 10 lines"]


# --- many hands -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_verbs_that_write_into_two_logs_do_not_wait_for_each_other_in_a_circle():
    li = Account.objects.create_user("li", name="李秀英")
    errors, gate = [], threading.Barrier(6)

    def hand(n):
        gate.wait()
        try:
            for _ in range(12):
                logs = ("house", "round/7") if n % 2 else ("round/7", "house")
                tell(li, *logs, by=li, now=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (sound(HOUSE).size, sound("round/7").size) == (72, 72)


@pytest.mark.parametrize("before", [0, 30])
def test_a_line_costs_the_same_at_the_beginning_and_later(li, before, django_assert_num_queries):
    tell(li, by=li, now=NOW)
    for _ in range(before):
        tell(li, by=li, now=NOW)
    with django_assert_num_queries(5):  # savepoint, the log's row, line, frontier, savepoint
        tell(li, by=li, now=NOW)
