"""What pages below this floor show of growing, handed to them by setting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.govern.growth.models import Pair
from sanlin.govern.projects.models import Project
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import short_day

Door = tuple[str, str, str, str]
"""Title, address, a note, a state."""
MOST_ADVICE = 20
SHOWN = (
    *("survey", "survey__closed_at", "advice", "advice__text"),
    *("advice__due", "advice__done_at", "advice__word"),
)


def of_project(project: Project, *, now: datetime) -> list[Door]:
    """On a project's page: its closing, its circle, and what was agreed with it and is open."""
    doors: list[Door] = []
    if project.circle_id:
        where = reverse("growth:circle", args=[project.circle_id])
        doors.append((_("小组"), where, str(project.circle), ""))
    rows = list(
        Project.objects.filter(pk=project.pk).order_by("advice__due").values(*SHOWN)[:MOST_ADVICE]
    )
    doors += [_door(row, now) for row in rows if row["advice"] is not None]
    doors += [
        (_("老带新结对"), reverse("growth:pair", args=[one.pk]), _words(one), "")
        for one in pairs_of(project)
    ]
    where = reverse("growth:closing", args=[project.pk])
    asked = bool(rows) and rows[0]["survey"] is not None and rows[0]["survey__closed_at"] is None
    doors.append((_("验收与满意度"), where, _("正在听取居民意见") if asked else "", ""))
    return doors


def _words(pair: Pair) -> str:
    return _("%(mentor)s带%(novice)s") % {"mentor": pair.mentor, "novice": pair.novice}


def pairs_of(project: Project) -> QuerySet[Pair]:
    """The pairs that the project's team is part of in the project's round."""
    team = project.undertaking.organisation_id
    rows = Pair.objects.filter(Q(mentor=team) | Q(novice=team), round=project.round_id)
    return rows.select_related("mentor", "novice")


def _door(row: dict[str, Any], now: datetime) -> Door:
    where = reverse("growth:advice", args=[row["advice"]])
    due = row["advice__due"]
    if row["advice__done_at"] is not None:
        return row["advice__text"], where, row["advice__word"], _("已办")
    state = _("已逾期") if due < local_day(now) else _("待办")
    return row["advice__text"], where, _("%(day)s前") % {"day": short_day(due, year=True)}, state


def of_round(round: Any) -> str:
    """The address of the page on which a round's projects grow."""
    return reverse("growth:round", args=[round.pk])


def of_team(team: Any) -> str:
    """The address of a team's dossier."""
    return reverse("growth:dossier", args=[team.pk])


def of_year(round: Any) -> str:
    """The address of what the book of a round says to the draft that follows it."""
    return reverse("growth:year", args=[round.pk])
