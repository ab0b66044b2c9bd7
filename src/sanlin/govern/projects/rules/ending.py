from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.funds.rules import may_act
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.money import yuan

from .flows import OVER, Flows, flows
from .spending import all_looked_at
from .who import can_handle, did


def owed_back(project: Project) -> int:
    """What the team still has to return, in fen."""
    return flows(project).owed


def can_refund(who: Any, project: Project, *, now: datetime, money: Flows | None = None) -> Verdict:
    """Once it is known how much: at the settlement, or after the project was stopped and the receipts
    that it had sent were looked at.

    `money` is `flows` of the project where somebody has read it already.
    """
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if project.stage not in stages.SETTLED_UP:
        return denied(_("结算或终止以后才能登记退款"))
    money = money or flows(project)
    if not money.owed:
        return denied(_("没有应退的资金"))
    if not (verdict := all_looked_at(money.waiting)):
        return verdict
    return may_act(who, project.fund, "book", now=now, did=did(who, project))


def can_close(
    who: Any,
    project: Project,
    *,
    now: datetime,
    money: Flows | None = None,
    children: Sequence[ChildRound] | None = None,
) -> Verdict:
    """When every instalment is paid or left out, and nothing is owed back.

    `money` is `flows` of the project, `children` its own rounds where somebody has read them already.
    """
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if project.stage != stages.SETTLING:
        return denied(_("验收评估以后才能结项"))
    for part in project.instalments.all():
        if part.stage in stages.UNPAID:
            return denied(_("“%(name)s”还没有拨付或决定不拨") % {"name": part.name})
    if not (verdict := _no_child_goes_on(project, children)):
        return verdict
    if owed := money.owed if money else owed_back(project):
        return denied(_("还有%(owed)s没有退回") % {"owed": yuan(owed)})
    return ALLOWED


def can_stop(
    who: Any, project: Project, *, now: datetime, children: Sequence[ChildRound] | None = None
) -> Verdict:
    """An officer may end a project that has not ended; `children` as in `can_close`."""
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if project.stage in stages.ENDED:
        return denied(_("项目已经结束"))
    return _no_child_goes_on(project, children)


def _no_child_goes_on(project: Project, children: Sequence[ChildRound] | None) -> Verdict:
    for one in project.children.select_related("round") if children is None else children:
        if one.round.stage not in OVER:
            return denied(_("子项目轮次“%(round)s”还没有结束") % {"round": one.round})
    return ALLOWED


def can_close_round(who: Any, round: Round, *, now: datetime) -> Verdict:
    """When every project has been closed or stopped."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.RUNNING:
        return denied(_("实施阶段才能结束本轮"))
    if alive := Project.objects.alive().filter(round=round).count():
        words = ngettext("还有%(n)s个项目没有结项", "还有%(n)s个项目没有结项", alive)
        return denied(words % {"n": alive})
    return ALLOWED


def can_keep_circles(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer, while projects are carried out."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.RUNNING:
        return denied(_("实施阶段才能编组"))
    return ALLOWED
