from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.money import yuan

from .flows import flows
from .who import can_handle, is_child


def can_open_child(who: Any, project: Project, *, now: datetime) -> Verdict:
    """An officer, for a running project; one level deep only."""
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
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


def fits_pot(project: Project, head: str, amount: int) -> Verdict:
    """Whether a head of the plan still has so many fen for a small round."""
    money = flows(project)
    names = {one.key: one.name for one in project.round.rules.heads}
    left = money.planned.get(head, 0) - money.bound.get(head, 0)
    if not 0 < amount <= left:
        words = {"head": names.get(head, head), "left": yuan(max(left, 0))}
        return denied(_("“%(head)s”还有%(left)s可以用于子项目") % words)
    return ALLOWED


def can_give_on(mother: Project, amount: int) -> Verdict:
    """Whether the mother project has received, and not yet spent, what a group is to get."""
    money = flows(mother)
    there = money.paid - money.returned - sum(money.spent.values())
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
