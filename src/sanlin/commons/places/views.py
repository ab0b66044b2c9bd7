"""The tree of places: district, street, neighbourhood, estate, home; and who keeps it up to date."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate, open_to_all
from sanlin.ground.http import Request
from sanlin.ground.sheets.uploads import Import
from sanlin.ground.ui.tables import Column, Table
from sanlin.ground.verdict import Refused

from . import actions, rules
from .forms import EstateForm, FoundForm, MoveEstateForm, RenameForm
from .models import District, Division, Estate, Home, Neighbourhood, Street
from .queries import history
from .queries.homes import HOMES, plan_homes

IMPORT = Import(HOMES, plan_homes, actions.import_homes)


DISTRICTS = Table(
    "districts",
    gettext_lazy("区县"),
    (
        Column(
            "name",
            gettext_lazy("区县"),
            lambda row: row.name,
            sort="name",
            href=lambda row: reverse("places:district", args=[row.pk]),
        ),
        Column("province", gettext_lazy("省"), lambda row: row.province, sort="province"),
        Column("city", gettext_lazy("市"), lambda row: row.city, sort="city"),
        Column("code", gettext_lazy("区划代码"), lambda row: row.code, sort="code"),
    ),
    search=("name", "province", "city"),
    order="code",
    empty=gettext_lazy("还没有区划数据，请系统管理人员用 sanlin import places 导入。"),
)
STREETS = Table(
    "streets",
    gettext_lazy("街道"),
    (
        Column(
            "name",
            gettext_lazy("街道"),
            lambda row: row.name,
            sort="name",
            href=lambda row: reverse("places:street", args=[row.pk]),
        ),
        Column("code", gettext_lazy("区划代码"), lambda row: row.code, sort="code"),
        Column(
            "places",
            gettext_lazy("居民区数"),
            lambda row: row.place_count,
            "number",
            sort="place_count",
        ),
    ),
    search=("name",),
    order="code",
)
HOMES_TABLE = Table(
    "homes",
    gettext_lazy("房屋"),
    (
        Column(
            "building",
            gettext_lazy("楼号"),
            lambda row: row.stair.building.number,
            sort="stair__building__number",
        ),
        Column("stair", gettext_lazy("单元"), lambda row: row.stair.number, sort="stair__number"),
        Column("room", gettext_lazy("室号"), lambda row: row.room, sort="room"),
    ),
    search=("room", "stair__building__number"),
    order="stair__building__number",
    empty=gettext_lazy("还没有房屋，可以用Excel导入。"),
)


@open_to_all
def home(request: Request) -> HttpResponse:
    return DISTRICTS.answer(request, District.objects.all(), "places/home.html")


@open_to_all
def search(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = history.search(words)
    return render(request, "places/search.html", {"words": words, "found": found})


@open_to_all
def district(request: Request, pk: int) -> HttpResponse:
    place = get_object_or_404(District, pk=pk)
    rows = place.streets.annotate(place_count=Count("neighbourhoods"))
    page = {"place": place, "former": list(place.former_names.order_by("valid_to"))}
    page["rename"] = rules.can_rename(request.by, place, now=request.now)
    return STREETS.answer(request, rows, "places/district.html", page)


@open_to_all
def street(request: Request, pk: int) -> HttpResponse:
    """The neighbourhoods of a street as they stood on a day; today unless another is asked."""
    place = get_object_or_404(Street.objects.select_related("district"), pk=pk)
    today = local_day(request.now)
    asked, wrong = _day(request.GET.get("day", ""))
    day = asked or today
    page = {
        "place": place,
        "former": list(place.former_names.order_by("valid_to")),
        "neighbourhoods": history.names_on(place, day),
        "day": day,
        "today": today,
        "wrong_day": wrong,
        "keep": rules.can_keep(request.by, place, now=request.now),
        "rename": rules.can_rename(request.by, place, now=request.now),
    }
    return render(request, "places/street.html", page)


def _day(text: str) -> tuple[date | None, bool]:
    """The day that is asked for, and whether what was asked is no day."""
    try:
        found = parse_date(text) if text else None
    except ValueError:
        found = None
    return found, bool(text) and found is None


@open_to_all
def neighbourhood(request: Request, pk: int) -> HttpResponse:
    rows = Neighbourhood.objects.select_related("street__district", "merged_into")
    place = get_object_or_404(rows, pk=pk)
    estates = place.estates.annotate(home_count=Count("buildings__stairs__homes"))
    page = {
        "place": place,
        "former": list(place.former_names.order_by("valid_to")),
        "absorbed": list(Neighbourhood.objects.filter(merged_into=place).order_by("code")),
        "estates": list(estates.order_by("name")),
        "keep": rules.can_keep(request.by, place, now=request.now),
        "rename": rules.can_rename(request.by, place, now=request.now),
    }
    return render(request, "places/neighbourhood.html", page)


@gate(rules.can_keep_estate, Estate, having=("neighbourhood__street",))
def estate(request: Request, estate: Estate) -> HttpResponse:
    rows = Home.objects.filter(stair__building__estate=estate)
    rows = rows.select_related("stair__building")
    return HOMES_TABLE.answer(request, rows, "places/estate.html", {"estate": estate})


def _ask(
    request: Request, form: django_forms.Form, words: dict[str, Any], done: Any
) -> HttpResponse:
    """A form, one verb, and back; a refusal stays beside what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            done(form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("已保存"))
            return redirect(words["back"])
    return render(request, "places/form.html", {"form": form, **words})


