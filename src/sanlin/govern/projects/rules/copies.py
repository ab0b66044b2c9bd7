"""Signed papers that are filed as photos or PDF: who files them, who checks them, who reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import leads
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, works_for_neighbourhood
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Project, SignedPaper
from sanlin.govern.projects.models.copies import Copy
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .who import in_team


def can_see_papers(who: Any, project: Project, *, now: datetime) -> Verdict:
    """They bear names: the team's leader, whoever works for the place, and whoever audits it."""
    if sees_papers_by_post(who, project, now=now) or leads(who, project.team, now=now):
        return ALLOWED
    return denied(_("纸质材料有居民签名，只供团队负责人、本居民区和街道工作人员、审计员查看"))


def sees_papers_by_post(who: Any, project: Project, *, now: datetime) -> bool:
    """Whether a post opens them: asked of every line of a list, without a question to the database."""
    audits = holds(who, PostKind.AUDITOR, street=project.round.street, now=now)
    return audits or bool(works_for_neighbourhood(who, project.place, now=now))


def can_file_paper(who: Any, project: Project, *, now: datetime) -> Verdict:
    """The leader until the project has ended; staff of the place, who are not of the team, later too:
    an audit comes after the end."""
    if leads(who, project.team, now=now):
        ended = project.stage in stages.ENDED
        return denied(_("项目已经结束，请交工作人员归档")) if ended else ALLOWED
    return _by_staff(who, project, now=now)


def _by_staff(who: Any, project: Project, *, now: datetime) -> Verdict:
    if not (verdict := works_for_neighbourhood(who, project.place, now=now)):
        return verdict
    if in_team(who, project, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    return ALLOWED


def can_see_paper(who: Any, paper: SignedPaper, *, now: datetime) -> Verdict:
    return can_see_papers(who, paper.project, now=now)


def can_check_paper(who: Any, paper: SignedPaper, *, now: datetime) -> Verdict:
    """Staff of the place: not who filed it, nor of the team."""
    return may_check(who, paper.project, paper, now=now)


def can_withdraw_copy(who: Any, copy: Copy, *, now: datetime) -> Verdict:
    """Whoever filed it, until it has been checked."""
    if copy.by_id != who.pk:
        return denied(_("只有归档人可以撤回"))
    if copy.stage == stages.WITHDRAWN:
        return denied(_("这份材料已经撤回"))
    if copy.stage != stages.FILED:
        return denied(_("这份材料已经核对过，不能再撤回"))
    return ALLOWED


def may_check(who: Any, project: Project, copy: Any, *, now: datetime) -> Verdict:
    """Whether `who` may hold a filed copy of the project's against its paper."""
    if not (verdict := _by_staff(who, project, now=now)):
        return verdict
    if copy.by_id == who.pk:
        return denied(_("归档和核对须由两个人分别办理"))
    if copy.stage == stages.WITHDRAWN:
        return denied(_("这份材料已经撤回"))
    return ALLOWED if copy.stage == stages.FILED else denied(_("这份扫描件已经核对过"))
