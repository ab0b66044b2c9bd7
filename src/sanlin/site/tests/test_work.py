"""The worker's command: it does what waits, says so, and knows every work that can be asked for."""

import argparse

import pytest

from sanlin.front.papers.actions import MADE
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.ground.tasks.actions import order
from sanlin.ground.tasks.models import Task
from sanlin.ground.verdict import Refused
from sanlin.site import jobs
from sanlin.site.commands import work

ONCE = argparse.Namespace(every=None)


def test_whatever_can_be_asked_for_can_be_done():
    assert {f"papers.{name}" for name in MADE} == set(jobs.WORKS)


@pytest.mark.django_db
def test_the_worker_does_everything_that_waits(settings, tmp_path, monkeypatch, capsys):
    settings.HOME = tmp_path

    def write(task, where, beat):
        if task.about["n"] == 2:
            raise Refused("没有这个项目")
        where.write_bytes(b"x")
        return "x.txt"

    monkeypatch.setattr(
        work, "signal", type("Deaf", (), {"signal": staticmethod(lambda *_: None), "SIGTERM": 15})
    )
    monkeypatch.setattr(jobs, "WORKS", {"write": write})
    who = Account.objects.create_user("zhou", "a-good-password", name="周敏")
    assert work.run(ONCE) == 0
    for n in (1, 2, 3):
        order("write", {"n": n}, f"{n}", "/", by=who, now=clock.now())
    assert work.run(ONCE) == 1
    assert list(Task.objects.order_by("pk").values_list("stage", flat=True)) == [
        "done",
        "failed",
        "done",
    ]
    assert capsys.readouterr().out.count("task ") == 3
