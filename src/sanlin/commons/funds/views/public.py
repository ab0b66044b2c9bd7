from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.commons.funds import rules, stages
from sanlin.commons.funds.models import Book, BookKind, Fund, Posting, Source, Voucher
from sanlin.commons.funds.queries import (
    amount_in,
    book_name,
    largest,
    last_inspection,
    position,
)
from sanlin.ground.clock import local_day
from sanlin.ground.gate import can_be_known, gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.ui.words import month as month_words
from sanlin.kernel.ledger import FEN
from sanlin.kernel.money import yuan

WHOLE = ("street", "district", "neighbourhood", "host")
MOST_BARS = 12
LONGEST_KEY = 19  # digits


def _months(fund: Fund) -> list[tuple[str, str]]:
    """Every month from the fund's first voucher to its last, the latest first."""
    days = Voucher.objects.filter(fund=OuterRef("pk")).values("at")
    ends = Fund.objects.filter(pk=fund.pk).values_list(
        Subquery(days.order_by("at")[:1]), Subquery(days.order_by("-at")[:1])
    )
    first, last = ends.get()
    if first is None:
        return []
    month, found = local_day(last).replace(day=1), []
    while month >= local_day(first).replace(day=1):
        found.append((f"{month:%Y-%m-%d}", month_words(month)))
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def _in_month(value: str) -> Q:
    month = date.fromisoformat(value)
    return Q(
        voucher__at__gte=rules.month_start(month),
        voucher__at__lt=rules.month_start(rules.month_after(month)),
    )


def _only(undertaking: int | None) -> str:
    return f"?undertaking={undertaking}" if undertaking else ""


POSTINGS = Table(
    "postings",
    _("每一笔记账"),
    (
        Column(
            "number",
            _("凭证号"),
            lambda row: row.voucher.number,
            "number",
            "voucher__number",
            href=lambda row: f"/funds/vouchers/{row.voucher_id}/",
        ),
        Column("at", _("日期"), lambda row: row.voucher.at, "day", "voucher__at"),
        Column("memo", _("摘要"), lambda row: row.voucher.memo, "long"),
        Column(
            "amount",
            _("金额"),
            lambda row: row.amount if row.debit.unit == FEN else None,
            "money",
            "amount",
        ),
        Column("debit", _("借方"), lambda row: book_name(row.debit), sort="debit__kind"),
        Column("credit", _("贷方"), lambda row: book_name(row.credit), sort="credit__kind"),
        Column(
            "undertaking",
            _("事项"),
            lambda row: str(row.debit.undertaking or row.credit.undertaking or ""),
            href=lambda row: _only(row.debit.undertaking_id or row.credit.undertaking_id),
        ),
        Column(
            "other",
            _("数量"),
            lambda row: "" if row.debit.unit == FEN else amount_in(row.debit.unit, row.amount),
        ),
    ),
    sieves=(
        Sieve("debit", _("借方科目"), BookKind.choices, "debit__kind"),
        Sieve("credit", _("贷方科目"), BookKind.choices, "credit__kind"),
    ),
    search=("voucher__memo", "debit__undertaking__title", "credit__undertaking__title"),
    order="-voucher__number",
    empty=_("还没有记账。资金拨入后从这里看到每一笔。"),
)


def _postings(fund: Fund) -> Table:
    """The list of a fund's postings; its sieve offers the fund's own months."""
    month = Sieve("month", _("月份"), _months(fund), _in_month)
    return replace(POSTINGS, sieves=(month, *POSTINGS.sieves))


