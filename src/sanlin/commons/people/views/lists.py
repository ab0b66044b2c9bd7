"""Residents out of a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sanlin.commons.people import actions, queries, rules
from sanlin.commons.people.queries.lists import RESIDENTS, plan_residents
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.sheets.uploads import Import

IMPORT = Import(RESIDENTS, plan_residents, actions.import_residents)


@gate(rules.can_list)
def choose(request: Request) -> HttpResponse:
    """Where: a committee worker has one place, an officer her whole street."""
    places = list(queries.neighbourhoods_of(request.by, now=request.now).select_related("street"))
    streets = {place.street for place in places}
    officer_of = [s for s in streets if rules.can_import(request.by, s, now=request.now)]
    if officer_of:
        return redirect("people:import_street", pk=officer_of[0].pk)
    if len(places) == 1:
        return redirect("people:import_neighbourhood", pk=places[0].pk)
    return render(request, "people/import.html", {"places": places})


@gate(rules.can_import, Street)
@never_cache
def street(request: Request, street: Street) -> HttpResponse:
    title = _("导入%(place)s的居民") % {"place": street}
    return IMPORT.answer(request, street, title=title, back=reverse("people:residents"))


@gate(rules.can_import, Neighbourhood, having=("street",))
@never_cache
def neighbourhood(request: Request, place: Neighbourhood) -> HttpResponse:
    title = _("导入%(place)s的居民") % {"place": place}
    return IMPORT.answer(request, place, title=title, back=reverse("people:residents"))
