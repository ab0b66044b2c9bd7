"""A row goes along one arrow, once."""

from datetime import UTC, datetime

import pytest

from sanlin.ground.accounts.models import Account
from sanlin.ground.stage import advance
from sanlin.ground.tasks import stages
from sanlin.ground.tasks.models import Task
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)


@pytest.fixture
def task(db):
    by = Account.objects.create_user("zhou", "a-good-password", name="周敏")
    return Task.objects.create(work="write", about={}, mark="m", by=by, asked_at=NOW)


def test_a_row_goes_on_with_what_is_written_beside_it(task):
    assert advance(task, stages.TASK, "take", "taken", worker="one", lease=NOW) == stages.QUEUED
    assert (task.stage, task.worker) == (stages.RUNNING, "one")
    task.refresh_from_db()
    assert (task.stage, task.worker) == (stages.RUNNING, "one")


def test_who_comes_second_is_told_and_changes_nothing(task):
    late = Task.objects.get(pk=task.pk)
    advance(task, stages.TASK, "take", "taken", worker="one", lease=NOW)
    with pytest.raises(Refused, match="taken"):
        advance(late, stages.TASK, "take", "taken", worker="two", lease=NOW)
    assert (late.stage, late.worker) == (stages.QUEUED, "")
    assert Task.objects.get().worker == "one"


def test_there_is_no_way_but_the_table(task):
    with pytest.raises(NotNow):
        advance(task, stages.TASK, "finish", "taken")
    assert Task.objects.get().stage == stages.QUEUED
