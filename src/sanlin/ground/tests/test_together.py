"""Threads that write at one moment: one of them for all, each answered after, none spoilt by another."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction

from sanlin.ground.clock import now
from sanlin.ground.prepared import Add
from sanlin.ground.together import MOST, Together

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = Add(Session)


class Line:
    """A line whose first work begins when `size` have come; `groups` is what was taken together."""

    def __init__(self, work, size):
        self.real, self.size, self.groups = work, size, []
        self.together = Together(self.work)

    def work(self, take, **more):
        while len(self.together._line) < self.size:
            os.sched_yield()
        self.size = 0

        def taken():
            self.groups.append(take())
            return self.groups[-1]

        return self.real(taken, **more)

    def all_at_once(self, asked):
        def one(thing):
            try:
                return self.together.do(thing)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(asked)) as pool:
            return list(pool.map(one, asked))


def written(take):
    """Each key as a row; what begins with x is left out."""
    keys = take()
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


def test_a_work_that_fails_keeps_nothing_and_everybody_is_told_so():
    Session.objects.create(session_key="taken", session_data="", expire_date=now())
    line = Line(written, 3)
    assert line.all_at_once(["k1", "taken", "k2"]) == [None, None, None]
    assert kept() == {"taken"}
    assert line.all_at_once(["k1"]) == ["k1"]


def test_where_the_transaction_does_not_begin_each_hears_it_and_the_line_goes_on():
    broken = threading.Event()

    def work(take):
        if not broken.is_set():
            broken.set()
            raise OSError("the first does not even take")
        return written(take)

    line = Line(work, 4)
    keys = [f"k{n}" for n in range(4)]
    answers = line.all_at_once(keys)
    assert sorted(map(str, answers)).count("None") == 1
    assert kept() == set(filter(None, answers))
    assert len(kept()) == 3


def test_no_transaction_grows_without_end():
    keys = [f"k{n}" for n in range(MOST + 3)]
    line = Line(written, len(keys))
    assert line.all_at_once(keys) == keys
    assert sorted(map(len, line.groups)) == [3, MOST]
    assert kept() == set(keys)


def test_within_a_transaction_nobody_waits_for_others():
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        Together(written).do("k")
    assert not connection.in_atomic_block
