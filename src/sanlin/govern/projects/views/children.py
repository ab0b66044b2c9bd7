"""A small round of a project's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.govern.projects import actions, queries, rules
from sanlin.govern.projects.actions.children import Child
from sanlin.govern.projects.forms import ChildForm, LeastForm
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.rounds.models import read_pack
from sanlin.govern.rounds.queries import packs
from sanlin.govern.rounds.rules import lacking
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.words import day

from .acting import WHOLE, through

CALL_DAYS = 14
LEAST = 10  # 母项目 in Chengdu pass their money on to ten groups at least


@gate(rules.can_handle, Project, having=WHOLE)
def open_child(request: Request, project: Project) -> HttpResponse:
    """Open a small round for groups of a running project: money, how many must ask, how much for one,
    who decides, until when. All else has a value that can be looked at before it opens."""
    today = local_day(request.now)
    choices = [(pack.id, pack.title) for pack in packs.in_force(today)]
    heads = queries.by_head(project, rules.flows(project))
    form = ChildForm(
        request.POST or None,
        project=project,
        packs=choices,
        on=today,
        initial=_proposed(project, heads, today),
    )
    if request.method == "POST" and form.is_valid():
        child = _asked(form, project, request)
        if child and (made := done(request, form, actions.open_child, project, child)):
            if lacking(made.round, now=request.now):
                messages.success(request, _("子项目轮次已建为草稿，请设定数值后开启征集"))
                return redirect("rounds:draft", pk=made.round_id)
            messages.success(request, _("子项目轮次已建好，核对后即可公布并开始征集"))
            return redirect("rounds:open", pk=made.round_id)
    page = {
        "project": project,
        "form": form,
        "may": rules.can_open_child(request.by, project, now=request.now),
        "heads": heads,
    }
    return render(request, "projects/open_child.html", page)


def _proposed(project: Project, heads: Any, today: date) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    most = max(heads, key=lambda head: head.left, default=None)
    return {
        "name": _("%(project)s子项目") % {"project": project.undertaking.title},
        "head": most.rule.key if most else "",
        "least": LEAST,
        "decides": "score",
        "calls": today + timedelta(days=CALL_DAYS),
        "ends": project.undertaking.ends,
        "pack": queries.SMALL_PACK,
    }


def _asked(form: ChildForm, project: Project, request: Request) -> Child | None:
    """What was answered, as the verb takes it; None where the days do not suffice."""
    said = form.cleaned_data
    text = packs.text_of(said["pack"], local_day(request.now)) or ""
    pack = read_pack(text)
    values = queries.small_values(project.round, pack, cap=said["cap"], decides=said["decides"])
    try:
        spans = queries.small_spans(pack, values, said["calls"], said["ends"], now=request.now)
    except queries.TooShort as short:
        words = {"day": day(short.earliest)}
        form.add_error("ends", _("征集、决定和公示以后只剩几天，最早到%(day)s") % words)
        return None
    return Child(said["name"], text, said["head"], said["amount"], said["least"], values, spans)


@gate(rules.can_lower_least, ChildRound, having=("round", *through("project")))
@require_POST
def lower_least(request: Request, child: ChildRound) -> HttpResponse:
    """Fewer groups are enough."""
    form = LeastForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data["least"]
        if done(request, form, actions.lower_least, child, told):
            messages.success(request, _("已改为至少%(n)s个小组") % {"n": told})
    for words in form.errors.values():
        messages.warning(request, str(words[0]))
    return redirect("projects:desk", pk=child.project_id)
