from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require


@deed("projects.set_kind")
def set_kind(project: Project, kind: str, *, by: Account, now: datetime) -> Project:
    """Say who carries a project out: works and upkeep, professionals, or residents themselves."""
    require(rules.can_set_kind(by, project, now=now))
    was = project.kind
    Project.objects.filter(pk=project.pk).update(kind=kind)
    project.kind = kind
    record(project, by=by, now=now, was=was, kind=kind)
    return project


@deed("projects.make_circle")
def make_circle(
    round: Round, name: str, leader: Account | None = None, *, by: Account, now: datetime
) -> Circle:
    """A circle of a round; its projects are put into it by `assign`."""
    require(rules.can_keep_circles(by, round, now=now))
    if not name.strip():
        raise Refused(_("请写明小组名称"))
    with refusing(_("本轮已有同名小组")):
        circle = Circle.objects.create(round=round, name=name.strip(), leader=leader)
    record(circle, by=by, now=now, round=round.pk, leader=leader)
    return circle


@deed("projects.assign")
def assign(circle: Circle, projects: Sequence[Project], *, by: Account, now: datetime) -> Circle:
    """Put projects of the same round into a circle; each is in one circle at most."""
    require(rules.can_keep_circles(by, circle.round, now=now))
    if any(project.round_id != circle.round_id for project in projects):
        raise Refused(_("小组只能编入本轮的项目"))
    keys = sorted(project.pk for project in projects)
    Project.objects.filter(pk__in=keys).update(circle=circle)
    record(circle, by=by, now=now, projects=keys)
    return circle
