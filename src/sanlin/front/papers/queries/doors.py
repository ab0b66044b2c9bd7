"""Which papers somebody may take of a thing: pages below ask by setting and do not know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.front.papers import rules
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects.models import Agreement, Change, Circle, Project, Report
from sanlin.govern.rounds.models import Round

Door = tuple[str, str]  # address, words


def doors(who: Any, thing: Model, *, now: datetime) -> list[Door]:
    """The papers of a thing that `who` may take; none where the thing has none. Asks nothing of the
    database beyond what a page has read of the person."""
    find = FOUND.get(type(thing))
    return find(who, thing, now) if find and who.is_authenticated else []


def _project(who: Any, project: Any, now: datetime) -> list[Door]:
    if not rules.can_take(who, project, now=now):
        return []
    return [(reverse("papers:project", args=[project.pk]), _("文书和归档"))]


def _agreement(who: Any, agreement: Any, now: datetime) -> list[Door]:
    if not rules.can_take_agreement(who, agreement, now=now):
        return []
    return [(reverse("papers:agreement", args=[agreement.pk]), _("下载Word协议"))]


def _change(who: Any, asked: Any, now: datetime) -> list[Door]:
    if not rules.can_take_change(who, asked, now=now):
        return []
    return [(reverse("papers:change", args=[asked.pk]), _("下载Word申请表"))]


def _report(who: Any, report: Any, now: datetime) -> list[Door]:
    if not rules.can_take_report(who, report, now=now):
        return []
    return [(reverse("papers:report", args=[report.pk]), _("下载Word报告"))]


def _notice(who: Any, notice: Any, now: datetime) -> list[Door]:
    if not rules.can_take_notice(who, notice, now=now):
        return []
    return [
        (reverse("papers:notice", args=[notice.pk]), _("下载Word公示")),
        (reverse("papers:of_notice", args=[notice.pk, "notice"]), _("张贴用PDF")),
    ]


def _round(who: Any, round: Any, now: datetime) -> list[Door]:
    if not round.frozen or not rules.can_see_round(who, round, now=now):
        return []
    return [(reverse("papers:round", args=[round.pk]), _("文书和台账"))]


def _circle(who: Any, circle: Any, now: datetime) -> list[Door]:
    if not rules.can_take_circle(who, circle, now=now):
        return []
    return [(reverse("papers:of_circle", args=[circle.pk, "circle"]), _("小组汇报（PowerPoint）"))]


FOUND: dict[type[Model], Callable[[Any, Any, datetime], list[Door]]] = {
    Project: _project,
    Agreement: _agreement,
    Change: _change,
    Report: _report,
    Notice: _notice,
    Round: _round,
    Circle: _circle,
}
