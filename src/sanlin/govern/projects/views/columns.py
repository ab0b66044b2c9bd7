"""What the staff's lists share: the columns that name a project, its state as a badge, and the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.rounds.models import Round
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table

NUMBER = Column("number", _("项目编号"), lambda row: row.project.number, sort="project__number")
TEAM = Column("team", _("团队"), lambda row: str(row.project.team), under="project")
SEARCH = ("project__undertaking__title", "project__number")


def project(href: Callable[[Any], str]) -> Column:
    """The project's title, which leads to `href` of the row."""
    title = "project__undertaking__title"
    return Column("project", _("项目"), lambda row: str(row.project), "long", sort=title, href=href)


def desk(row: Any) -> str:
    """The desk of a row's project."""
    return reverse("projects:desk", args=[row.project_id])


def stage(tones: Mapping[str, str]) -> Column:
    """The state of a row, coloured by `tones`."""
    return Column(
        "stage",
        _("状态"),
        lambda row: row.stage_label,
        "state",
        sort="stage",
        tone=lambda row: tones.get(row.stage, "plain"),
    )


def by_stage(labels: Mapping[str, str]) -> Sieve:
    """The choice of a state, in the page's language."""
    return Sieve("stage", _("状态"), spoken(labels), "stage")


def spoken(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """(key, words) of the stages' own table, in the page's language."""
    return [(key, _now(words)) for key, words in labels.items()]


def listed(
    request: Request, round: Round, made: Callable[[Round], Table], rows: QuerySet[Any]
) -> HttpResponse:
    """The list of a round as a page or a workbook; there is none before the round opens."""
    if round.frozen is None:
        raise Http404
    table = made(round)
    page = {"round": round, "title": str(table.caption)}
    return table.answer(request, rows, "projects/ledger.html", page)
