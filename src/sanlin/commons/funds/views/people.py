from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sanlin.commons.funds import actions, rules
from sanlin.commons.funds.forms import CommunityFundForm, DutyForm, SeatForm
from sanlin.commons.funds.models import Duty, DutyKind, Fund, Seat, SeatKind
from sanlin.commons.places.models import Neighbourhood
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.verdict import Refused
from sanlin.kernel.ledger import DUTIES, apart

from .public import WHOLE

ACTS: dict[DutyKind, Callable[[], str]] = {
    DutyKind.BOOK: lambda: _("确认到账、配捐、登记退款、冲销、月结、清缴"),
    DutyKind.APPROVE: lambda: _("审批拨款"),
    DutyKind.HANDLE: lambda: _("申请拨款"),
    DutyKind.PAY: lambda: _("审批以后付款；没有安排专人，谁也付不了款"),
    DutyKind.SEAL: lambda: _("代表街道在协议上签章"),
}


@gate(rules.can_keep_duties, Fund, having=WHOLE)
def duties(request: Request, fund: Fund) -> HttpResponse:
    """Who has which duty at a fund, and the table of those that go apart."""
    today = local_day(request.now)
    form = DutyForm(request.POST if request.method == "POST" else None, fund=fund, today=today)
    if (
        request.method == "POST"
        and form.is_valid()
        and done(request, form, actions.entrust_all, fund, form.cleaned_data)
    ):
        messages.success(request, _("已安排"))
        return redirect("funds:duties", pk=fund.pk)
    table, held = fund.terms.apart, list(fund.duties.on(today).select_related("account"))
    page = {
        "fund": fund,
        "form": form,
        "duties": held,
        "open": [
            DutyKind(kind).label for kind in DUTIES if kind not in {duty.kind for duty in held}
        ],
        "without_cashier": all(duty.kind != DutyKind.PAY for duty in held),
        "acts": [(DutyKind(duty).label, words()) for duty, words in ACTS.items()],
        "names": [DutyKind(duty).label for duty in DUTIES],
        "grid": [
            (
                DutyKind(one).label,
                [None if one == other else apart(table, one, other) for other in DUTIES],
            )
            for one in DUTIES
        ],
    }
    return render(request, "funds/duties.html", page)


@gate(rules.can_end_duty, Duty, having=("fund__district", "fund__street", "fund__neighbourhood"))
def end_duty(request: Request, duty: Duty) -> HttpResponse:
    """POST: the duty ends today."""
    if request.method == "POST":
        try:
            actions.end_duty(duty, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("已结束"))
    return redirect("funds:duties", pk=duty.fund_id)


@gate(rules.can_see, Fund, having=WHOLE)
def committee(request: Request, fund: Fund) -> HttpResponse:
    """Who decides over a community fund; its place's staff fill and end seats."""
    may = request.by.is_authenticated and bool(rules.can_seat(request.by, fund, now=request.now))
    form = SeatForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and may and form.is_valid():
        told = form.cleaned_data
        if done(request, form, actions.seat, fund, told["phone"], told["kind"]):
            messages.success(request, _("已登记"))
            return redirect("funds:committee", pk=fund.pk)
    seats = list(fund.seats.on(local_day(request.now)).select_related("account"))
    page = {
        "fund": fund,
        "form": form,
        "members": [one for one in seats if one.kind == SeatKind.MEMBER],
        "supervisors": [one for one in seats if one.kind == SeatKind.SUPERVISOR],
        "verdict": rules.is_governed(fund, now=request.now),
        "may": may,
    }
    return render(request, "funds/committee.html", page)


@gate(rules.can_unseat, Seat, having=("fund__district", "fund__street", "fund__neighbourhood"))
def unseat(request: Request, seat: Seat) -> HttpResponse:
    """POST: the seat ends today."""
    if request.method == "POST":
        try:
            actions.unseat(seat, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            messages.error(request, str(no))
        else:
            messages.success(request, _("已结束"))
    return redirect("funds:committee", pk=seat.fund_id)


@gate(rules.can_found, Neighbourhood, having=("street__district",))
def found(request: Request, place: Neighbourhood) -> HttpResponse:
    """Found a community fund with its host and its committee."""
    form = CommunityFundForm(request.POST if request.method == "POST" else None, place=place)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        given = (place, told["name"], told["host"], form.committee)
        if done(request, form, actions.found_community_fund, *given):
            fund = Fund.objects.get(street=place.street_id, name=told["name"])
            messages.success(request, _("社区基金已设立"))
            return redirect("funds:committee", pk=fund.pk)
    return render(request, "funds/found.html", {"place": place, "form": form})
