"""A small round of a project's own: begun by an officer, or asked for by the team's leader."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.commons.orgs.rules import leads
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.forms import ChildForm, LeastForm, ReasonForm
from sanlin.govern.projects.models import ChildRequest, ChildRound, Project
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.verdict import Verdict

from .acting import REQUEST_TONES, WHOLE, through

CALL_DAYS = 14
LEAST = 10  # 母项目 in Chengdu pass their money on to ten groups at least


@gate(rules.can_handle, Project, having=WHOLE)
def open_child(request: Request, project: Project) -> HttpResponse:
    """Open a small round for groups of a running project: money, how many must ask, how much for one,
    who decides, until when. All else has a value that can be looked at before it opens."""
    form, page = _answering(request, project, None)
    if request.method == "POST" and form.is_valid():
        made = done(request, form, actions.open_child, project, form.answers())
        if made:
            messages.success(request, _("子项目轮次已建好，核对后即可公布并开始征集"))
            return redirect("rounds:open", pk=made.round_id)
    page["may"] = rules.can_open_child(request.by, project, now=request.now)
    page["asked"] = rules.request_of(project)
    return render(request, "projects/open_child.html", page)


def can_lead(who: Any, project: Project, *, now: Any) -> Verdict:
    return leads(who, project.team, now=now)


@gate(can_lead, Project, having=WHOLE)
def ask_child(request: Request, project: Project) -> HttpResponse:
    """The same questions for the team's leader, who keeps her answers as a draft and sends them to the
    street."""
    asked = rules.request_of(project)
    form, page = _answering(request, project, asked)
    if request.method == "POST" and form.is_valid():
        send = "keep" not in request.POST
        made = done(request, form, actions.ask_child, project, form.answers(), send=send)
        if made and send:
            messages.success(request, _("已送到街道，街道同意后开始征集"))
            return redirect("projects:child_request", pk=made.pk)
        if made:
            messages.success(request, _("草稿已保存，还没有送到街道"))
            return redirect("projects:ask_child", pk=project.pk)
    page["may"] = rules.can_ask_child(request.by, project, asked, now=request.now)
    page["asked"] = asked
    return render(request, "projects/ask_child.html", page)


def _answering(
    request: Request, project: Project, asked: ChildRequest | None
) -> tuple[ChildForm, dict[str, Any]]:
    """The questions, with what was answered before or what is proposed, and what a page shows of them."""
    money = rules.flows(project)
    heads = queries.by_head(project, money)
    initial = vars(rules.answers_of(asked)) if asked else _proposed(project, heads, request)
    form = ChildForm(
        request.POST or None,
        project=project,
        money=money,
        now=request.now,
        keeps="keep" in request.POST,
        initial=initial,
    )
    page = {"project": project, "form": form, "heads": heads, "in_hand": max(money.in_hand, 0)}
    return form, page


def _proposed(project: Project, heads: Any, request: Request) -> dict[str, Any]:
    """What stands in the form before anybody types."""
    most = max(heads, key=lambda head: head.left, default=None)
    return {
        "name": _("%(project)s子项目") % {"project": project.undertaking.title},
        "head": most.rule.key if most else "",
        "least": LEAST,
        "decides": "score",
        "calls": local_day(request.now) + timedelta(days=CALL_DAYS),
        "ends": project.undertaking.ends,
    }


@gate(
    rules.can_see_request,
    ChildRequest,
    having=(*through("project"), "by", "decided_by", "child__round"),
)
def child_request(request: Request, asked: ChildRequest) -> HttpResponse:
    """What a team asks for, beside what its project still has; an officer opens the round or returns
    the request, the leader takes it back."""
    project, here = asked.project, reverse("projects:child_request", args=[asked.pk])
    form = ReasonForm(request.POST if request.POST.get("verb") == "return" else None)
    if request.method == "POST":
        verb = request.POST.get("verb")
        if verb == "withdraw":
            where = reverse("projects:ask_child", args=[project.pk])
            words = _("申请已撤回，改好以后再送")
            return press(request, where, words, actions.withdraw_request, asked)
        if verb == "open":
            words = _("轮次草稿已建好，核对后即可公布并开始征集")
            return press(request, here, words, actions.open_request, asked)
        if form.is_valid() and done(
            request, form, actions.return_request, asked, form.cleaned_data["reason"]
        ):
            messages.success(request, _("已退回团队修改"))
            return redirect(here)
    answers, waits = rules.answers_of(asked), asked.stage == stages.ASKED
    money = rules.flows(project)
    decide = rules.can_decide_request(request.by, asked, now=request.now)
    page = {
        "asked": asked,
        "tone": REQUEST_TONES[asked.stage],
        "project": project,
        "heads": queries.by_head(project, money),
        "in_hand": max(money.in_hand, 0),
        "head": next(
            (h.name for h in project.round.rules.heads if h.key == asked.head), asked.head
        ),
        "decides": dict(ChildForm.base_fields["decides"].choices)[asked.decides],  # type: ignore[attr-defined]
        "faults": list(rules.child_faults(project, answers, now=request.now, money=money).values())
        if waits
        else [],
        "can_decide": decide,
        "can_open": decide and rules.can_open_child(request.by, project, now=request.now),
        "can_withdraw": rules.can_withdraw_request(request.by, asked, now=request.now),
        "can_change": asked.stage in stages.WITH_TEAM
        and rules.can_ask_child(request.by, project, asked, now=request.now),
        "officer": bool(can_run(request.by, project.round, now=request.now)),
        "form": form,
    }
    return render(request, "projects/child_request.html", page)


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
