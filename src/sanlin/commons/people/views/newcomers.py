"""Somebody says herself that she lives here: first where, then who."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sanlin.commons.people import actions, queries, rules
from sanlin.commons.people.forms import RegisterForm
from sanlin.commons.places.models import Neighbourhood
from sanlin.ground.accounts import session
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused

MOST = 60  # neighbourhoods on one page; more are found by a part of their name


def _is_known(request: Request) -> bool:
    return bool(request.user.is_authenticated or session.proved(request))


@gate(rules.can_register)
@never_cache
def register(request: Request) -> HttpResponse:
    """Which neighbourhood. Whoever has not proved a phone does that first."""
    if not _is_known(request):
        return redirect("accounts:phone")
    part = request.GET.get("q", "").strip()[:60].replace("\x00", "")
    places = queries.open_to_newcomers(day=local_day(request.now), named=part)
    found = list(places[: MOST + 1])
    shown = {"places": found[:MOST], "part": part, "more": len(found) > MOST}
    return render(request, "people/register.html", shown)


@gate(rules.can_register)
@never_cache
def register_in(request: Request, place: int) -> HttpResponse:
    """Who, and which home; then signed in, and waiting for the committee."""
    if not _is_known(request):
        return redirect("accounts:phone")
    where: Neighbourhood | None = (
        queries.open_to_newcomers(day=local_day(request.now)).filter(pk=place).first()
    )
    if where is None:
        return redirect(settings.NEWCOMERS)
    known = request.user.is_authenticated
    form = RegisterForm(request.POST or None, place=where, known=known)
    if form.is_valid():
        try:
            return _registered(request, where, form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
    shown = {"form": form, "place": where, "phone": session.proved(request)}
    return render(request, "people/register_in.html", shown)


def _registered(request: Request, where: Neighbourhood, told: dict[str, Any]) -> HttpResponse:
    made = actions.register(
        where,
        name=told.get("name", ""),
        phone=session.proved(request).reveal(),
        home=told["home"],
        by=request.by if request.user.is_authenticated else None,
        now=request.now,
        key=request.key,
    )
    if not request.user.is_authenticated:
        backend = "django.contrib.auth.backends.ModelBackend"
        login(request, made.account, backend=backend)
    session.forget_proved(request)
    messages.success(request, _("已登记，等待居委核实。核实以前可以看，还不能投票和提案。"))
    return redirect("/")
