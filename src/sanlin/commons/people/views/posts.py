"""Who holds which post, the filling and the ending of posts, and the auditor's journal."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from sanlin.commons.people import actions, queries, rules
from sanlin.commons.people.forms import AppointForm, DayForm
from sanlin.commons.people.models import Post, PostKind
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.journal.actions import DEEDS
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

A_PAGE = 50
PLACES = ("account", "district", "street", "neighbourhood")


@gate(rules.can_see_posts)
def posts(request: Request) -> HttpResponse:
    """Everybody who holds a post under me; those that are over are kept."""
    day = local_day(request.now)
    rows: Any = queries.posts_under(request.by, now=request.now)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "now")
    if kind in PostKind.values:
        rows = rows.filter(kind=kind)
    kept = {"now": rows.on, "over": rows.over, "coming": rows.coming}
    state = state if state in kept else "now"
    shown = {
        "page": Paginator(kept[state](day), A_PAGE).get_page(request.GET.get("page")),
        "kinds": PostKind.choices,
        "kind": kind,
        "state": state,
        "fills": rules.kinds_of(request.by, now=request.now),
    }
    return render(request, "people/posts.html", shown)


@gate(rules.can_fill_posts)
def appoint(request: Request, kind: str) -> HttpResponse:
    """Give somebody a post of one kind."""
    if kind not in rules.kinds_of(request.by, now=request.now):
        raise Http404
    wanted = PostKind(kind)
    places = queries.places_to_fill(request.by, wanted, now=request.now)
    initial = {"since": local_day(request.now)}
    form = AppointForm(request.POST or None, kind=wanted, places=places, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.appoint(
                kind,
                form.places[told["place"]],
                told["name"],
                told["phone"],
                form.term(),
                by=request.by,
                now=request.now,
                key=request.key,
            )
            messages.success(request, _("已任命"))
            return redirect("people:posts")
        except Refused as no:
            form.add_error(None, str(no))
    return render(request, "people/appoint.html", {"form": form, "kind": wanted})


@gate(rules.can_end_post, Post, having=PLACES)
def end_post(request: Request, post: Post) -> HttpResponse:
    """From which day on the post is over."""
    initial = {"day": local_day(request.now)}
    form = DayForm(request.POST or None, label=_("卸任日期"), initial=initial)
    if form.is_valid():
        try:
            day = form.cleaned_data["day"]
            actions.end_post(post, day=day, by=request.by, now=request.now, key=request.key)
            messages.success(request, _("已卸任"))
            return redirect("people:posts")
        except Refused as no:
            form.add_error("day", str(no))
    return render(request, "people/end_post.html", {"form": form, "post": post})


@gate(rules.can_read_journal)
def journal(request: Request) -> HttpResponse:
    """Who did what, newest first; by deed and by day."""
    rows = queries.journal_of(request.by, now=request.now)
    deed, day = request.GET.get("deed", ""), parse_day(request.GET.get("day", ""))
    if deed in DEEDS:
        rows = rows.filter(deed=deed)
    if day is not None:
        rows = _on(rows, day)
    shown = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "deeds": sorted(DEEDS),
        "deed": deed,
        "day": f"{day:%F}" if day else "",
    }
    return render(request, "people/journal.html", shown)


def parse_day(text: str) -> datetime | None:
    """The first moment of a day written as 2024-04-10; None where it is no day."""
    try:
        day = parse_date(text)
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None
    except (ValueError, OverflowError):
        return None


def _on(rows: QuerySet[Entry], start: datetime) -> QuerySet[Entry]:
    return rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
