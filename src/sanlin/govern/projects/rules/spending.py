from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanlin.commons.funds.rules import keeps_off
from sanlin.commons.orgs.rules import leads
from sanlin.commons.people.rules import works_for_neighbourhood
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Project, Receipt
from sanlin.ground.verdict import ALLOWED, Verdict, denied
from sanlin.kernel.budget import Line
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import Rules
from sanlin.kernel.reason import Reason
from sanlin.kernel.spending import Purse, refusals

from .flows import Flows, flows
from .who import can_look_into, in_team

SPENDING = (stages.RUNNING, stages.MIDTERM, stages.CLOSING)
# What a team had sent before its project was stopped is still looked at: it lowers what it owes.
LOOKING = (*SPENDING, stages.STOPPED)


def can_hand_in(who: Any, project: Project, *, now: datetime) -> Verdict:
    """The team's leader, from the agreement until the closing review."""
    if not (verdict := leads(who, project.team, now=now)):
        return verdict
    if project.stage == stages.TO_SIGN:
        return denied(_("协议签订以后才能上传票据"))
    if project.stage not in SPENDING:
        return denied(_("项目已经验收或终止，不能再上传票据"))
    return ALLOWED


def can_withdraw(who: Any, receipt: Receipt, *, now: datetime) -> Verdict:
    """The team's leader, as long as nobody has looked at it."""
    if not (verdict := leads(who, receipt.project.team, now=now)):
        return verdict
    if receipt.stage != stages.HANDED_IN:
        return denied(_("已经审核的票据不能撤回"))
    return ALLOWED


def can_see_receipt(who: Any, receipt: Receipt, *, now: datetime) -> Verdict:
    """The team and the staff; the public sees sums by head only."""
    return can_look_into(who, receipt.project, now=now)


def can_look(who: Any, project: Project, *, now: datetime) -> Verdict:
    """A worker of the project's committee or an officer of the street, not of the team."""
    allowed = works_for_neighbourhood(who, project.place, now=now)
    if allowed and in_team(who, project, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    return allowed


def can_accept(who: Any, receipt: Receipt, *, now: datetime, money: Flows | None = None) -> Verdict:
    """Refuses with the figures of the first rule that the receipt would break.

    `money` is `flows` of its project where somebody has read it already.
    """
    project = receipt.project
    if not (verdict := _may_decide(who, receipt, now=now)):
        return verdict
    broken = refusals(lines_of(receipt), purse(project, money), project.round.rules)
    return denied(sentence(broken[0])) if broken else ALLOWED


def _may_decide(who: Any, receipt: Receipt, *, now: datetime) -> Verdict:
    if not (verdict := can_look(who, receipt.project, now=now)):
        return verdict
    if receipt.stage != stages.HANDED_IN or receipt.project.stage not in LOOKING:
        return denied(_("这张票据现在不需要审核"))
    if receipt.by_id == who.pk:
        return denied(_("不能审核自己上传的票据"))
    # Accepting what was spent is approving it, which is also for whoever handles the project.
    fund = receipt.project.fund
    return keeps_off(who, fund, "approve", now=now, besides=("handle",))


def can_return_receipt(who: Any, receipt: Receipt, *, now: datetime) -> Verdict:
    """Ask a receipt back or refuse it, an accepted one too, until the closing review."""
    project = receipt.project
    if not (verdict := can_look(who, project, now=now)):
        return verdict
    if receipt.stage not in stages.STANDING_RECEIPTS or project.stage not in LOOKING:
        return denied(_("这张票据不能再退回"))
    if receipt.by_id == who.pk:
        return denied(_("不能审核自己上传的票据"))
    return ALLOWED


def all_looked_at(waiting: int) -> Verdict:
    """What depends on the receipts of a project has to wait while any of them does."""
    words = ngettext("还有%(n)s张票据没有审核", "还有%(n)s张票据没有审核", waiting)
    return denied(words % {"n": waiting}) if waiting else ALLOWED


def lines_of(receipt: Receipt) -> list[Line]:
    """The lines as the kernel reads them."""
    return [row.line for row in receipt.lines.all()]


def purse(project: Project, told: Flows | None = None) -> Purse:
    """The project's money as the kernel reads it: the plan in force, and what is spent or set aside."""
    told = told or flows(project)
    whole = project.grant + project.award.proposal.own_funds
    return Purse(project.grant, whole, told.planned, told.bound)


def remarks(lines: Sequence[Line], money: Purse, rules: Rules) -> list[str]:
    """What forbids accepting a receipt of these lines, as sentences."""
    return [sentence(one) for one in refusals(lines, money, rules)]


def sentence(reason: Reason) -> str:
    """A kernel's reason in words."""
    told = {
        name: yuan(value) if isinstance(value, int) else value for name, value in reason.figures
    }
    words = {
        "no_lines": lambda: _("请至少写一行明细"),
        "unknown_head": lambda: _("没有这个支出科目"),
        "forbidden_head": lambda: _("“%(head)s”不得列支（%(key)s）"),
        "unit_cap": lambda: _("“%(head)s”%(what)s单价%(price)s，超过每单位上限%(cap)s"),
        "long_cap": lambda: _(
            "“%(head)s”%(what)s共%(amount)s，从第%(unit)s个单位起每单位上限%(cap)s，合计最多%(most)s"
        ),
        "share": lambda: _("“%(head)s”累计%(used)s，超过比例上限%(most)s，多%(over)s"),
        "above_grant": lambda: _("通过后累计%(used)s，超过立项金额%(grant)s，多%(over)s"),
        "over_plan": lambda: _(
            "“%(head)s”累计%(used)s，超过协议里的预算%(planned)s，多%(over)s；须先申请变更"
        ),
    }
    return words[reason.code]() % told
