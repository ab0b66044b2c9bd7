"""The residents of my place: the list, one of them, and what a committee writes down."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sanlin.commons.people import actions, queries, rules
from sanlin.commons.people.forms import DayForm, DeclineForm, ResidentForm, SearchForm
from sanlin.commons.people.models import Resident
from sanlin.commons.places.models import Neighbourhood
from sanlin.ground.accounts.phones import plain
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.pii import Sealed, mark
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Refused

TERM = "people_search"  # session: {"kind": …, "value": name or mark, "shown": masked}
HOME = ("account", "neighbourhood__street", "home__stair__building__estate")
STATES = {
    "verified": gettext_lazy("已核实"),
    "waiting": gettext_lazy("待核实"),
    "gone": gettext_lazy("已迁出"),
}
TONES = {"verified": "done", "waiting": "waiting"}


def _places(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    """The neighbourhoods that have anybody among these rows."""
    pairs = rows.order_by("neighbourhood__code").values_list(
        "neighbourhood_id", "neighbourhood__name"
    )
    return list(pairs.distinct())


RESIDENTS = Table(
    "residents",
    gettext_lazy("居民名单"),
    (
        Column(
            "name",
            gettext_lazy("姓名"),
            lambda row: row.account.name,
            sort="account__name",
            href=lambda row: reverse("people:resident", args=[row.pk]),
        ),
        Column(
            "place",
            gettext_lazy("居民区"),
            lambda row: str(row.neighbourhood),
            sort="neighbourhood__code",
        ),
        Column("home", gettext_lazy("住址"), lambda row: row.address),
        Column("phone", gettext_lazy("手机号"), lambda row: str(row.account.phone)),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda row: str(STATES[row.state]),
            "state",
            sort="state",
            tone=lambda row: TONES.get(row.state, "plain"),
        ),
    ),
    sieves=(
        Sieve("state", gettext_lazy("状态"), tuple(STATES.items()), "state"),
        Sieve("place", gettext_lazy("居民区"), _places, "neighbourhood"),
    ),
    order="account__name",
    empty=gettext_lazy("没有找到居民。按号码查找时要写完整；只能找到本辖区登记的居民。"),
)
WAITING = replace(
    RESIDENTS,
    name="waiting",
    caption=gettext_lazy("等待核实的居民"),
    sieves=RESIDENTS.sieves[1:],
    empty=gettext_lazy("没有人在等待核实。居民用手机自己登记后，会出现在这里。"),
)


@gate(rules.can_list)
@never_cache
def residents(request: Request) -> HttpResponse:
    """The list. Place and state stand in the address; what is searched for stays in the session."""
    rows = queries.residents_of(request.by, now=request.now)
    if searched := request.session.get(TERM):
        rows = queries.search(rows, searched["key"])
    shown = {"searched": searched, "search": SearchForm()}
    return RESIDENTS.answer(request, rows, "people/residents.html", shown)


@gate(rules.can_list)
@never_cache
def waiting(request: Request) -> HttpResponse:
    """Those who registered themselves and wait for the committee, whatever is being searched for."""
    rows = queries.waiting_for(request.by, now=request.now)
    return WAITING.answer(request, rows, "people/waiting.html")


@gate(rules.can_list)
@require_POST
def search(request: Request) -> HttpResponse:
    """Keep what to look for in the session: neither a name nor a phone ever stands in an address."""
    form = SearchForm(request.POST)
    request.session.pop(TERM, None)
    if form.is_valid():
        request.session[TERM] = _meant(form.cleaned_data["term"])
    return redirect("people:residents")


def _meant(term: str) -> dict[str, Any]:
    if phone := plain(term):
        return {"key": {"phone": mark(phone)}, "shown": str(Sealed(phone))}
    number = re.sub(r"\s", "", term).upper()
    if re.fullmatch(r"\d{17}[\dX]", number):
        return {"key": {"identity": mark(number)}, "shown": str(Sealed(number))}
    return {"key": {"name": term}, "shown": term}


@gate(rules.can_see, Resident, having=HOME)
@never_cache
def resident(request: Request, resident: Resident) -> HttpResponse:
    """One resident, sensitive values masked, and what may be done."""
    by, now = request.by, request.now
    asked = {
        "edit": rules.can_edit(by, resident, now=now),
        "confirm": rules.can_confirm(by, resident, now=now),
        "unmask": rules.can_unmask(by, resident, now=now),
        "act": rules.can_act_for(by, resident, now=now),
    }
    waits = bool(asked["confirm"])
    shown = {
        "resident": resident,
        "can": asked,
        "namesakes": queries.namesakes(resident) if waits else [],
        "gone": resident.left(local_day(now)),
    }
    return render(request, "people/resident.html", shown)


@gate(rules.can_list)
def add(request: Request) -> HttpResponse:
    """Which neighbourhood; a committee worker has but one and goes straight on."""
    places = list(queries.neighbourhoods_of(request.by, now=request.now))
    if len(places) == 1:
        return redirect("people:add_in", pk=places[0].pk)
    return render(request, "people/add.html", {"places": places})


@gate(rules.works_for_neighbourhood, Neighbourhood, having=("street",))
@never_cache
def add_in(request: Request, place: Neighbourhood) -> HttpResponse:
    form = ResidentForm(request.POST or None, place=place, today=local_day(request.now))
    if form.is_valid() and (made := done(request, form, actions.add, place, form.particulars())):
        messages.success(request, _("已登记"))
        return redirect("people:resident", pk=made.pk)
    return render(request, "people/edit.html", {"form": form, "place": place})


@gate(rules.can_edit, Resident, having=HOME)
@never_cache
def edit(request: Request, resident: Resident) -> HttpResponse:
    form = ResidentForm(
        request.POST or None,
        place=resident.neighbourhood,
        today=local_day(request.now),
        known=resident,
    )
    if form.is_valid() and done(request, form, actions.edit, _fresh(resident), form.particulars()):
        messages.success(request, _("已保存"))
        return redirect("people:resident", pk=resident.pk)
    shown = {"form": form, "place": resident.neighbourhood, "resident": resident}
    return render(request, "people/edit.html", shown)


def _fresh(resident: Resident) -> Resident:
    """The row anew: a verb that is refused leaves its own object half written."""
    row: Resident = get_object_or_404(Resident.objects.select_related(*HOME), pk=resident.pk)
    return row


@gate(rules.can_edit, Resident, having=HOME)
def move_out(request: Request, resident: Resident) -> HttpResponse:
    """From which day on she lives here no more."""
    initial = {"day": local_day(request.now)}
    form = DayForm(request.POST or None, label=_("迁出日期"), initial=initial)
    if form.is_valid():
        day = form.cleaned_data["day"]
        try:
            actions.move_out(resident, day=day, by=request.by, now=request.now, key=request.key)
            messages.success(request, _("已办理迁出"))
            return redirect("people:resident", pk=resident.pk)
        except Refused as no:
            form.add_error("day", str(no))
    return render(request, "people/move_out.html", {"form": form, "resident": resident})


@gate(rules.can_confirm, Resident, having=HOME)
@require_POST
def confirm(request: Request, resident: Resident) -> HttpResponse:
    actions.confirm(resident, by=request.by, now=request.now, key=request.key)
    messages.success(request, _("已核实，现在可以参加投票和提案"))
    return redirect("people:resident", pk=resident.pk)


@gate(rules.can_confirm, Resident, having=HOME)
def decline(request: Request, resident: Resident) -> HttpResponse:
    """Why somebody who registered herself is not confirmed."""
    form = DeclineForm(request.POST or None)
    if form.is_valid():
        why = form.cleaned_data["why"]
        actions.decline(resident, why, by=request.by, now=request.now, key=request.key)
        messages.success(request, _("已按不予核实处理"))
        return redirect("people:residents")
    return render(request, "people/decline.html", {"form": form, "resident": resident})
