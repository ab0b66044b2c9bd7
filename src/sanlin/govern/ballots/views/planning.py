"""Booths are planned by the officer, and everybody reads where and when one votes on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.commons.people.rules import is_staff, residence
from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.forms import BoothForm, ShiftForm
from sanlin.govern.ballots.models import Booth, Shift
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.tables import Column, Table
from sanlin.ground.verdict import Refused

REFUSED = 422

BOOTHS = Table(
    "booths",
    _("投票站"),
    (
        Column("number", _("编号"), lambda row: row.number, "number", sort="number"),
        Column(
            "name",
            _("投票站"),
            lambda row: row.name,
            href=lambda row: reverse("ballots:booth_day", args=[row.pk]),
        ),
        Column("place", _("地点"), lambda row: row.place, "long"),
        Column("state", _("状态"), lambda row: row.stage_label, "state", tone=queries.tone),
        Column("shifts", _("班次"), lambda row: len(row.shifts.all()), "number"),
        Column("received", _("领到"), lambda row: row.received, "number", sort="received"),
        Column("issued", _("发出"), lambda row: row.issued, "number", sort="issued"),
        Column("spoiled", _("作废"), lambda row: row.spoiled, "number", sort="spoiled"),
        Column("left", _("剩余"), lambda row: row.left + row.unused, "number"),
    ),
    search=("name", "place"),
    order="number",
    empty=_("还没有设投票站。投票开始以前和投票期间都可以设。"),
)


@gate(rules.can_see_booths, Round, having=("street", "roll"))
@require_safe
def booths(request: Request, round: Round) -> HttpResponse:
    """The booths of a round with their state, for staff and whoever is on duty."""
    may = rules.can_add_booth(request.by, round, now=request.now)
    mine = queries.booth_at_work(request.by, round, now=request.now)
    context = {"round": round, "can_add": may, "mine": mine, "roll": rules.roll_of(round)}
    context["staff"] = staff = is_staff(request.by, round.street, now=request.now)
    rows = queries.places_to_vote(round)
    table = BOOTHS if staff else _of_a_helper(rules.booths_served(request.by, round))
    return table.answer(request, rows, "ballots/booths.html", context)


def _of_a_helper(own: set[int]) -> Table:
    """The table for whoever is on duty without a post: only the days of her own booths open to her."""
    number, name, *more = BOOTHS.columns
    door = replace(name, href=lambda row: name.href(row) if name.href and row.pk in own else "")
    return replace(BOOTHS, columns=(number, door, *more))


@gate(rules.can_add_booth, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def add_booth(request: Request, round: Round) -> HttpResponse:
    """Plan one more booth."""
    form = BoothForm(round, request.POST or None, now=request.now)
    if form.is_valid():
        where = actions.Where(*form.told)
        if booth := done(request, form, actions.add_booth, round, where):
            messages.success(request, _now("已设投票站，请接着排班次"))
            return redirect("ballots:edit_booth", pk=booth.pk)
    return render(
        request,
        "ballots/booth_add.html",
        {"round": round, "form": form},
        status=REFUSED if form.errors else 200,
    )


@gate(rules.can_change_booth, Booth, having=("round__street", "round__roll", "neighbourhood"))
@require_http_methods(["GET", "HEAD", "POST"])
def edit_booth(request: Request, booth: Booth) -> HttpResponse:
    """Name and place, the list of shifts, and taking the booth back."""
    dropping = request.POST.get("verb") == "drop"
    start = {
        "name": booth.name,
        "place": booth.place,
        "neighbourhood": booth.neighbourhood_id,
    }
    posted = request.POST if request.method == "POST" and not dropping else None
    form = BoothForm(booth.round, posted, initial=start, now=request.now)
    told: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
    fault = ""
    try:
        if dropping:
            actions.drop_booth(booth, **told)
            messages.success(request, _now("投票站已删除"))
            return redirect("ballots:booths", pk=booth.round_id)
        if form.is_valid():
            actions.change_booth(booth, actions.Where(*form.told), **told)
            messages.success(request, _now("已保存"))
            return redirect("ballots:edit_booth", pk=booth.pk)
    except Refused as no:
        fault = str(no)
    context = {
        "booth": booth,
        "round": booth.round,
        "form": form,
        "fault": fault,
        "shifts": queries.protocol(booth)["shifts"],
        "can_drop": rules.can_drop_booth(request.by, booth, now=request.now),
    }
    status = REFUSED if form.errors or fault else 200
    return render(request, "ballots/booth_edit.html", context, status=status)


@gate(rules.can_change_booth, Booth, having=("round__street", "round__roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def add_shift(request: Request, booth: Booth) -> HttpResponse:
    """One more shift."""
    form = ShiftForm(booth, request.POST or None, now=request.now)
    if form.is_valid() and done(request, form, actions.add_shift, booth, *form.told):
        messages.success(request, _now("已排班次"))
        return redirect("ballots:edit_booth", pk=booth.pk)
    return _shift_page(request, booth, form, None)


@gate(rules.can_change_shift, Shift, having=("booth__round__street", "booth__round__roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: Request, shift: Shift) -> HttpResponse:
    """Other hours or other officers, or the shift is taken back."""
    dropping = request.POST.get("verb") == "drop"
    posted = request.POST if request.method == "POST" and not dropping else None
    form = ShiftForm(shift.booth, posted, shift=shift, now=request.now)
    told: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
    try:
        if dropping:
            actions.drop_shift(shift, **told)
            messages.success(request, _now("班次已删除"))
            return redirect("ballots:edit_booth", pk=shift.booth_id)
        if form.is_valid():
            actions.change_shift(shift, *form.told, **told)
            messages.success(request, _now("已保存"))
            return redirect("ballots:edit_booth", pk=shift.booth_id)
    except Refused as no:
        if form.is_bound:
            form.add_error(None, str(no))
        else:
            messages.error(request, str(no))
    return _shift_page(request, shift.booth, form, shift)


def _shift_page(
    request: Request, booth: Booth, form: ShiftForm, shift: Shift | None
) -> HttpResponse:
    context = {
        "booth": booth,
        "round": booth.round,
        "form": form,
        "shift": shift,
        "can_drop": shift and rules.can_drop_shift(request.by, shift, now=request.now),
    }
    return render(request, "ballots/shift.html", context, status=REFUSED if form.errors else 200)


# --- everybody ------------------------------------------------------------------------------------


@gate(rules.can_see_where, Round, having=("street", "roll"))
@require_safe
def where(request: Request, round: Round) -> HttpResponse:
    """Where and when one can vote on paper, and what became of the sheets of booths that are settled."""
    roll = rules.roll_of(round)
    is_open = roll is None or bool(rules.is_open(round, now=request.now))
    person = residence(request.by)
    home = person.neighbourhood if person else None
    if home and home.street_id != round.street_id:
        home = None
    booths: dict[bool, list[Any]] = {True: [], False: []}
    for row in queries.places_to_vote(round):
        lines = queries.equations(row) if row.stage == stages.SIGNED else []
        is_mine = home is None or row.neighbourhood_id in (None, home.pk)
        booths[is_mine].append((row, *queries.state(row, is_open), lines))
    context = {
        "round": round,
        "roll": roll,
        "home": home,
        "booths": booths[True],
        "elsewhere": booths[False],
        "can_pass": rules.can_show_pass(request.by, round, now=request.now),
    }
    return render(request, "ballots/where.html", context)


@gate(rules.can_show_pass, Round, having=("street", "roll"))
@require_safe
def my_pass(request: Request, round: Round) -> HttpResponse:
    """The voter's own code, which the officer at the booth scans instead of asking for her name."""
    # Behind the hash: a browser does not send it, so no log of a server learns it.
    path = reverse("ballots:scan", args=[round.pk])
    code = queries.pack_pass(request.by, round, now=request.now)
    context = {"round": round, "address": request.build_absolute_uri(path) + f"#{code}"}
    answer = render(request, "ballots/pass.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
