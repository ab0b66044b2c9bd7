from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.govern.rounds.rules.book import said
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.sheets import Head, workbook
from sanlin.ground.verdict import Refused, Verdict
from sanlin.kernel import scoring
from sanlin.kernel.packs import SCHEMA

from . import actions, queries, rules, stages
from .forms import (
    LONGEST_TITLE,
    MOST_NAMED,
    AppointForm,
    ConferForm,
    ImposeForm,
    RecuseForm,
    SheetForm,
)
from .models import Conferral, Recusal, Review, Seat
from .queries import agreement, interests

A_PAGE = 100  # proposals of a grid or a judge's list
ROUND = ("street",)
PROPOSAL = ("round__street", "team", "neighbourhood")
MEAN = next(field for field in SCHEMA if field.path == "scoring.mean")


@gate(rules.can_see_panel, Round, having=ROUND)
def panel(request: Request, round: Round) -> HttpResponse:
    """Who sits, how far they are, and what is missing before the review may begin or end."""
    return _shown(request, round)


def _shown(request: Request, round: Round, form: ConferForm | None = None) -> HttpResponse:
    by, now = request.by, request.now
    state = rules.progress(round)
    can_optimise = rules.can_open_optimisation(by, round, now=now, state=state)
    can_end = rules.can_end_review(by, round, now=now, state=state)
    page = {
        "round": round,
        "seats": [(seat, state.by_seat.get(seat.pk, 0)) for seat in state.seats],
        "state": state,
        "total": len(state.proposals),
        "conferrals": Conferral.objects.filter(round=round).select_related("proposal"),
        "appoint": AppointForm(round=round, now=now),
        "confer": form or ConferForm(round=round),
        "can_appoint": rules.can_appoint(by, round, now=now),
        "can_open": rules.can_open_review(by, round, now=now, state=state),
        "can_confer": rules.can_confer(by, round, now=now),
        "can_optimise": can_optimise,
        "can_end": can_end,
        "lacking": (can_optimise if "optimisation" in round.rules.stages else can_end).reason,
        "officer": bool(can_run(by, round, now=now)),
        "agreement": _agreed(state.totals) if rules.marks_are_open(round) else None,
    }
    return render(request, "reviews/panel.html", page)


def _agreed(totals: rules.Sheets) -> dict[str, Any]:
    """How far the judges agree, with one sentence on what that allows."""
    found = agreement(totals)
    words = {
        "reliable": _("各评委打分相当一致，平均分可以放心使用。"),
        "tentative": _("各评委打分大体一致；分数接近的提案，名次不宜看得太重。"),
        "weak": _("各评委打分分歧较大：分数接近的提案应当合议后再定。"),
        "unknown": _("共同评过的提案太少，或分数全都一样，无法计算一致性。"),
    }[found.words]
    return {
        "interval": _thousandths(found.interval),
        "ordinal": _thousandths(found.ordinal),
        "words": words,
    }


def _thousandths(value: Fraction | None) -> str:
    """Cut and not rounded, so that a figure below a threshold does not look as if it met it."""
    if value is None:
        return "—"
    cut = int(abs(value) * 1000)
    return ("-" if value < 0 else "") + f"{cut // 1000}.{cut % 1000:03d}"


def _panel(round: Round) -> str:
    return reverse("reviews:panel", args=[round.pk])


@gate(can_run, Round, having=ROUND)
@require_POST
def appoint(request: Request, round: Round) -> HttpResponse:
    form = AppointForm(request.POST, round=round, now=request.now)
    if not form.is_valid():
        messages.error(request, _("请从名单里选一位有评委任职的人"))
        return redirect(_panel(round))
    judge = form.cleaned_data["judge"]
    return press(request, _panel(round), _("已聘为评委"), actions.appoint, round, judge)


@gate(can_run, Round, having=ROUND)
@require_POST
def confer(request: Request, round: Round) -> HttpResponse:
    """Keep minutes; what was typed stays where something is wrong with it."""
    form = ConferForm(request.POST, round=round)
    if form.is_valid():
        told = form.cleaned_data
        given = round, told["proposal"], told["minutes"]
        if done(request, form, actions.confer, *given):
            messages.success(request, _("纪要已保存"))
            return redirect(_panel(round))
    return _shown(request, round, form)


@gate(can_run, Round, having=ROUND)
def named(request: Request, round: Round) -> HttpResponse:
    """The proposals that somebody may mean who is typing a number or words of a title."""
    found = queries.named(round, request.GET.get("proposal", "")[:LONGEST_TITLE], MOST_NAMED)
    return render(request, "reviews/_named.html", {"found": found})


@gate(can_run, Round, having=ROUND)
@require_POST
def open_review(request: Request, round: Round) -> HttpResponse:
    return press(request, _panel(round), _("评审已开始"), actions.open_review, round)


@gate(can_run, Round, having=ROUND)
@require_POST
def open_optimisation(request: Request, round: Round) -> HttpResponse:
    done = _("评审结束，已进入优化阶段")
    return press(request, _panel(round), done, actions.open_optimisation, round)


