from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.ground.verdict import ALLOWED, Verdict, denied

from . import stages
from .models import Task

MOST_WAITING = 5


def can_list(who: Any, *, now: datetime) -> Verdict:
    """Everybody her own; through a hand at the desk nobody."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    return ALLOWED if who.hand is None else denied(_("代办期间不能制作或下载文件"))


def can_see(who: Any, task: Task, *, now: datetime) -> Verdict:
    """Whoever asked for it: the file was made for her eyes."""
    if not (verdict := can_list(who, now=now)):
        return verdict
    return ALLOWED if task.by_id == who.pk else denied(_("只有申请人可以查看这项任务"))


def can_repeat(who: Any, task: Task, *, now: datetime) -> Verdict:
    """What failed or is gone may be asked for again; what is there already may be taken."""
    if not (verdict := can_see(who, task, now=now)):
        return verdict
    if task.stage in stages.WAITING:
        return denied(_("这项任务还在制作，请稍候"))
    return ALLOWED


def can_order(who: Any, *, now: datetime) -> Verdict:
    """A few at a time, so that one person's wishes do not keep everybody waiting."""
    if not (verdict := can_list(who, now=now)):
        return verdict
    if Task.objects.filter(by=who, stage__in=stages.WAITING).count() >= MOST_WAITING:
        return denied(_("您已有%(n)s项任务在排队，请等它们完成") % {"n": MOST_WAITING})
    return ALLOWED
