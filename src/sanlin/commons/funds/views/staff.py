from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sanlin.commons.funds import actions, rules
from sanlin.commons.funds.forms import ReasonForm, RunningForm, SweepForm
from sanlin.commons.funds.models import Book, BookKind, Fund, Posting, Voucher
from sanlin.commons.funds.queries import amount_in, book_name, position
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.ui.words import month as month_words
from sanlin.ground.verdict import ALLOWED
from sanlin.kernel.ledger import running_room, to_sweep

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
    page = {
        "fund": fund,
        "form": form,
        "turn": turn,
        # Whoever was refused just now has read why; she may try again.
        "verdict": ALLOWED
        if form.is_bound
        else rules.can_close_next(request.by, fund, now=request.now),
        "closes": list(fund.closes.select_related("by")[:36]),
    }
    return render(request, "funds/close.html", page)


@gate(rules.works_for, Fund, having=WHOLE)
def running(request: Request, fund: Fund) -> HttpResponse:
    """Pay a running cost, within the share and the cap of the terms."""
    form = RunningForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if done(request, form, actions.pay_running, fund, told["amount"], told["what"]):
            messages.success(request, _("已记账"))
            return redirect("funds:books", pk=fund.pk)
    kept = list(Book.objects.filter(fund=fund))
    came_in = position(fund, kept).source
    spent = sum(one.balance for one in kept if one.kind == BookKind.COST and one.head)
    page = {
        "fund": fund,
        "form": form,
        "came_in": came_in,
        "spent": spent,
        "room": running_room(fund.terms.running, came_in, spent),
        "terms": fund.terms.running,
    }
    return render(request, "funds/running.html", page)


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
