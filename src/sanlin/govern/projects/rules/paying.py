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
from .flows import Flows, flows
from .who import can_handle, did

WHY_NOT_DUE = {
    stages.WAITING: lambda: _("拨款条件还没有满足"),
    stages.PROPOSED: lambda: _("已经申请，等待另一位工作人员审批"),
    stages.TO_PAY: lambda: _("已经审批，等待出纳付款"),
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
    return _by_another_hand(who, instalment, "handle", paper, now=now)


def _by_another_hand(
    who: Any, instalment: Instalment, duty: str, paper: Paper | None, *, now: datetime
) -> Verdict:
    """Whether the fund's duties, and what `who` did with the same money, leave her this; and whether
    nothing blocks the payment."""
    project = instalment.project
    paper = paper or paper_of(project)
    done = did(who, project, instalment, keepers=paper.keepers)
    if not (verdict := may_act(who, project.fund, duty, now=now, did=done)):
        return verdict
    return _unblocked(instalment, paper)


def _unblocked(instalment: Instalment, paper: Paper) -> Verdict:
    if instalment.project.stage in stages.ENDED:
        return denied(_("项目已经结束"))
    if paper.objection is not None:
        return denied(_("第%(n)s号异议还没有答复，暂不能拨款") % {"n": paper.objection})
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
    return _by_another_hand(who, instalment, "approve", paper, now=now)


def can_pay(
    who: Any, instalment: Instalment, *, now: datetime, paper: Paper | None = None
) -> Verdict:
    """Whoever is entrusted with paying at the fund, unless the terms keep that apart from what she
    did before with the same money."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage in (stages.DUE, stages.PROPOSED):
        return denied(_("还没有审批"))
    if instalment.stage != stages.TO_PAY:
        return denied(WHY_NOT_DUE[instalment.stage]())
    return _by_another_hand(who, instalment, "pay", paper, now=now)


def can_take_back_payment(
    who: Any, instalment: Instalment, *, now: datetime, money: Flows | None = None
) -> Verdict:
    """Another officer than the one who paid or approved, while the project goes on; never what the
    team has already given back or handed on to its groups. `money` is `flows` where it is known."""
    project = instalment.project
    if not (verdict := can_handle(who, project, now=now)):
        return verdict
    if instalment.stage != stages.PAID:
        return denied(_("只有已拨付的才能冲销"))
    if project.stage in stages.ENDED:
        return denied(_("项目已经结束，不能冲销拨付"))
    if who.pk in (instalment.paid_by_id, instalment.approved_by_id):
        return denied(_("冲销须由另一位工作人员办理，不能冲销自己审批或付款的拨付"))
    done = did(who, project, instalment)
    if not (verdict := may_act(who, project.fund, "book", now=now, did=done)):
        return verdict
    return _still_there(money or flows(project), instalment.amount)


def _still_there(money: Flows, amount: int) -> Verdict:
    left = money.paid - money.returned - amount
    if left < 0:
        return denied(_("团队已经退回一部分资金，不能再冲销这一期"))
    if left < money.passed_on:
        return denied(_("这笔资金已经拨给子项目的小组，不能冲销"))
    return ALLOWED


def can_send_back(who: Any, instalment: Instalment, *, now: datetime) -> Verdict:
    """Any officer may take back to the start what is not paid yet."""
    if not (verdict := can_handle(who, instalment.project, now=now)):
        return verdict
    if instalment.stage not in (stages.PROPOSED, stages.TO_PAY):
        return denied(_("只有待审批或待付款的拨款可以退回"))
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
