"""Giving up a vote whose box nobody can open: what it means, who asks, who agrees."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanlin.govern.ballots import actions, rules
from sanlin.govern.ballots.forms import VoidForm
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused

REFUSED = 422


@gate(rules.can_see_void, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: Request, round: Round) -> HttpResponse:
    """An officer asks with a reason, the administrator of the district agrees."""
    agrees = request.POST.get("verb") == "agree"
    form, fault = VoidForm(request.POST if request.POST and not agrees else None), ""
    told = {"by": request.by, "now": request.now, "key": request.key}
    try:
        if agrees:
            actions.agree_void(round, **told)
            messages.success(request, _("投票已经作废，本轮结束"))
            return redirect("ballots:void", pk=round.pk)
        if form.is_valid():
            actions.ask_void(round, form.cleaned_data["reason"], **told)
            messages.success(request, _("已经提出作废，等区管理员同意"))
            return redirect("ballots:void", pk=round.pk)
    except Refused as no:
        fault = str(no)
    context = {
        "round": round,
        "form": form,
        "fault": fault,
        "asked": rules.voiding_of(round),
        "can_ask": rules.can_ask_void(request.by, round, now=request.now),
        "can_agree": rules.can_agree_void(request.by, round, now=request.now),
    }
    return render(
        request, "ballots/void.html", context, status=REFUSED if fault or form.errors else 200
    )
