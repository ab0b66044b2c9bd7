"""Proposals that exclude or need one another, as the officers name them before the count."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.govern.awards import actions, rules
from sanlin.govern.awards.forms import PremiseForm, RivalsForm
from sanlin.govern.proposals.models import Premise, Rivals
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.verdict import Verdict

ROUND = ("street",)


@gate(can_run, Round, having=ROUND)
def rivals(request: Request, round: Round) -> HttpResponse:
    """Groups of proposals of which one at most may be funded."""
    form = RivalsForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        chosen, reason = form.cleaned_data["proposals"], form.cleaned_data["reason"]
        if done(request, form, actions.name_rivals, round, list(chosen), reason):
            messages.success(request, _("已指定互斥项目"))
            return redirect("awards:rivals", pk=round.pk)
    groups = Rivals.objects.filter(round=round).prefetch_related("proposals").order_by("pk")
    page = {
        "round": round,
        "form": form,
        "groups": groups,
        "can_name": rules.can_name_rivals(request.by, round, now=request.now),
    }
    return render(request, "awards/rivals.html", page)


def can_see_rivals(who: Any, group: Rivals, *, now: Any) -> Verdict:
    return can_run(who, group.round, now=now)


@gate(can_see_rivals, Rivals, having=("round__street",))
@require_POST
def drop_rivals(request: Request, group: Rivals) -> HttpResponse:
    where = reverse("awards:rivals", args=[group.round_id])
    return press(request, where, _("已取消互斥"), actions.drop_rivals, group)


@gate(can_run, Round, having=ROUND)
def premises(request: Request, round: Round) -> HttpResponse:
    """Proposals that may be funded only where another one is."""
    form = PremiseForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        told = (form.cleaned_data[name] for name in ("proposal", "needs", "reason"))
        if done(request, form, actions.name_premise, *told):
            messages.success(request, _("已指定前提项目"))
            return redirect("awards:premises", pk=round.pk)
    rows = Premise.objects.filter(round=round).select_related("proposal", "needs")
    page = {
        "round": round,
        "form": form,
        "rows": rows.order_by("proposal__number", "needs__number"),
        "can_name": rules.can_name_premise(request.by, round, now=request.now),
    }
    return render(request, "awards/premises.html", page)


def can_see_premise(who: Any, premise: Premise, *, now: Any) -> Verdict:
    return can_run(who, premise.round, now=now)


@gate(can_see_premise, Premise, having=("round__street",))
@require_POST
def drop_premise(request: Request, premise: Premise) -> HttpResponse:
    where = reverse("awards:premises", args=[premise.round_id])
    return press(request, where, _("已取消前提"), actions.drop_premise, premise)
