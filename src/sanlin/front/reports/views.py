from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate, open_to_all
from sanlin.ground.http import Request
from sanlin.ground.sheets import EXCEL, Head, write

from . import queries, rules

A_PAGE = 30


@gate(rules.can_read, Round, having=("street",))
def round_page(request: Request, round: Round) -> HttpResponse:
    """A round in figures, each picture with its table; `?format=xlsx` is all of it as sheets."""
    report = queries.report(round, now=request.now)
    if request.GET.get("format") == "xlsx":
        answer = HttpResponse(write(_sheets(report)), content_type=EXCEL)
        answer["Content-Disposition"] = f'attachment; filename="round-{round.pk}.xlsx"'
        return answer
    return render(request, "reports/round.html", {"round": round, "report": report})


Sheet = tuple[str, Sequence[Head | str], list[Sequence[Any]]]


def _sheets(report: queries.Report) -> list[Sheet]:
    heads: list[Head | str] = [
        _("提案"),
        _("通过审查"),
        _("立项"),
        Head(_("申请金额"), "money"),
        Head(_("立项金额"), "money"),
    ]
    sheets: list[Sheet] = [
        (cut.title, [Head(cut.part, width=24), *heads], [_cells(row) for row in cut.rows])
        for cut in report.cuts
    ]
    turnout: list[Head | str] = [Head(_("居民区"), width=24), _("已投"), _("名册人数")]
    return [*sheets, (_("投票率"), turnout, list(report.by_place))]


def _cells(row: queries.Figures) -> Sequence[Any]:
    return (row.label, row.proposals, row.admitted, row.funded, row.asked, row.granted)


@gate(rules.can_check, Round, having=("street", "parent"))
@require_safe
def checks_page(request: Request, round: Round) -> HttpResponse:
    """What must hold of a round's money, looked at while the page is read."""
    page = {"round": round, "checks": queries.checks(round)}
    return render(request, "reports/checks.html", page)


@open_to_all
@require_safe
def all_checks(request: Request) -> HttpResponse:
    """The rounds whose money can be checked, the latest first."""
    rows = (
        Round.objects.filter(frozen__isnull=False).select_related("street").order_by("-year", "-pk")
    )
    rows = rows.defer("frozen", "pack_text", "officer_values")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page", "1"))
    return render(request, "reports/all_checks.html", {"page": page})


@gate(rules.can_look_back)
@require_safe
def past_day(request: Request) -> HttpResponse:
    """How everything stood at the end of a day, out of the log; `?format=xlsx` is all of it."""
    today = local_day(request.now)
    day, fault = _day(request.GET.get("day", ""), today)
    until = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    asked = request.GET.get("round", "")
    key = int(asked) if asked.isdecimal() and len(asked) < LONGEST_KEY else None
    found = queries.past(request.by, until, key, now=request.now)
    if request.GET.get("format") == "xlsx":
        answer = HttpResponse(write(_past_sheets(found)), content_type=EXCEL)
        answer["Content-Disposition"] = f'attachment; filename="past-{day:%F}.xlsx"'
        return answer
    context = {"found": found, "day": day, "today": today, "fault": fault}
    return render(request, "reports/past.html", context)


LONGEST_KEY = 19  # digits
FIRST_YEAR = 1949


def _day(written: str, today: date) -> tuple[date, str]:
    """The day that is asked for and nothing; or today, and why."""
    if not written:
        return today, ""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return today, _("没有这一天，下面是今天的状态。")
    if day > today or day.year < FIRST_YEAR:
        return today, _("这一天还没有到，或者太早，下面是今天的状态。")
    return day, ""


def _past_sheets(found: queries.Past) -> list[Sheet]:
    things: list[Head | str] = [
        _("种类"),
        Head(_("名称或编号"), width=40),
        _("状态"),
        Head(_("金额"), "money"),
        _("台账行号"),
        Head(_("时间"), width=20),
    ]
    money: list[Head | str] = [Head(_("资金池"), width=40)]
    money += [Head(words, "money") for words in (_("拨入"), _("存款"), _("已拨付"), _("待拨付"))]
    rows: list[Sequence[Any]] = [
        (o.kind, o.name, o.stage, o.amount, o.line, o.at) for o in found.things
    ]
    rounds: list[Sequence[Any]] = [
        (str(one), str(one.street), stage) for one, stage in found.rounds
    ]
    return [
        (_("轮次"), [Head(_("轮次"), width=30), Head(_("街道"), width=24), _("状态")], rounds),
        (_("各项状态"), things, rows),
        (_("资金"), money, [(o.name, o.source, o.cash, o.paid, o.owed) for o in found.money]),
    ]
