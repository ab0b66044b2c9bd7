from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.orgs.rules import leads
from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import ChildRequest, ChildRound, Project
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.money import yuan

from .flows import flows
from .who import can_handle, can_look_into, in_team, is_child


def can_open_child(who: Any, project: Project, *, now: datetime) -> Verdict:
    """An officer, for a running project; one level deep only."""
    return can_handle(who, project, now=now) and _may_have_child(project)


def can_ask_child(
    who: Any, project: Project, request: ChildRequest | None, *, now: datetime
) -> Verdict:
    """The team's leader, for a running project, unless its `request` lies before the street."""
    if not (verdict := leads(who, project.team, now=now) and _may_have_child(project)):
        return verdict
    if request and request.stage == stages.ASKED:
        return denied(_("申请已经送到街道，撤回以后才能改"))
    return ALLOWED


def request_of(project: Project) -> ChildRequest | None:
    """The request for a small round that the team writes or the street has before it; None for none."""
    return ChildRequest.objects.filter(project=project).exclude(stage=stages.OPENED).first()


def can_withdraw_request(who: Any, request: ChildRequest, *, now: datetime) -> Verdict:
    """The team's leader, as long as the street has not answered."""
    if not (verdict := leads(who, request.project.team, now=now)):
        return verdict
    return ALLOWED if request.stage == stages.ASKED else _not_before_street(request)


def can_decide_request(who: Any, request: ChildRequest, *, now: datetime) -> Verdict:
    """An officer who did not ask herself and is not of the team."""
    if not (verdict := can_handle(who, request.project, now=now)):
        return verdict
    if request.by_id == who.pk:
        return denied(_("不能办理自己提出的申请"))
    return ALLOWED if request.stage == stages.ASKED else _not_before_street(request)


def can_see_request(who: Any, request: ChildRequest, *, now: datetime) -> Verdict:
    """The team; and staff, once it has been sent."""
    if request.stage == stages.DRAFT and not in_team(who, request.project, now=now):
        return denied(_("这份申请还是团队的草稿，送到街道以后才能查看"))
    return can_look_into(who, request.project, now=now)


def _not_before_street(request: ChildRequest) -> Verdict:
    return denied(_("这份申请现在是“%(stage)s”，不用办理") % {"stage": request.stage_label})


def _may_have_child(project: Project) -> Verdict:
    if is_child(project):
        return denied(_("子项目不能再开设子项目"))
    if project.stage != stages.RUNNING:
        return denied(_("项目实施期间才能开设子项目"))
    return ALLOWED


def can_lower_least(who: Any, child: ChildRound, *, now: datetime) -> Verdict:
    """An officer who may handle the mother project, until the small round's awards are confirmed."""
    if not (verdict := can_handle(who, child.project, now=now)):
        return verdict
    if child.round.stage in {round_stages.RUNNING, round_stages.CLOSED, round_stages.CANCELLED}:
        return denied(_("这一轮已经立项或取消，不用再改"))
    return ALLOWED if child.least > 1 else denied(_("至少要有一个小组"))


def can_give_on(mother: Project, amount: int) -> Verdict:
    """Whether the mother project has received, and not yet spent, what a group is to get."""
    there = flows(mother).in_hand
    if amount > there:
        return denied(_("母项目手里只有%(there)s，不够付这一期") % {"there": yuan(max(there, 0))})
    return ALLOWED


def keeps_the_pot(child: ChildRound) -> Verdict:
    """Whether enough groups asked, and the awards stay within the mother project's head."""
    teams = Proposal.objects.handed_in().filter(round=child.round_id).values("team").distinct()
    if (count := teams.count()) < child.least:
        words = ngettext(
            "至少要有%(least)s个小组申报，现在只有%(n)s个",
            "至少要有%(least)s个小组申报，现在只有%(n)s个",
            count,
        )
        return denied(words % {"least": child.least, "n": count})
    granted = sum(standing(child.round).values_list("grant", flat=True))
    if granted > child.amount:
        sums = {"granted": yuan(granted), "pot": yuan(child.amount)}
        return denied(_("子项目合计%(granted)s，超过母项目预留的%(pot)s") % sums)
    return ALLOWED
