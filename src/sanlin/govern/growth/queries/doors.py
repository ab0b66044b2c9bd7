"""What pages below this floor show of growing, handed to them by setting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.govern.growth.models import Advice, Survey
from sanlin.govern.projects.models import Project
from sanlin.ground.clock import local_day

Door = tuple[str, str, str, str]
"""Title, address, a note, a state."""


def of_project(project: Project, *, now: datetime) -> list[Door]:
    """On a project's page: its closing, its circle, and what was agreed with it and is open."""
    doors: list[Door] = []
    if project.circle_id:
        where = reverse("growth:circle", args=[project.circle_id])
        doors.append((_("小组"), where, str(project.circle), ""))
    open_ = list(Advice.objects.filter(project=project).order_by("due")[:20])
    for one in open_:
        if one.done_at is not None:
            doors.append((one.text, _at(one), one.word, _("已办")))
        else:
            late = one.due < local_day(now)
            doors.append(
                (
                    one.text,
                    _at(one),
                    _("%(day)s前") % {"day": f"{one.due:%Y-%m-%d}"},
                    _("已逾期") if late else _("待办"),
                )
            )
    where = reverse("growth:closing", args=[project.pk])
    asked = Survey.objects.filter(project=project).first()
    note = _("正在听取居民意见") if asked and asked.closed_at is None else ""
    doors.append((_("验收与满意度"), where, note, ""))
    return doors


def _at(advice: Advice) -> str:
    return reverse("growth:advice", args=[advice.pk])


def of_round(round: Any) -> str:
    """The address of the page on which a round's projects grow."""
    return reverse("growth:round", args=[round.pk])


def of_team(team: Any) -> str:
    """The address of a team's dossier."""
    return reverse("growth:dossier", args=[team.pk])
