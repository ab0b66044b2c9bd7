"""Papers that take a while: what will be made, one button, then the task's own page."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from sanlin.commons.places.models import Street
from sanlin.front.papers import actions, rules
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, ours
from sanlin.ground.ui.words import english
from sanlin.ground.verdict import Refused

WHOLE = ("round__street", "undertaking__organisation", "undertaking__neighbourhood", "award")
OF = {
    Project: ("archive", "certificate", "thanks"),
    Round: ("deck", "agreements", "archives"),
    Circle: ("circle",),
    Notice: ("notice",),
    Street: ("ledgers",),
}


def _make(request: Request, thing: Model, work: str, **more: Any) -> HttpResponse:
    """GET says what is made and whether it may be; POST asks for it."""
    if work not in OF[type(thing)]:
        raise Http404
    made = actions.MADE[work]
    may = made.rule(request.by, thing, now=request.now)
    refused = ""
    if request.method == "POST":
        try:
            site = request.build_absolute_uri("/")
            task = actions.ask(
                work, thing, site, by=request.by, now=request.now, key=request.key, **more
            )
        except Refused as no:
            refused = str(no)
        else:
            return redirect("tasks:task", pk=task.pk)
    page = {
        "made": made,
        "thing": thing,
        "may": may,
        "refused": refused,
        "back": ours(request.GET.get("back", "/")),
        "english": english(),
    }
    return render(request, "papers/make.html", page, status=409 if refused else 200)


@gate(rules.can_take, Project, having=WHOLE)
def of_project(request: Request, project: Project, work: str) -> HttpResponse:
    return _make(request, project, work)


@gate(rules.can_see_round, Round, having=("street",))
def of_round(request: Request, round: Round, work: str) -> HttpResponse:
    return _make(request, round, work)


@gate(rules.can_take_circle, Circle, having=("round__street",))
def of_circle(request: Request, circle: Circle, work: str) -> HttpResponse:
    return _make(request, circle, work)


@gate(rules.can_take_notice, Notice, having=("decision__round__street",))
def of_notice(request: Request, notice: Notice, work: str) -> HttpResponse:
    return _make(request, notice, work)


@gate(rules.can_keep_ledgers, Street)
def of_street(request: Request, street: Street, work: str) -> HttpResponse:
    """All ledgers of the street, of the year or round that the address names."""
    year, round = asked(request, street)
    return _make(request, street, work, year=year, round=round.pk if round else None)


def asked(request: Request, street: Street) -> tuple[int | None, Round | None]:
    """The year and the round of this street that the address names; what it names wrongly is left out."""
    year, key = request.GET.get("year", ""), request.GET.get("round", "")
    round = None
    if key.isdecimal() and len(key) < 19:
        round = Round.objects.filter(pk=int(key), street=street).first()
    return (int(year) if year.isdecimal() and len(year) == 4 else None), round
