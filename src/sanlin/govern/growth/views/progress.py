"""How far each project of a round has grown: the list by which staff see who was not visited yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.growth import queries
from sanlin.govern.growth.models import Pitching
from sanlin.govern.growth.rules import can_see_pitching
from sanlin.govern.projects import stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Verdict


def can_see_progress(who: Any, round: Round, *, now: Any) -> Verdict:
    """The street's staff."""
    return can_see_pitching(who, Pitching(round=round), now=now)


def _circles(rows: Any) -> list[tuple[str, str]]:
    named = rows.filter(circle__isnull=False).order_by("circle__name")
    return [
        (str(key), name) for key, name in named.values_list("circle", "circle__name").distinct()
    ]


def _yes(row: Any) -> str:
    return _now("已验收") if row.accepted else ""


def _content(row: Any) -> str:
    """满意 of answers, or that it is being asked."""
    if row.answers:
        return f"{row.content * 100 // row.answers}%"
    return _now("正在听取") if row.asked else ""


def _table(round: Round) -> Table:
    labels = [(key, _now(words)) for key, words in stages.LABELS.items()]
    return Table(
        "growth",
        _("项目进展"),
        (
            Column(
                "title",
                _("名称"),
                str,
                "long",
                sort="undertaking__title",
                href=lambda row: reverse("growth:closing", args=[row.pk]),
            ),
            Column(
                "team",
                _("团队"),
                lambda row: str(row.team),
                sort="undertaking__organisation__name",
                under="title",
            ),
            Column("circle", _("小组"), lambda row: str(row.circle or ""), sort="circle__name"),
            Column("stage", _("阶段"), lambda row: row.stage_label, sort="stage"),
            Column("visits", _("走访次数"), lambda row: row.visited, "number", sort="visited"),
            Column("open", _("建议待办"), lambda row: row.open, "number", sort="open"),
            Column("late", _("逾期"), lambda row: row.late, "number", sort="late"),
            Column("midterm", _("中期评分"), lambda row: row.midterm, "number", sort="midterm"),
            Column("answers", _("问卷份数"), lambda row: row.answers, "number", sort="answers"),
            Column("content", _("满意度"), _content),
            Column("accepted", _("验收单"), _yes, sort="accepted"),
            Column("grade", _("等次"), lambda row: row.grade_name),
            Column("number", _("项目编号"), lambda row: row.number, under="title"),
        ),
        sieves=(
            Sieve("stage", _("阶段"), labels, "stage"),
            Sieve("circle", _("小组"), _circles, "circle"),
            Sieve("visits", _("走访"), [("0", _now("没有走访过"))], "visited"),
            Sieve("accepted", _("验收单"), [("0", _now("没有验收"))], "accepted"),
        ),
        search=("undertaking__title", "undertaking__organisation__name", "number"),
        order="number",
        empty=_("没有符合条件的项目。"),
    )


@gate(can_see_progress, Round, having=("street",))
def progress(request: Request, round: Round) -> HttpResponse:
    """Visits, advice, midterm, residents' answers, acceptance: a line a project."""
    rows = queries.progress(round, local_day(request.now))
    return _table(round).answer(request, rows, "growth/progress.html", {"round": round})
