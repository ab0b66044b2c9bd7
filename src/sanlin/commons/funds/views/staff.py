from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, prefetch_related_objects
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse as reverse_url
from django.utils.translation import gettext as _

from sanlin.commons.funds import actions, rules, stages
from sanlin.commons.funds.forms import ReasonForm, RunningForm, SweepForm
from sanlin.commons.funds.models import Book, Expense, Fund, Posting, Voucher
from sanlin.commons.funds.queries import amount_in, book_name, position, room_for_running
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.ui.words import month as month_words
from sanlin.ground.verdict import ALLOWED
from sanlin.kernel.ledger import to_sweep

from .public import WHOLE


@gate(rules.can_reverse, Voucher, having=("fund__district", "fund__street"))
def reverse(request: Request, voucher: Voucher) -> HttpResponse:
    """Take back a whole voucher, with the reason that the public reads."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if done(request, form, actions.reverse_own, voucher, reason):
            messages.success(request, _("已冲销，冲销凭证和理由已公开"))
            return redirect("funds:voucher", pk=voucher.pk)
    rows = Posting.objects.filter(voucher=voucher).select_related(
        "debit__undertaking", "credit__undertaking", "debit__source", "credit__source"
    )
    moves = [
        _("%(amount)s 从“%(credit)s”到“%(debit)s”")
        % {
            "amount": amount_in(row.debit.unit, row.amount),
            "credit": book_name(row.debit),
            "debit": book_name(row.credit),
        }
        for row in rows
    ]
    page = {"voucher": voucher, "fund": voucher.fund, "form": form, "moves": moves}
    return render(request, "funds/reverse.html", page)


@gate(rules.works_for, Fund, having=WHOLE)
def close(request: Request, fund: Fund) -> HttpResponse:
    """The months that are closed, and the next one in turn."""
    form = Form(request.POST if request.method == "POST" else None)
    turn = rules.next_to_close(fund)
    if (
        request.method == "POST"
        and form.is_valid()
        and turn is not None
        and done(request, form, actions.close_month, fund, turn)
    ):
        messages.success(request, _("已结%(month)s的账") % {"month": month_words(turn)})
        return redirect("funds:close", pk=fund.pk)
    if not form.is_bound:
        prefetch_related_objects([fund], "duties")
    page = {
        "fund": fund,
        "form": form,
        "turn": turn,
        "month": _month(fund, turn) if turn else {},
        # Whoever was refused just now has read why; she may try again.
        "verdict": ALLOWED
        if form.is_bound
        else rules.can_close_next(request.by, fund, now=request.now),
        "closes": list(fund.closes.select_related("by")[:36]),
    }
    return render(request, "funds/close.html", page)


def _month(fund: Fund, month: date) -> dict[str, int]:
    """What is to be closed: the vouchers up to the end of the month, and the number of the last."""
    rows = Voucher.objects.filter(fund=fund, at__lt=rules.month_start(rules.month_after(month)))
    if fund.closed_before is not None:
        rows = rows.filter(at__gte=fund.closed_before)
    return rows.aggregate(vouchers=Count("pk"), last=Max("number"))


RUNNING_VERBS: dict[str, Any] = {
    "approve": actions.approve_running,
    "pay": actions.pay_running,
    "refuse": actions.refuse_running,
}


@gate(rules.works_for, Fund, having=WHOLE)
def running(request: Request, fund: Fund) -> HttpResponse:
    """Running costs, within the share and the cap of the terms: one person asks, another approves, a
    cashier pays."""
    who, now = request.by, request.now
    act = request.POST.get("act", "")
    verb = RUNNING_VERBS.get(act)
    asks = request.method == "POST" and verb is None
    form = RunningForm(request.POST if asks else None)
    if verb is not None:
        found = get_object_or_404(Expense, fund=fund, pk=_key(request.POST.get("expense", "")))
        said = {
            "approve": _("已审批，等待出纳付款"),
            "pay": _("已付款并记账"),
            "refuse": _("已退回"),
        }
        return press(request, reverse_url("funds:running", args=[fund.pk]), said[act], verb, found)
    if asks and form.is_valid():
        told = form.cleaned_data
        if done(request, form, actions.ask_running, fund, told["amount"], told["what"]):
            messages.success(request, _("已申请，等待另一位工作人员审批"))
            return redirect("funds:running", pk=fund.pk)
    kept = list(Book.objects.filter(fund=fund))
    at = position(fund, kept)
    prefetch_related_objects([fund], "duties")
    rows = list(
        Expense.objects.filter(fund=fund).select_related("asked_by", "approved_by", "paid_by")[:200]
    )
    for one in rows:
        one.fund = fund
    page = {
        "fund": fund,
        "form": form,
        "came_in": at.source,
        "spent": at.running,
        "room": room_for_running(fund, kept),
        "may_ask": rules.can_ask_running(who, fund, now=now),
        "rows": [
            {
                "one": one,
                "tone": stages.EXPENSE_TONES.get(one.stage, "plain"),
                "approve": rules.can_approve_running(who, one, now=now),
                "pay": rules.can_pay_running(who, one, now=now),
                "refuse": rules.can_refuse_running(who, one, now=now),
            }
            for one in rows
        ],
    }
    return render(request, "funds/running.html", page)


def _key(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@gate(rules.works_for, Fund, having=WHOLE)
def sweep(request: Request, fund: Fund) -> HttpResponse:
    """The day of the sweep, and the sweep itself once it has come."""
    form = SweepForm(
        request.POST if request.method == "POST" else None, initial={"on": fund.sweep_on}
    )
    if request.method == "POST" and request.POST.get("act") == "sweep":
        form = SweepForm({"on": fund.sweep_on})
        if form.is_valid() and done(request, form, actions.sweep, fund):
            messages.success(request, _("结余已划到区级资金池，两边各有一张凭证"))
            return redirect("funds:books", pk=fund.pk)
    elif (
        request.method == "POST"
        and form.is_valid()
        and done(request, form, actions.plan_sweep, fund, form.cleaned_data["on"])
    ):
        messages.success(request, _("已保存"))
        return redirect("funds:sweep", pk=fund.pk)
    stands = position(fund)
    page = {
        "fund": fund,
        "form": form,
        "stands": stands,
        "unspent": to_sweep(stands.cash, stands.owed),
        "into": fund.terms.sweep.into or actions.POOL,
        "verdict": rules.can_sweep(request.by, fund, now=request.now),
    }
    return render(request, "funds/sweep.html", page)
