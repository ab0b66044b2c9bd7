"""Threads that write at one moment: one of them for all, each answered after, none spoilt by another."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, connections, transaction

from sanlin.ground.clock import now
from sanlin.ground.prepared import Add
from sanlin.ground.together import MOST, Together

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = Add(Session)


class Line:
    """A line whose first work begins when `size` have come; `groups` is what was taken together."""

    def __init__(self, work, size):
        self.real, self.groups = work, []
        self.together = Together(self.work)
        self.together._last, self.together._took = size, 1e6

    def work(self, asked):
        self.groups.append(asked)
        return self.real(asked)

    def all_at_once(self, asked):
        """The answers, or what each met."""

        def one(thing):
            try:
                return self.together.do(thing)
            except (DatabaseError, OSError) as error:
                return type(error)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(asked)) as pool:
            return list(pool.map(one, asked))


def written(keys):
    """Each key as a row; what begins with x is left out."""
    with transaction.atomic():
        kept = [key for key in keys if not key.startswith("x")]
        ROWS.rows([Session(session_key=key, session_data="", expire_date=now()) for key in kept])
    return [key if key in kept else None for key in keys]


def kept():
    return set(Session.objects.values_list("pk", flat=True))


def test_one_writes_for_all_who_came_and_everybody_is_answered_with_her_own():
    keys = [f"k{n}" for n in range(6)]
    line = Line(written, len(keys))
    assert line.all_at_once(keys) == keys
    assert [set(group) for group in line.groups] == [set(keys)]
    assert kept() == set(keys)
    assert (line.together._line, line.together._busy) == ([], False)
    assert line.together.do("later") == "later"


def test_what_is_left_out_leaves_the_others():
    line = Line(written, 3)
    assert line.all_at_once(["k1", "x", "k2"]) == ["k1", None, "k2"]
    assert kept() == {"k1", "k2"}


def test_where_the_work_fails_each_is_done_alone_and_meets_her_own_error():
    Session.objects.create(session_key="taken", session_data="", expire_date=now())
    line = Line(written, 3)
    assert line.all_at_once(["k1", "taken", "k2"]) == ["k1", IntegrityError, "k2"]
    assert sorted(map(len, line.groups)) == [1, 1, 1, 3]
    assert kept() == {"taken", "k1", "k2"}
    assert (line.together._line, line.together._busy) == ([], False)
    assert line.all_at_once(["k3"]) == ["k3"]


def test_who_is_alone_and_fails_is_done_once_and_the_line_goes_on():
    tried = []

    def work(keys):
        tried.append(keys)
        if keys == ["bad"]:
            raise OSError
        return written(keys)

    line = Line(work, 1)
    assert line.all_at_once(["bad"]) == [OSError]
    assert tried == [["bad"]]
    assert line.all_at_once(["k1"]) == ["k1"]


def test_who_comes_alone_after_many_waits_a_moment_and_the_next_one_does_not():
    line = Line(written, 3)
    assert line.all_at_once(["k1", "k2", "k3"]) == ["k1", "k2", "k3"]
    line.together._took = 0.01
    assert line.all_at_once(["k4"]) == ["k4"]
    assert line.together._last == 1
    line.together._took = 1e6  # who is expected has come: nobody is waited for
    assert line.all_at_once(["k5"]) == ["k5"]


def test_no_group_grows_without_end():
    keys = [f"k{n}" for n in range(MOST + 3)]
    line = Line(written, len(keys))
    assert line.all_at_once(keys) == keys
    assert sorted(map(len, line.groups)) == [3, MOST]
    assert kept() == set(keys)


def test_within_a_transaction_it_is_done_alone_as_a_part_of_it():
    line = Line(written, 3)
    with transaction.atomic():
        assert line.together.do("k") == "k"
        transaction.set_rollback(True)
    assert line.groups == [["k"]]
    assert kept() == set()
