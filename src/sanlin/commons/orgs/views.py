"""Organisations: the lists of staff, one of them for everybody, and what staff write down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.people.queries import neighbourhoods_of
from sanlin.commons.people.rules import works_for_street
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate, open_to_all
from sanlin.ground.http import Request
from sanlin.ground.sheets.uploads import Import
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Refused

from . import actions, rules
from .forms import EndForm, GrowthForm, MergeForm, OrganisationForm, PersonForm
from .models import GrowthStage, Membership, Organisation, OrganisationKind, Particulars
from .queries.lists import TEAMS, plan_teams
from .queries.organisations import growth_of, masked, of_street, streets_of

IMPORT = Import(TEAMS, plan_teams, actions.import_teams)


def _places(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    pairs = rows.order_by("neighbourhood__code").exclude(neighbourhood=None)
    return list(pairs.values_list("neighbourhood_id", "neighbourhood__name").distinct())


ORGANISATIONS = Table(
    "organisations",
    gettext_lazy("组织"),
    (
        Column(
            "name",
            gettext_lazy("名称"),
            lambda row: row.name,
            sort="name",
            href=lambda row: reverse("orgs:organisation", args=[row.pk]),
        ),
        Column("kind", gettext_lazy("类型"), lambda row: row.get_kind_display(), sort="kind"),
        Column(
            "place",
            gettext_lazy("居民区"),
            lambda row: row.neighbourhood.name if row.neighbourhood else "",
            sort="neighbourhood__code",
        ),
        Column("leader", gettext_lazy("负责人"), lambda row: row.leader),
        Column(
            "members",
            gettext_lazy("成员数"),
            lambda row: row.member_count,
            "number",
            sort="member_count",
        ),
        Column(
            "stage",
            gettext_lazy("阶段"),
            lambda row: GrowthStage(row.stage).label if row.stage else "",
        ),
        Column("founded", gettext_lazy("成立日期"), lambda row: row.founded, "day", sort="founded"),
        Column(
            "dissolved",
            gettext_lazy("注销日期"),
            lambda row: row.dissolved,
            "day",
            sort="dissolved",
        ),
    ),
    sieves=(
        Sieve("kind", gettext_lazy("类型"), OrganisationKind.choices, "kind"),
        Sieve("place", gettext_lazy("居民区"), _places, "neighbourhood"),
        Sieve("stage", gettext_lazy("阶段"), GrowthStage.choices, "stage"),
    ),
    search=("name", "number"),
    order="name",
    empty=gettext_lazy("还没有组织，可以逐个登记，或用Excel导入。"),
)


@gate(rules.can_list_some)
def organisations(request: Request) -> HttpResponse:
    """The streets in which I work; straight on where there is one."""
    streets = streets_of(request.by, now=request.now)
    if len(streets) == 1:
        return redirect("orgs:street", pk=streets[0].pk)
    return render(request, "orgs/streets.html", {"streets": streets})


@gate(rules.can_list, Street, having=("district",))
def street(request: Request, street: Street) -> HttpResponse:
    places = list(_mine(request, street))
    page = {
        "street": street,
        "officer": works_for_street(request.by, street, now=request.now),
        "places": places,
    }
    rows = of_street(street, now=request.now)
    return ORGANISATIONS.answer(request, rows, "orgs/street.html", page)


def _mine(request: Request, street: Street) -> QuerySet[Neighbourhood]:
    """The neighbourhoods of a street for which the reader may write."""
    today = local_day(request.now)
    mine: Any = neighbourhoods_of(request.by, now=request.now).filter(street=street)
    return mine.filter(pk__in=Neighbourhood.objects.on(today).values("pk"))  # type: ignore[no-any-return]


@open_to_all
def organisation(request: Request, pk: int) -> HttpResponse:
    """What everybody may know of it; names in full for the staff who keep it."""
    rows = Organisation.objects.select_related("street__district", "neighbourhood__street")
    one = get_object_or_404(rows.prefetch_related("growth"), pk=pk)
    seen = rules.can_see(request.by, one, now=request.now)
    members = list(
        one.memberships.select_related("account").order_by("until", "-leads", "since", "pk")
    )
    today = local_day(request.now)
    standing = [m for m in members if m.until is None or m.until > today]
    leaders = [m.account.name for m in standing if m.leads]
    page = {
        "one": one,
        "seen": seen,
        "edit": rules.can_edit(request.by, one, now=request.now) if seen else seen,
        "members": members if seen else [],
        "leaders": leaders if seen else [masked(name) for name in leaders],
        "count": len(standing),
        "growth": growth_of(one),
        "dossier": import_string(settings.GROWTH["team"])(one),
    }
    return render(request, "orgs/organisation.html", page)


def _ask(
    request: Request,
    form: django_forms.Form,
    title: str,
    back: str,
    done: Callable[[], Any],
) -> HttpResponse:
    """A form, one verb, and back; a refusal stays beside what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            done()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("已保存"))
            return redirect(back)
    return render(request, "orgs/form.html", {"form": form, "title": title, "back": back})


