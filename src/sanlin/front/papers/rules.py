from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, is_staff, posts_of, works_for_street
from sanlin.commons.places.models import Street
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects import rules as projects
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Agreement, Change, Circle, Project, Report
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import Template

KEEPERS = (PostKind.STREET_OFFICER, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN)


def can_open(who: Any, *, now: datetime) -> Verdict:
    """Officers, auditors and administrators; each sees the streets that are theirs."""
    if any(post.kind in KEEPERS for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("台账和文书供街道工作人员、审计员和区管理员使用"))


def can_keep_ledgers(who: Any, street: Street, *, now: datetime) -> Verdict:
    """The ledgers of a street: its officers, and whoever audits or administers its district."""
    if holds(who, *KEEPERS, street=street, now=now):
        return ALLOWED
    return denied(_("台账供%(street)s工作人员、审计员和区管理员使用") % {"street": street})


def can_keep_templates(who: Any, street: Street, *, now: datetime) -> Verdict:
    """The words of a street's papers are its officers' to choose."""
    return works_for_street(who, street, now=now)


def can_see_template(who: Any, template: Template, *, now: datetime) -> Verdict:
    return can_keep_templates(who, template.street, now=now)


def can_withdraw(who: Any, template: Template, *, now: datetime) -> Verdict:
    if not (verdict := can_keep_templates(who, template.street, now=now)):
        return verdict
    return ALLOWED if template.withdrawn_at is None else denied(_("这份模板已经停用"))


def can_take(who: Any, project: Project, *, now: datetime) -> Verdict:
    """The papers of a project: its team, and whoever works for the street or audits it."""
    return projects.can_look_into(who, project, now=now)


def can_take_agreement(who: Any, agreement: Agreement, *, now: datetime) -> Verdict:
    return projects.can_see_agreement(who, agreement.project, now=now)


def can_take_change(who: Any, asked: Change, *, now: datetime) -> Verdict:
    return can_take(who, asked.project, now=now)


def can_take_report(who: Any, report: Report, *, now: datetime) -> Verdict:
    return can_take(who, report.project, now=now)


def can_take_notice(who: Any, notice: Notice, *, now: datetime) -> Verdict:
    """Whoever hangs it up: staff of the street and its committees."""
    return is_staff(who, notice.decision.round.street, now=now)


def can_archive(who: Any, project: Project, *, now: datetime) -> Verdict:
    """Officers and auditors: an archive holds names and receipts in full."""
    if holds(
        who, PostKind.STREET_OFFICER, PostKind.AUDITOR, street=project.round.street, now=now
    ) and not projects.in_team(who, project, now=now):
        return ALLOWED
    return denied(_("归档由街道工作人员和审计员办理"))


def can_see_round(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The papers of a round: staff of the street."""
    return is_staff(who, round.street, now=now)


def can_archive_round(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not holds(who, PostKind.STREET_OFFICER, PostKind.AUDITOR, street=round.street, now=now):
        return denied(_("归档由街道工作人员和审计员办理"))
    return _running(round)


def can_take_deck(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The street's yearly deck: its staff, once there is something to show."""
    if not (verdict := is_staff(who, round.street, now=now)):
        return verdict
    return _running(round)


def _running(round: Round) -> Verdict:
    if round.stage in (round_stages.RUNNING, round_stages.CLOSED):
        return ALLOWED
    return denied(_("确认立项以后才有项目文书"))


def can_take_circle(who: Any, circle: Circle, *, now: datetime) -> Verdict:
    """A circle's report: staff, and whoever leads it."""
    if who.is_authenticated and who.hand is None and circle.leader_id == who.pk:
        return ALLOWED
    return is_staff(who, circle.round.street, now=now)


def can_certify(who: Any, project: Project, *, now: datetime) -> Verdict:
    """A certificate for a project that was graded, made by the street."""
    if not (verdict := projects.can_handle(who, project, now=now)):
        return verdict
    if project.stage not in (stages.SETTLING, stages.CLOSED) or not project.grade:
        return denied(_("结项评出等次以后才能制作证书"))
    return ALLOWED


def can_thank(who: Any, project: Project, *, now: datetime) -> Verdict:
    """Thanks to the members of a team, once the project has been carried out."""
    if not (verdict := projects.can_handle(who, project, now=now)):
        return verdict
    if project.stage not in (stages.SETTLING, stages.CLOSED):
        return denied(_("项目结项以后才能制作感谢状"))
    return ALLOWED
