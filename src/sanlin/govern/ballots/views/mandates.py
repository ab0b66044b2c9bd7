"""Asking somebody near to cast, and casting for whom one was asked by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanlin.govern.ballots import actions, rules
from sanlin.govern.ballots.forms import MandateForm
from sanlin.govern.ballots.models import Mandate
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.session import LENT
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press

View = Callable[..., HttpResponse]


def lent(view: View) -> View:
    """A page of the ballot: whoever has begun to use a mandate acts in its voter's name on it, for half
    an hour. A ballot that was looked at in one name is never cast in another: it is sealed to it."""

    @wraps(view)
    def seen(request: Request, **kwargs: Any) -> HttpResponse:
        if LENT in request.session and request.by is request.user:
            request.by = _voter(request, kwargs["pk"]) or request.by
        return view(request, **kwargs)

    return seen


def _voter(request: Request, round: int) -> Any:
    key, since = request.session[LENT]
    if request.now - datetime.fromisoformat(since) >= Mandate.LIFE:
        del request.session[LENT]
        return None
    rows = Mandate.objects.filter(pk=key, roll__round=round).select_related("person", "roll__round")
    mandate = rows.first()
    if mandate is None or not rules.can_use_mandate(request.user, mandate, now=request.now):
        return None
    person = mandate.person
    person.hand, person.hand_reason = request.user, str(_("受托代投"))  # type: ignore[assignment]  # signed in
    return person


@gate(rules.can_see_mandates, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: Request, round: Round) -> HttpResponse:
    """Whom I have asked, and who has asked me."""
    form = MandateForm(request.POST or None)
    if form.is_valid() and done(
        request, form, actions.give_mandate, round, form.cleaned_data["who"]
    ):
        messages.success(request, _("委托已经登记"))
        return redirect("ballots:mandate", pk=round.pk)
    asked = Mandate.objects.filter(
        roll__round=round, hand_id=request.by.pk, ended_at__isnull=True
    ).select_related("person")
    context = {
        "round": round,
        "form": form,
        "roll": rules.roll_of(round),
        "mine": rules.mandate_of(request.by, round),
        "can": rules.can_mandate(request.by, round, now=request.now),
        "asked": asked.order_by("pk") if request.by.hand is None else [],
        "open": rules.is_open(round, now=request.now),
    }
    status = 422 if form.is_bound else 200
    return render(request, "ballots/mandate.html", context, status=status)


@gate(rules.can_end_mandate, Mandate, having=("roll",))
@require_POST
def end(request: Request, mandate: Mandate) -> HttpResponse:
    """Take a mandate back."""
    where = reverse("ballots:mandate", args=[mandate.roll.round_id])
    return press(request, where, _("委托已经取消"), actions.end_mandate, mandate)


@gate(rules.can_use_mandate, Mandate, having=("roll__round", "person"))
@require_POST
def use(request: Request, mandate: Mandate) -> HttpResponse:
    """Begin to cast for whom one was asked by."""
    actions.use_mandate(mandate, by=request.by, now=request.now, key=request.key)
    request.session[LENT] = [mandate.pk, request.now.isoformat()]
    rotate_token(request)  # what is open in another tab was meant in one's own name
    messages.success(request, _("现在替委托人投票，30分钟后自动结束"))
    return redirect("ballots:booth", pk=mandate.roll.round_id)