@gate(rules.can_list, Street, having=("district",))
def found(request: Request, street: Street) -> HttpResponse:
    whole = bool(works_for_street(request.by, street, now=request.now))
    form = OrganisationForm(request.POST or None, places=_mine(request, street), whole_street=whole)
    return _ask(
        request,
        form,
        _("登记组织"),
        reverse("orgs:street", args=[street.pk]),
        lambda: actions.found(
            street, form.particulars(), by=request.by, now=request.now, key=request.key
        ),
    )


HAVING = ("street", "neighbourhood__street")


@gate(rules.can_edit, Organisation, having=HAVING)
def edit(request: Request, one: Organisation) -> HttpResponse:
    whole = bool(works_for_street(request.by, one.street, now=request.now))
    known = {name: getattr(one, name) for name in Particulars.__dataclass_fields__}
    form = OrganisationForm(
        request.POST or None,
        places=_mine(request, one.street),
        whole_street=whole,
        initial=known,
    )
    return _ask(
        request,
        form,
        _("修改%(team)s") % {"team": one},
        reverse("orgs:organisation", args=[one.pk]),
        lambda: actions.edit(
            one, form.particulars(), by=request.by, now=request.now, key=request.key
        ),
    )


@gate(rules.can_edit, Organisation, having=HAVING)
def add_member(request: Request, one: Organisation) -> HttpResponse:
    form = PersonForm(request.POST or None, initial={"day": local_day(request.now)})
    return _ask(
        request,
        form,
        _("增加成员"),
        reverse("orgs:organisation", args=[one.pk]),
        lambda: actions.add_member(
            one,
            form.account,
            form.cleaned_data["day"],
            by=request.by,
            now=request.now,
            key=request.key,
        ),
    )


@gate(rules.can_edit, Organisation, having=HAVING)
def change_leader(request: Request, one: Organisation) -> HttpResponse:
    form = PersonForm(request.POST or None, initial={"day": local_day(request.now)})
    return _ask(
        request,
        form,
        _("更换负责人"),
        reverse("orgs:organisation", args=[one.pk]),
        lambda: actions.change_leader(
            one,
            form.account,
            form.cleaned_data["day"],
            by=request.by,
            now=request.now,
            key=request.key,
        ),
    )


@gate(
    rules.can_end,
    Membership,
    having=("organisation__street", "organisation__neighbourhood__street", "account"),
)
def end_member(request: Request, member: Membership) -> HttpResponse:
    form = EndForm(request.POST or None, initial={"day": local_day(request.now)})
    return _ask(
        request,
        form,
        _("%(name)s退出%(team)s") % {"name": member.account, "team": member.organisation},
        reverse("orgs:organisation", args=[member.organisation_id]),
        lambda: actions.end_member(
            member, form.cleaned_data["day"], by=request.by, now=request.now, key=request.key
        ),
    )


@gate(rules.can_edit, Organisation, having=HAVING)
def grow(request: Request, one: Organisation) -> HttpResponse:
    form = GrowthForm(request.POST or None, initial={"day": local_day(request.now)})

    def done() -> None:
        told = form.cleaned_data
        actions.grow(
            one,
            told["stage"],
            told["day"],
            told["evidence"],
            by=request.by,
            now=request.now,
            key=request.key,
        )

    return _ask(request, form, _("记录成长"), reverse("orgs:organisation", args=[one.pk]), done)


@gate(rules.can_found, Street)
def street_teams(request: Request, street: Street) -> HttpResponse:
    title = _("导入%(place)s的团队") % {"place": street}
    return IMPORT.answer(
        request, street, title=title, back=reverse("orgs:street", args=[street.pk])
    )


@gate(rules.can_found, Neighbourhood, having=("street",))
def neighbourhood_teams(request: Request, place: Neighbourhood) -> HttpResponse:
    title = _("导入%(place)s的团队") % {"place": place}
    back = reverse("orgs:street", args=[place.street_id])
    return IMPORT.answer(request, place, title=title, back=back)


@gate(rules.can_merge, Neighbourhood, having=("street",))
def merge(request: Request, place: Neighbourhood) -> HttpResponse:
    rows = place.street.neighbourhoods.on(local_day(request.now)).exclude(pk=place.pk)
    form = MergeForm(request.POST or None, places=rows.order_by("code"))

    def done() -> None:
        told = form.cleaned_data
        actions.merge(
            place, told["into"], told["day"], by=request.by, now=request.now, key=request.key
        )

    back = reverse("places:neighbourhood", args=[place.pk])
    if request.method == "POST" and form.is_valid():
        try:
            done()
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("已保存"))
            return redirect(back)
    return render(request, "orgs/merge.html", {"form": form, "place": place, "back": back})
