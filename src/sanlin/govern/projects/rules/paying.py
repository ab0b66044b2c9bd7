from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.funds.rules import may_act
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Instalment
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .agreeing import Paper, paper_of
from .who import can_handle

WHY_NOT_DUE = {
    stages.WAITING: lambda: _("拨款条件还没有满足"),
    stages.PROPOSED: lambda: _("已经申请，等待另一位工作人员审批"),
    stages.PAID: lambda: _("这一期已经拨付"),
    stages.HELD: lambda: _("这一期已暂停拨付"),
    stages.WITHHELD: lambda: _("这一期不再拨付"),
}


def can_propose(
    who: Any, instalment: Instalment, *, now: datetime, paper: Paper | None = None
) -> Verdict:
    """An officer, once the condition holds; `paper` is `paper_of` where somebody has read it."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage != stages.DUE:
        return denied(WHY_NOT_DUE[instalment.stage]())
    if not (verdict := may_act(who, instalment.project.fund, "handle", now=now)):
        return verdict
    return _unblocked(instalment, paper)


def _unblocked(instalment: Instalment, paper: Paper | None) -> Verdict:
    if instalment.project.stage in stages.ENDED:
        return denied(_("项目已经结束"))
    objection = (paper or paper_of(instalment.project)).objection
    if objection is not None:
        return denied(_("第%(n)s号异议还没有答复，暂不能拨款") % {"n": objection})
    return ALLOWED


def can_approve(
    who: Any, instalment: Instalment, *, now: datetime, paper: Paper | None = None
) -> Verdict:
    """Another officer than the one who proposed."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage == stages.DUE:
        return denied(_("还没有人申请拨付"))
    if instalment.stage != stages.PROPOSED:
        return denied(WHY_NOT_DUE[instalment.stage]())
    if instalment.proposed_by_id == who.pk:
        return denied(_("申请和审批须由两位工作人员分别办理"))
    if not (verdict := may_act(who, instalment.project.fund, "approve", now=now)):
        return verdict
    return _unblocked(instalment, paper)


def can_send_back(who: Any, instalment: Instalment, *, now: datetime) -> Verdict:
    """Any officer may take a proposed payment back to the start."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage != stages.PROPOSED:
        return denied(_("只有待审批的拨款可以退回"))
    return ALLOWED


def can_lift(who: Any, instalment: Instalment, *, now: datetime) -> Verdict:
    """An officer lets a held instalment go on."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage != stages.HELD:
        return denied(_("这一期没有暂停"))
    return ALLOWED


def can_withhold(who: Any, instalment: Instalment, *, now: datetime) -> Verdict:
    """At the settlement an officer may leave out what the team does not need any more."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage not in stages.UNPAID:
        return denied(WHY_NOT_DUE[instalment.stage]())
    if instalment.project.stage != stages.SETTLING:
        return denied(_("结算时才能决定不再拨付"))
    return ALLOWED


def can_see_books(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The books are open."""
    return ALLOWED
