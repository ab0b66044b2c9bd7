"""A small round of a project's own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sanlin.govern.projects import actions, queries, rules
from sanlin.govern.projects.actions.children import Child
from sanlin.govern.projects.forms import ChildForm
from sanlin.govern.projects.models import Project
from sanlin.govern.rounds.queries import packs
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done

from .acting import WHOLE


@gate(rules.can_handle, Project, having=WHOLE)
def open_child(request: Request, project: Project) -> HttpResponse:
    """Open a small round for groups of a running project: its pack, its pot, how many must ask."""
    today = local_day(request.now)
    choices = [(pack.id, pack.title) for pack in packs.in_force(today)]
    form = ChildForm(request.POST or None, project=project, packs=choices)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        text = packs.text_of(said.pop("pack"), today) or ""
        child = Child(**said, pack_text=text)
        if made := done(request, form, actions.open_child, project, child):
            messages.success(request, _("子项目轮次已建为草稿，请设定数值后开启征集"))
            return redirect("rounds:manage", pk=made.round_id)
    page = {
        "project": project,
        "form": form,
        "may": rules.can_open_child(request.by, project, now=request.now),
        "heads": queries.by_head(project, rules.flows(project)),
    }
    return render(request, "projects/open_child.html", page)
