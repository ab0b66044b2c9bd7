"""One award and why; objections to it, and their answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.govern.awards import actions, rules, stages
from sanlin.govern.awards.forms import AnswerForm, ObjectionForm
from sanlin.govern.awards.models import Award, Objection
from sanlin.govern.awards.queries import dependent, explain
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.verdict import ALLOWED, Verdict
from sanlin.kernel.reason import written as figure

ROUND = ("street",)
AWARD = ("decision__round__street", "proposal__team", "proposal__neighbourhood")


def can_see_award(who: Any, award: Award, *, now: Any) -> Verdict:
    """An award is public once its decision is; before that officers see it."""
    return rules.can_see_decision(who, award.decision, now=now)


@gate(can_see_award, Award, having=AWARD)
def award(request: Request, award: Award) -> HttpResponse:
    """One proposal's outcome: why, by how much, and what would have been enough."""
    rows = award.decision.awards.select_related("proposal")
    titles = {row.proposal_id: row.proposal.title for row in rows}
    round = award.decision.round
    page = {
        "award": award,
        "round": round,
        "why": explain(award, round.rules, titles),
        "score": figure(award.score),
        "tier": next((t.name for t in round.rules.tiers if t.key == award.tier), ""),
        "can_object": rules.can_object(request.by, award, now=request.now),
        "can_promote": rules.can_promote(request.by, award, now=request.now),
        "officer": bool(can_run(request.by, round, now=request.now)),
        "reserve": award.stage == stages.RESERVE,
        "objections": award.objections.order_by("filed_at"),
    }
    return render(request, "awards/award.html", page)


@gate(rules.can_object, Award, having=AWARD)
def object_to(request: Request, award: Award) -> HttpResponse:
    form = ObjectionForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    told = sent and form.cleaned_data["text"]
    if sent and (filed := done(request, form, actions.object_to, award, told)):
        words = _("异议已收到，编号%(number)s，答复前不会与该团队签约")
        messages.success(request, words % {"number": filed.number})
        return redirect("awards:award", pk=award.pk)
    return render(request, "awards/object.html", {"form": form, "award": award})


def can_handle_award(who: Any, award: Award, *, now: Any) -> Verdict:
    return can_run(who, award.decision.round, now=now)


@gate(can_handle_award, Award, having=AWARD)
@require_POST
def promote(request: Request, award: Award) -> HttpResponse:
    where = reverse("awards:award", args=[award.pk])
    return press(request, where, _("已递补，并发布补充公示"), actions.promote, award)


@gate(rules.can_see_objections, Round, having=ROUND)
def objections(request: Request, round: Round) -> HttpResponse:
    """Every objection of the round, the open ones first."""
    rows = Objection.objects.filter(award__decision__round=round).select_related(
        "award__proposal", "notice"
    )
    ordered = sorted(rows, key=lambda row: (row.stage != stages.OPEN, row.due, row.pk))
    return render(request, "awards/objections.html", {"round": round, "rows": ordered})


def can_see_objection(who: Any, objection: Objection, *, now: Any) -> Verdict:
    """Its author, and officers of the round."""
    if who.is_authenticated and objection.account_id == who.pk:
        return ALLOWED
    return can_run(who, objection.award.decision.round, now=now)


@gate(can_see_objection, Objection, having=("award__decision__round__street", "award__proposal"))
def answer(request: Request, objection: Objection) -> HttpResponse:
    """Read one objection; an officer answers it."""
    may = rules.can_answer(request.by, objection, now=request.now)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        upheld = said["verdict"] == "uphold"
        verb = actions.uphold if upheld else actions.reject
        told = (said["answer"], said["grant"]) if upheld else (said["answer"],)
        if done(request, form, verb, objection, *told):
            messages.success(request, _("已答复，答复已公布"))
            return redirect("awards:objections", pk=objection.award.decision.round_id)
    page = {
        "objection": objection,
        "form": form,
        "may": may,
        "dependent": dependent(objection.award),
    }
    return render(request, "awards/objection.html", page)
