from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.rules import works_for_neighbourhood
from sanlin.govern.growth.models import Survey
from sanlin.govern.projects.models import Project
from sanlin.govern.projects.rules import can_handle, in_team
from sanlin.govern.projects.stages import ENDED, TO_SIGN
from sanlin.ground.pii import mark
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .circles import can_see_round

CODE_LENGTH = 8


def code_of(survey: Survey, number: int) -> str:
    """The code on a slip: nobody without the house's key can make one up."""
    return mark(f"survey:{survey.pk}:{number}")[:CODE_LENGTH]


def can_see_closing(who: Any, project: Project, *, now: datetime) -> Verdict:
    """What residents said and whether it was accepted is public."""
    return can_see_round(who, project.round, now=now)


def can_accept(who: Any, project: Project, *, now: datetime) -> Verdict:
    """An officer who is not of the team, once, while the project is being closed."""
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if project.stage == TO_SIGN or project.stage in ENDED:
        return denied(_("实施和结项期间才能填验收单"))
    if not project.round.rules.acceptance:
        return denied(_("本轮办法没有验收清单"))
    if hasattr(project, "acceptance"):
        return denied(_("验收单已经填写"))
    return ALLOWED


def can_open_survey(who: Any, project: Project, *, now: datetime) -> Verdict:
    """Staff of the place who are not of the team, once, after the agreement."""
    if not (verdict := _can_ask(who, project, now=now)):
        return verdict
    if project.stage == TO_SIGN or project.stage in ENDED:
        return denied(_("实施和结项期间才能开始满意度调查"))
    if Survey.objects.filter(project=project).exists():
        return denied(_("满意度调查已经开始"))
    return ALLOWED


def _can_ask(who: Any, project: Project, *, now: datetime) -> Verdict:
    allowed = works_for_neighbourhood(who, project.place, now=now)
    if allowed and in_team(who, project, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    return allowed


def can_print_slips(who: Any, survey: Survey, *, now: datetime) -> Verdict:
    """Codes are answers not yet given: whoever asks prints them, nobody else reads them."""
    return _can_ask(who, survey.project, now=now)


def can_key_in(who: Any, survey: Survey, *, now: datetime) -> Verdict:
    """Sheets of paper are keyed in by staff of the place while the survey is open."""
    if not (verdict := _can_ask(who, survey.project, now=now)):
        return verdict
    return _is_open(survey)


def can_close_survey(who: Any, survey: Survey, *, now: datetime) -> Verdict:
    return can_key_in(who, survey, now=now)


def _is_open(survey: Survey) -> Verdict:
    if survey.closed_at is not None:
        return denied(_("满意度调查已经截止"))
    return ALLOWED


def can_answer(survey: Survey, number: int, code: str) -> Verdict:
    """Whoever holds a slip, once."""
    known = 0 < number <= survey.slips and hmac.compare_digest(
        code.encode(), code_of(survey, number).encode()
    )
    if not known:
        return denied(_("这个问卷码不对，请核对纸条上的网址"))
    if not (verdict := _is_open(survey)):
        return verdict
    if survey.used.filter(number=number).exists():
        return denied(_("这张问卷码已经用过，一张码只填一次"))
    return ALLOWED
