"""A task is done once, by one worker, survives the worker's end, and says truly what came of it."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from sanlin.ground.accounts.models import Account
from sanlin.ground.tasks import actions, stages
from sanlin.ground.tasks.jobs import forget_files
from sanlin.ground.tasks.models import Task
from sanlin.ground.verdict import Refused

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def who(db):
    return Account.objects.create_user("zhou", "a-good-password", name="周敏")


def order(who, n=1, work="write", now=NOW):
    return actions.order(work, {"n": n}, f"第{n}份", "/desk/", by=who, now=now)


def write(task, where, beat):
    for done in range(3):
        beat(done, 3)
    where.write_bytes(b"paper")
    return "paper.txt"


def do(works=None, now=NOW):
    return actions.do_one(works or {"write": write}, clock=lambda: now)


def test_what_is_ordered_is_done_and_only_its_owner_takes_it(who):
    task = order(who)
    assert (task.stage, do().stage, do()) == (stages.QUEUED, stages.DONE, None)
    done = Task.objects.get()
    assert (done.name, done.size, done.tries) == ("paper.txt", 5, 1)
    assert done.digest == hashlib.sha256(b"paper").hexdigest()
    other = Account.objects.create_user("li", "a-good-password", name="李秀英")
    mine, hers = Client(), Client()
    mine.force_login(who)
    hers.force_login(other)
    where = reverse("tasks:file", args=[done.pk])
    answer = mine.get(where)
    assert b"".join(answer.streaming_content) == b"paper"
    assert answer["Content-Disposition"] == 'attachment; filename="paper.txt"'
    assert hers.get(where).status_code == 403
    assert Client().get(where).status_code == 302


def test_the_same_wish_waits_once_and_another_beside_it(who):
    assert order(who).pk == order(who).pk != order(who, 2).pk
    do()
    assert order(who).pk not in set(
        Task.objects.filter(stage=stages.DONE).values_list("pk", flat=True)
    )


def test_nobody_keeps_everybody_waiting(who):
    for n in range(5):
        order(who, n)
    with pytest.raises(Refused, match="5项任务"):
        order(who, 9)


def test_a_refusal_is_told_in_its_own_words_and_an_error_is_not_hidden(who, caplog, tmp_path):
    def refuse(task, where, beat):
        raise Refused("这个项目已经终止")

    def break_down(task, where, beat):
        where.write_bytes(b"half")
        raise ZeroDivisionError

    order(who)
    assert do({"write": refuse}).error == "这个项目已经终止"
    order(who)
    failed = do({"write": break_down})
    assert (failed.stage, f"任务{failed.pk}" in failed.error) == (stages.FAILED, True)
    assert "ZeroDivisionError" in caplog.text
    assert [path for path in (tmp_path / "made").rglob("*") if path.is_file()] == []
    again = actions.repeat(failed, by=who, now=NOW)
    assert (again.pk != failed.pk, do().stage) == (True, stages.DONE)


def test_a_disk_that_cannot_be_written_to_fails_the_task_and_not_the_worker(who, caplog, tmp_path):
    (tmp_path / "made").write_bytes(b"")  # where the folder should be
    order(who)
    failed = do()
    assert (failed.stage, f"任务{failed.pk}" in failed.error) == (stages.FAILED, True)
    assert "Error" in caplog.text
    (tmp_path / "made").unlink()
    actions.repeat(failed, by=who, now=NOW)
    assert do().stage == stages.DONE


def test_a_worker_that_is_gone_loses_its_task_after_the_lease(who):
    order(who)
    first = actions.take("one", now=NOW)
    assert actions.take("two", now=NOW + timedelta(minutes=1)) is None
    second = actions.take("two", now=NOW + timedelta(minutes=3))
    assert (second.pk, second.tries, second.worker) == (first.pk, 2, "two")
    with pytest.raises(actions.Lost):  # the first was only slow
        actions.Beat(first, lambda: NOW + timedelta(minutes=3))(1, 2)
    actions.take("three", now=NOW + timedelta(minutes=9))
    assert actions.take("four", now=NOW + timedelta(minutes=19)) is None
    gone = Task.objects.get()
    assert (gone.stage, "3次" in gone.error) == (stages.FAILED, True)


def test_a_heartbeat_keeps_the_task(who):
    order(who)
    task = actions.take("one", now=NOW)
    late = NOW + timedelta(minutes=1, seconds=50)
    actions.Beat(task, lambda: late)(4, 9)
    assert actions.take("two", now=NOW + timedelta(minutes=3)) is None
    assert Task.objects.values_list("done", "total").get() == (4, 9)


def test_a_worker_that_is_asked_to_end_puts_its_task_back(who):
    def stop(task, where, beat):
        raise SystemExit(143)

    order(who)
    with pytest.raises(SystemExit):
        do({"write": stop})
    assert Task.objects.values_list("stage", "tries", "worker").get() == (stages.QUEUED, 0, "")
    assert do().stage == stages.DONE


def test_a_file_goes_after_a_week_and_can_be_made_again(who, client):
    order(who)
    done = do()
    assert (forget_files(now=NOW + timedelta(days=6)), done.path.exists()) == (0, True)
    assert (forget_files(now=NOW + timedelta(days=8)), done.path.exists()) == (1, False)
    client.force_login(who)
    page = client.get(reverse("tasks:file", args=[done.pk]), follow=True)
    assert "已经清理" in page.content.decode()
    client.post(reverse("tasks:again", args=[done.pk]))
    assert Task.objects.filter(stage=stages.QUEUED).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_little_and_need_no_script(who, client, count, django_assert_num_queries):
    for n in range(count):
        order(who, n)
    client.force_login(who)
    client.get(reverse("tasks:mine"))
    with django_assert_num_queries(4):  # session and account, posts of the frame, tasks
        page = client.get(reverse("tasks:mine")).content.decode()
    assert page.count("排队中") == count
    last = Task.objects.order_by("-pk")[0]
    with django_assert_num_queries(5):  # and how many are ahead
        page = client.get(reverse("tasks:task", args=[last.pk])).content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page
    part = client.get(reverse("tasks:task", args=[last.pk]), headers={"HX-Request": "true"})
    assert part.content.decode().startswith('<div id="task"')


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_takes_a_task():
    who = Account.objects.create_user("zhou", "a-good-password", name="周敏")
    for n in range(3):
        order(who, n)
    taken, gate = [], threading.Barrier(6)

    def work(n):
        gate.wait()
        while (task := actions.take(f"worker {n}", now=NOW)) is not None:
            taken.append(task.pk)
        connection.close()

    hands = [threading.Thread(target=work, args=[n]) for n in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(taken) == sorted(Task.objects.values_list("pk", flat=True))
    assert set(Task.objects.values_list("tries", flat=True)) == {1}
