"""Asking for a task, and what its worker does with it. Every step is one conditional update."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import canonical, deed, record
from sanlin.ground.verdict import Refused, refusing, require

from . import rules, stages
from .models import Task

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
TRIES = 3
KEPT = timedelta(days=7)
A_BEAT = timedelta(seconds=1)  # how often at most progress is written down


class Lost(Exception):
    """Another worker has taken the task over; this one lets go of it."""


@dataclass
class Beat:
    """How a work tells how far it is: `beat(3, 10)`. Raises Lost where the task is no longer its own."""

    task: Task
    clock: Callable[[], datetime]
    told: datetime | None = None

    def __call__(self, done: int, total: int) -> None:
        now = self.clock()
        if self.told is not None and now - self.told < A_BEAT and done < total:
            return
        self.told = now
        if not _mine(self.task).update(done=done, total=total, lease=now + LEASE):
            raise Lost


# A work writes its file to `where` and returns the name under which it is downloaded (ASCII). It
# asks its own rule again: whoever ordered may have lost her post since. It may raise Refused.
Work = Callable[[Task, Path, Beat], str]


@deed("tasks.order")
def order(
    work: str, about: dict[str, Any], title: str, back: str, *, by: Account, now: datetime
) -> Task:
    """Put a task into the queue; one that waits already for the same thing is the answer."""
    mark = hashlib.sha256(canonical([work, about])).hexdigest()
    waiting = Task.objects.filter(by=by, work=work, mark=mark, stage__in=stages.WAITING).first()
    if waiting is not None:
        return waiting
    require(rules.can_order(by, now=now))
    with refusing(_("同样的任务刚刚已经申请")):
        task: Task = Task.objects.create(
            work=work,
            about=about,
            mark=mark,
            title=title[:160],
            back=back[:200],
            by=by,
            asked_at=now,
        )
    record(task, by=by, now=now, work=work, about=about)
    return task


@deed("tasks.repeat")
def repeat(task: Task, *, by: Account, now: datetime) -> Task:
    """The same again, as a task of its own."""
    require(rules.can_repeat(by, task, now=now))
    return order(task.work, task.about, task.title, task.back, by=by, now=now)


def take(worker: str, *, now: datetime) -> Task | None:
    """The oldest task that waits, now held by `worker` alone; None where none waits.

    A task whose worker has not been heard of within its lease waits again, three times at most.
    """
    free = Q(stage=stages.QUEUED) | Q(stage=stages.RUNNING, lease__lt=now)
    while (task := Task.objects.filter(free).order_by("pk").first()) is not None:
        same = Task.objects.filter(free, pk=task.pk, worker=task.worker, tries=task.tries)
        if task.tries >= TRIES:
            told = _("制作中断了%(n)s次，已停止；可以重新申请") % {"n": TRIES}
            same.update(stage=stages.FAILED, error=told, ended_at=now)
            continue
        held = {"stage": stages.RUNNING, "worker": worker, "lease": now + LEASE}
        if same.update(**held, tries=task.tries + 1, done=0, total=0):
            return Task.objects.select_related("by").get(pk=task.pk)
    return None


def _mine(task: Task) -> Any:
    return Task.objects.filter(pk=task.pk, stage=stages.RUNNING, worker=task.worker)


def do_one(works: Mapping[str, Work], *, clock: Callable[[], datetime]) -> Task | None:
    """Take one task and do it; None where none waits.

    A refusal is told in its own sentence; any other error is logged, and the sentence says so. What
    ends the worker itself (a signal) puts the task back and goes on up.
    """
    task = take(secrets.token_hex(16), now=clock())
    if task is None:
        return None
    file = secrets.token_hex(16)
    where = Task(file=file).path
    try:
        where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with override("zh-hans"):
            name = works[task.work](task, where, Beat(task, clock))
        told = {"file": file, "name": name, "size": where.stat().st_size, "digest": _digest(where)}
        now = clock()
        if not _mine(task).update(stage=stages.DONE, ended_at=now, **told):
            raise Lost
    except Lost:
        _drop(where)
    except Exception as error:
        _drop(where)
        _fail(task, error, now=clock())
    except BaseException:
        _drop(where)
        _mine(task).update(stage=stages.QUEUED, worker="", lease=None, tries=task.tries - 1)
        raise
    task.refresh_from_db()
    return task


def _fail(task: Task, error: Exception, *, now: datetime) -> None:
    if isinstance(error, Refused):
        said = str(error)
    else:
        log.exception("the task %s (%s) failed", task.pk, task.work)
        said = _("制作时出了错，已记入系统日志（任务%(n)s）；可以重试，仍不成功请联系管理人员") % {
            "n": task.pk
        }
    _mine(task).update(stage=stages.FAILED, error=said[:300], ended_at=now)


def _drop(where: Path) -> None:
    """Remove what was half made. A disk that refuses even that must not end the worker."""
    with suppress(OSError):
        where.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as body:
        return hashlib.file_digest(body, "sha256").hexdigest()


def expire(task: Task, *, now: datetime) -> bool:
    """Remove the file of a task that was done long ago; whether this call did."""
    old = Task.objects.filter(pk=task.pk, stage=stages.DONE, ended_at__lt=now - KEPT)
    if not old.update(stage=stages.GONE):
        return False
    task.path.unlink(missing_ok=True)
    return True