def _rename(request: Request, place: Division, back: str) -> HttpResponse:
    data = request.POST or None
    form = RenameForm(data, initial={"name": place.name, "day": local_day(request.now)})
    words = {"title": _("%(place)s更名") % {"place": place}, "back": back}
    return _ask(
        request,
        form,
        words,
        lambda clean: actions.rename(
            place, clean["name"], clean["day"], by=request.by, now=request.now, key=request.key
        ),
    )


@gate(rules.can_rename, District)
def rename_district(request: Request, place: District) -> HttpResponse:
    return _rename(request, place, reverse("places:district", args=[place.pk]))


@gate(rules.can_rename, Street, having=("district",))
def rename_street(request: Request, place: Street) -> HttpResponse:
    return _rename(request, place, reverse("places:street", args=[place.pk]))


@gate(rules.can_rename, Neighbourhood, having=("street__district",))
def rename_neighbourhood(request: Request, place: Neighbourhood) -> HttpResponse:
    return _rename(request, place, reverse("places:neighbourhood", args=[place.pk]))


@gate(rules.can_found, Street, having=("district",))
def found(request: Request, street: Street) -> HttpResponse:
    form = FoundForm(request.POST or None, street_code=street.code)
    words = {"title": _("设立居民区"), "back": reverse("places:street", args=[street.pk])}
    return _ask(
        request,
        form,
        words,
        lambda clean: actions.found(
            street,
            clean["code"],
            clean["name"],
            clean["day"],
            by=request.by,
            now=request.now,
            key=request.key,
        ),
    )


@gate(rules.can_keep, Neighbourhood, having=("street",))
def add_estate(request: Request, place: Neighbourhood) -> HttpResponse:
    words = {"title": _("增加小区"), "back": reverse("places:neighbourhood", args=[place.pk])}
    return _ask(
        request,
        EstateForm(request.POST or None),
        words,
        lambda clean: actions.add_estate(
            place, clean["name"], by=request.by, now=request.now, key=request.key
        ),
    )


@gate(rules.can_keep_estate, Estate, having=("neighbourhood__street",))
def edit_estate(request: Request, estate: Estate) -> HttpResponse:
    around = estate.neighbourhood.street.neighbourhoods.on(local_day(request.now)).order_by("code")
    form = MoveEstateForm(
        request.POST or None,
        places=around,
        initial={"name": estate.name, "place": estate.neighbourhood_id},
    )
    words = {"title": _("修改小区"), "back": reverse("places:estate", args=[estate.pk])}
    return _ask(
        request,
        form,
        words,
        lambda clean: actions.edit_estate(
            estate, clean["name"], clean["place"], by=request.by, now=request.now, key=request.key
        ),
    )


@gate(rules.can_keep, Street, having=("district",))
def street_homes(request: Request, place: Street) -> HttpResponse:
    title = _("导入%(place)s的房屋") % {"place": place}
    return IMPORT.answer(
        request, place, title=title, back=reverse("places:street", args=[place.pk])
    )


@gate(rules.can_keep, Neighbourhood, having=("street",))
def neighbourhood_homes(request: Request, place: Neighbourhood) -> HttpResponse:
    title = _("导入%(place)s的房屋") % {"place": place}
    back = reverse("places:neighbourhood", args=[place.pk])
    return IMPORT.answer(request, place, title=title, back=back)
