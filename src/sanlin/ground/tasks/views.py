from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanlin.ground.gate import gate
from sanlin.ground.http import Request, ours
from sanlin.ground.verdict import Refused

from . import actions, rules, stages
from .models import Task

SHOWN = 50


@gate(rules.can_list)
@require_safe
def mine(request: Request) -> HttpResponse:
    """The files that I asked for, the newest first."""
    rows = Task.objects.filter(by=request.by)[:SHOWN]
    return render(request, "tasks/mine.html", {"tasks": rows})


@gate(rules.can_see, Task)
@require_safe
def task(request: Request, task: Task) -> HttpResponse:
    """How far it is: asks again by itself, with script or without, until it has ended."""
    page = {
        "task": task,
        "back": ours(task.back),
        "ahead": _ahead(task) if task.stage == stages.QUEUED else 0,
        "until": task.ended_at + actions.KEPT if task.ended_at else None,
    }
    template = "tasks/_task.html" if request.htmx else "tasks/task.html"  # type: ignore[attr-defined]
    return render(request, template, page)


def _ahead(task: Task) -> int:
    return Task.objects.filter(stage__in=stages.WAITING, pk__lt=task.pk).count()


@gate(rules.can_see, Task)
@require_safe
def file(request: Request, task: Task) -> HttpResponse:
    """The file itself, while it is kept."""
    try:
        if task.stage != stages.DONE:
            raise FileNotFoundError
        body = task.path.open("rb")
    except FileNotFoundError:
        messages.warning(request, _("文件已清理或还没有做好，可以重新制作"))
        return redirect("tasks:task", pk=task.pk)
    answer = FileResponse(body, as_attachment=True, filename=task.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return cast(HttpResponse, answer)


@gate(rules.can_see, Task)
@require_POST
def again(request: Request, task: Task) -> HttpResponse:
    """Ask for the same once more."""
    try:
        fresh = actions.repeat(task, by=request.by, now=request.now, key=request.key)
    except Refused as no:
        messages.error(request, str(no))
        return redirect("tasks:task", pk=task.pk)
    return redirect("tasks:task", pk=fresh.pk)