@gate(can_run, Round, having=ROUND)
@require_POST
def end_review(request: Request, round: Round) -> HttpResponse:
    return press(request, _panel(round), _("评审已结束"), actions.end_review, round)


def can_see_seat(who: Any, seat: Seat, *, now: Any) -> Verdict:
    return can_run(who, seat.round, now=now)


@gate(can_see_seat, Seat, having=("account", "round__street"))
def seat(request: Request, seat: Seat) -> HttpResponse:
    """One judge: interests that the records show, and recusals; an officer may impose one."""
    form = ImposeForm(request.POST or None, round=seat.round)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if done(request, form, actions.impose_recusal, seat, told["proposal"], told["reason"]):
            messages.success(request, _("已要求回避"))
            return redirect("reviews:seat", pk=seat.pk)
    page = {
        "seat": seat,
        "form": form,
        "interests": interests(seat, admitted(seat.round)),
        "recusals": seat.recusals.select_related("proposal"),
        "can_impose": rules.can_impose(request.by, seat, now=request.now),
        "can_dismiss": rules.can_dismiss(request.by, seat, now=request.now),
    }
    return render(request, "reviews/seat.html", page)


@gate(can_see_seat, Seat, having=("account", "round__street"))
@require_POST
def dismiss(request: Request, seat: Seat) -> HttpResponse:
    return press(request, _panel(seat.round), _("已退出评审"), actions.dismiss, seat)


def can_see_mine(who: Any, round: Round, *, now: Any) -> Verdict:
    """A sitting judge's own list, whatever the stage."""
    if rules.own_seat(who, round) is not None and who.hand is None:
        return Verdict(True)
    return Verdict(False, _("只有本轮评委本人可以评分"))


@gate(can_see_mine, Round, having=ROUND)
def mine(request: Request, round: Round) -> HttpResponse:
    """A judge's list: what she has still to mark first, least marked by others before."""
    seat = get_object_or_404(Seat, round=round, account=request.by)
    reviews = list(
        Review.objects.filter(seat__round=round).values_list("seat", "proposal", "stage")
    )
    others = Counter(proposal for _seat, proposal, stage in reviews if stage == stages.SEALED)
    own = {proposal: stage for one, proposal, stage in reviews if one == seat.pk}
    recused = Exists(Recusal.objects.filter(seat=seat, proposal=OuterRef("pk")))
    marked = list(admitted(round).annotate(aside=recused).values_list("pk", "number", "aside"))
    aside = {key for key, _number, stands_aside in marked if stands_aside}
    done = aside | {proposal for proposal, stage in own.items() if stage == stages.SEALED}
    order = sorted((key in done, others[key], number, key) for key, number, _aside in marked)
    page_of = Paginator([key for *_order, key in order], A_PAGE).get_page(
        request.GET.get("page", "1")
    )
    proposals = admitted(round).in_bulk(list(page_of))
    known = {found.proposal.pk: found.code for found in interests(seat, proposals.values())}
    page = {
        "round": round,
        "seat": seat,
        "page": page_of,
        "rows": [
            {
                "proposal": proposals[key],
                "stage": _(stages.LABELS[own[key]]) if key in own else "",
                "aside": key in aside,
                "interest": known.get(key),
            }
            for key in page_of
        ],
        "left": sum(not is_done for is_done, *_order in order),
        "open": rules.can_judge(request.by, round, now=request.now, seat=seat),
    }
    return render(request, "reviews/mine.html", page)


@gate(can_see_mine, Round, having=ROUND)
@require_POST
def pledge(request: Request, round: Round) -> HttpResponse:
    where = reverse("reviews:mine", args=[round.pk])
    return press(request, where, _("已作出承诺，可以开始评分"), actions.pledge, round)


