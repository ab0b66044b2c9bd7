from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.growth import rules
from sanlin.govern.growth.models import Acceptance, Answer, Channel, Slip, Survey
from sanlin.govern.projects.models import Project
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

MOST_SLIPS = 500
MOST_SHEETS = 200


@dataclass(frozen=True)
class Said:
    """What a resident says of a project: knows it, took part, benefits, content from 1 to 5."""

    knows: bool
    took_part: bool
    benefits: bool
    content: int


@deed("growth.accept")
def accept(
    project: Project,
    ticks: Collection[str],
    people: int,
    note: str,
    *,
    by: Account,
    now: datetime,
) -> Acceptance:
    """Fill in the acceptance sheet: what holds of its list, and how many confirmed on paper."""
    require(rules.can_accept(by, project, now=now))
    known = [one.key for one in project.round.rules.acceptance]
    if set(ticks) - set(known):
        raise Refused(_("清单里没有这一项"))
    held = [key for key in known if key in ticks]
    with refusing(_("验收单已经填写")):
        made = Acceptance.objects.create(
            project=project, ticks=held, people=people, note=note.strip(), by=by, at=now
        )
    record(made, by=by, now=now, project=project.pk, ticks=held, people=people)
    return made


@deed("growth.open_survey")
def open_survey(project: Project, slips: int, *, by: Account, now: datetime) -> Survey:
    """Ask residents about a project with so many slips to hand out."""
    require(rules.can_open_survey(by, project, now=now))
    if not 0 < slips <= MOST_SLIPS:
        raise Refused(_("问卷码须在1到%(n)s张之间") % {"n": MOST_SLIPS})
    with refusing(_("满意度调查已经开始")):
        made = Survey.objects.create(project=project, slips=slips, opened_at=now)
    record(made, by=by, now=now, project=project.pk, slips=slips)
    return made


@deed("growth.answer")
def answer(survey: Survey, number: int, code: str, said: Said, *, by: Any, now: datetime) -> Survey:
    """Answer with a slip's code; which code and which answer is kept, but not which with which.

    The line names nobody, whoever may be signed in on this phone.
    """
    require(rules.can_answer(survey, number, code))
    with refusing(_("这张问卷码已经用过，一张码只填一次")):
        Slip.objects.create(survey=survey, number=number)
    _add(survey, Channel.CODE, said)
    record(survey, by=None, now=now, channel=Channel.CODE.value)
    return survey


@deed("growth.key_in_answers")
def key_in(survey: Survey, said: Said, sheets: int, *, by: Account, now: datetime) -> Survey:
    """Key in sheets of paper that say the same, so many of them."""
    require(rules.can_key_in(by, survey, now=now))
    if not 0 < sheets <= MOST_SHEETS:
        raise Refused(_("份数须在1到%(n)s之间") % {"n": MOST_SHEETS})
    for _each in range(sheets):
        _add(survey, Channel.PAPER, said)
    record(survey, by=by, now=now, channel=Channel.PAPER.value, sheets=sheets)
    return survey


def _add(survey: Survey, channel: str, said: Said) -> None:
    if not 1 <= said.content <= 5:
        raise Refused(_("满意程度请选1到5"))
    Answer.objects.create(
        survey=survey,
        channel=channel,
        knows=said.knows,
        took_part=said.took_part,
        benefits=said.benefits,
        content=said.content,
    )


@deed("growth.close_survey")
def close_survey(survey: Survey, *, by: Account, now: datetime) -> Survey:
    """No answer counts from now on."""
    require(rules.can_close_survey(by, survey, now=now))
    if not Survey.objects.filter(pk=survey.pk, closed_at__isnull=True).update(closed_at=now):
        raise Refused(_("满意度调查已经截止"))
    survey.closed_at = now
    record(survey, by=by, now=now, answers=survey.answers.count())
    return survey