@gate(rules.can_see, Fund, having=WHOLE)
def books(request: Request, fund: Fund) -> HttpResponse:
    """The open book of a fund: where the money came from, where it went, every posting; with
    `?undertaking=` those of one undertaking."""
    told, last, kept = position(fund), last_inspection(fund), largest(fund, MOST_BARS)
    rows = Posting.objects.filter(voucher__fund=fund)
    asked, only = request.GET.get("undertaking", ""), None
    if asked.isdecimal() and len(asked) < LONGEST_KEY:
        of = list(
            Book.objects.filter(fund=fund, undertaking=int(asked)).select_related("undertaking")
        )
        if of:
            only = of[0].undertaking
            rows = Posting.objects.filter(Q(debit__in=of) | Q(credit__in=of))
    rows = rows.select_related(
        "voucher",
        "debit__undertaking",
        "credit__undertaking",
        "debit__source",
        "credit__source",
    )
    page = {
        "fund": fund,
        "only": only,
        "position": told,
        "inspection": last,
        "agrees": told.balanced and not (last and last.wrong),
        "figures": [
            (_now("拨入资金"), yuan(told.source)),
            (_now("项目与运行支出"), yuan(told.paid)),
            (_now("已签约未付"), yuan(told.owed)),
            (_now("现在还有"), yuan(told.cash)),
            *([(_now("划出与上缴"), yuan(told.given))] if told.given else []),
        ],
        "came_from": _bars(kept, BookKind.SOURCE, told.source),
        "went_to": _bars(kept, BookKind.COST, told.cost),
        "stock": [
            (book_name(book), amount_in(book.unit, book.balance))
            for book in kept
            if book.kind == BookKind.STOCK
        ],
        "staff": request.by.is_authenticated
        and bool(rules.works_for(request.by, fund, now=request.now)),
        "sweeps": fund.terms.sweep.into if fund.sweep_on else "",
    }
    return _postings(fund).answer(request, rows, "funds/books.html", page)


def _bars(kept: list[Any], kind: str, total: int) -> tuple[list[tuple[str, int, str]], str]:
    """(what, fen, in words) of the largest books of one kind; what is left out of `total`, in words."""
    books = [book for book in kept if book.kind == kind and book.unit == FEN]
    bars = [(book_name(book, alone=True), book.balance, yuan(book.balance)) for book in books]
    left = books[0].many - len(books) if books else 0
    rest = total - sum(book.balance for book in books)
    words = _now("另有%(n)s项，共%(rest)s") % {"n": left, "rest": yuan(rest)}
    return bars, words if left else ""


@gate(rules.can_see_voucher, Voucher, having=("fund__district", "fund__street", "reverses"))
def voucher(request: Request, voucher: Voucher) -> HttpResponse:
    """One voucher: what moved, why, what took it back, and its place in the chain."""
    rows = Posting.objects.filter(voucher=voucher).select_related(
        "debit__undertaking", "credit__undertaking", "debit__source", "credit__source"
    )
    staff = request.by.is_authenticated and bool(
        rules.works_for(request.by, voucher.fund, now=request.now)
    )
    page = {
        "voucher": voucher,
        "fund": voucher.fund,
        "postings": [
            (book_name(row.debit), book_name(row.credit), amount_in(row.debit.unit, row.amount))
            for row in rows
        ],
        "back": Voucher.objects.filter(reverses=voucher).first(),
        "before": Voucher.objects.filter(fund=voucher.fund_id, number=voucher.number - 1).first(),
        "staff": staff,
        "may": staff and rules.can_reverse(request.by, voucher, now=request.now),
    }
    return render(request, "funds/voucher.html", page)


@gate(can_be_known)
def gifts(request: Request) -> HttpResponse:
    """What I gave: whether it has arrived, what was added to it, and the book that it stands in."""
    rows = Source.objects.filter(giver=request.by.pk).select_related("fund", "matched_by")
    told = [
        {
            "gift": row,
            "amount": amount_in(row.unit, row.arrived or row.pledged),
            "tone": stages.TONES[row.stage],
            "match": getattr(row, "matched_by", None),
        }
        for row in rows.order_by("-at", "-pk")[:100]
    ]
    return render(request, "funds/gifts.html", {"gifts": told})