@gate(rules.can_see_sheet, Proposal, having=PROPOSAL)
def sheet(request: Request, proposal: Proposal) -> HttpResponse:
    """One's own sheet for one proposal: keep, or hand in."""
    seat = get_object_or_404(Seat, round=proposal.round, account=request.by)
    review = Review.objects.filter(seat=seat, proposal=proposal).first()
    told = proposal.round.rules
    form = SheetForm(request.POST or None, rules=told, initial=_kept(review))
    if request.method == "POST" and form.is_valid():
        try:
            review = actions.save(
                proposal, form.marks(), form.cleaned_data["comment"], by=request.by, now=request.now
            )
            if "seal" in request.POST:
                actions.seal(review, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            sealed = review.stage == stages.SEALED or "seal" in request.POST
            messages.success(request, _("评分表已封存") if sealed else _("已保存，尚未封存"))
            return redirect("reviews:mine", pk=proposal.round_id)
    page = {
        "proposal": proposal,
        "review": review,
        "form": form,
        "recuse": RecuseForm(),
        "aside": Recusal.objects.filter(seat=seat, proposal=proposal).first(),
        "can_mark": rules.can_mark(request.by, proposal, now=request.now, seat=seat),
        "sealed": review is not None and review.stage == stages.SEALED,
    }
    return render(request, "reviews/sheet.html", page)


def _kept(review: Review | None) -> dict[str, str]:
    if review is None:
        return {}
    kept = {mark.criterion: f"{mark.halves / 2:g}" for mark in review.marks.all()}
    return {**kept, "comment": review.comment}


@gate(rules.can_see_sheet, Proposal, having=PROPOSAL)
@require_POST
def unseal(request: Request, proposal: Proposal) -> HttpResponse:
    review = get_object_or_404(Review, seat__account=request.by, proposal=proposal)
    where = reverse("reviews:sheet", args=[proposal.pk])
    return press(request, where, _("已启封，改好后请再次封存"), actions.unseal, review)


@gate(rules.can_see_sheet, Proposal, having=PROPOSAL)
@require_POST
def recuse(request: Request, proposal: Proposal) -> HttpResponse:
    form = RecuseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明回避理由，至少2个字"))
        return redirect("reviews:sheet", pk=proposal.pk)
    where = reverse("reviews:mine", args=[proposal.round_id])
    reason = form.cleaned_data["reason"]
    return press(request, where, _("已回避"), actions.recuse, proposal, reason)


@gate(rules.can_see_panel, Round, having=ROUND)
def grid(request: Request, round: Round) -> HttpResponse:
    """Proposals down, judges across. Cells are grey until the review has ended."""
    opened = rules.marks_are_open(round)
    seats = list(round.seats.select_related("account").order_by("account__name", "pk"))
    keys = list(admitted(round).values_list("pk", flat=True))
    totals = rules.sheets(round) if opened else {}
    by_key = {row.key: row for row in scoring.side_by_side(totals, keys)}
    as_sheet = request.GET.get("format") == "xlsx" and bool(opened)
    page_of = Paginator(keys, A_PAGE).get_page(request.GET.get("page", "1"))
    shown = keys if as_sheet else list(page_of)
    rows_of = admitted(round) if as_sheet else admitted(round).filter(pk__in=shown)
    proposals = {one.pk: one for one in rows_of}
    handed_in = Review.objects.filter(seat__round=round, stage=stages.SEALED)
    sealed = {(seat, proposal) for seat, own in totals.items() for proposal in own}
    sealed = sealed or set(handed_in.values_list("seat_id", "proposal_id"))
    aside = set(Recusal.objects.filter(seat__round=round).values_list("seat_id", "proposal_id"))
    columns = _columns(round)
    least = round.rules.scoring.min_judges
    rows = [
        {
            "proposal": proposals[key],
            "cells": [
                _cell(seat.pk, key, sealed=sealed, aside=aside, totals=totals) for seat in seats
            ],
            "done": sum((seat.pk, key) in sealed for seat in seats),
            "least": least,
            "means": [(by_key[key].by(name), own) for name, _words, own in columns],
        }
        for key in shown
    ]
    if as_sheet:
        return _sheet(round, seats, rows)
    page = {
        "round": round,
        "seats": seats,
        "rows": rows,
        "page": page_of,
        "opened": opened,
        "columns": columns,
        "rule": said(MEAN, round.rules.scoring.mean),
    }
    return render(request, "reviews/grid.html", page)


def _columns(round: Round) -> list[tuple[str, str, bool]]:
    """The ways of averaging that stand side by side: name, words, whether the pack decides by it.

    Raw, trimmed and evened always; the pack's own beside them where it is another one.
    """
    words = {
        "mean": _("平均"),
        "trimmed": _("去高去低"),
        "normalised": _("归一"),
        "median": _("中位数"),
        "zscore": _("标准分"),
        "severity": _("扣除宽严"),
        "borda": _("名次分"),
    }
    own = round.rules.scoring.mean
    names = ["mean", "trimmed", "normalised"]
    shown = names if own in names else [*names, own]
    return [(name, words[name], name == own) for name in shown]


def _cell(seat: int, proposal: int, *, sealed: Any, aside: Any, totals: Any) -> dict[str, Any]:
    if (seat, proposal) in aside:
        return {"state": "aside"}
    if (seat, proposal) not in sealed:
        return {"state": "open"}
    return {"state": "sealed", "score": totals.get(seat, {}).get(proposal)}


def _sheet(round: Round, seats: list[Seat], rows: list[dict[str, Any]]) -> HttpResponse:
    heads = [Head(_("提案"), width=28), Head(_("居民区"), width=20)]
    heads += [Head(seat.account.name, width=10) for seat in seats]
    heads += [
        Head(_("%(words)s（本轮采用）") % {"words": words} if own else words)
        for _name, words, own in _columns(round)
    ]
    lines = (
        (
            row["proposal"].title,
            row["proposal"].neighbourhood.name,
            *(cell.get("score") for cell in row["cells"]),
            *(value for value, _own in row["means"]),
        )
        for row in rows
    )
    return workbook(heads, lines, name=f"marks-{round.pk}", title=_("评分"))
