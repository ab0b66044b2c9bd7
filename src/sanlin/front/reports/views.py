from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.sheets import EXCEL, Head, write

from . import queries, rules


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
