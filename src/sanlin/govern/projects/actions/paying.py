from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.actions import Cause
from sanlin.commons.funds.queries import vouchers_of
from sanlin.govern.projects import rules
from sanlin.govern.projects.models import Instalment, Project
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import require
from sanlin.kernel.calendar import add_working_days

from .hold import carry, hold, leave_out, reason_of

NOBODY = {"proposed_by": None, "proposed_at": None}


def _held(instalment: Instalment) -> Instalment:
    """The instalment as it lies, with its project held until the verb is done."""
    project = hold(Project(pk=instalment.project_id))
    found = Instalment.objects.get(pk=instalment.pk)
    found.project = project
    return found


@deed("projects.propose_payment")
def propose(instalment: Instalment, *, by: Account, now: datetime) -> Instalment:
    """Ask for a payment whose condition holds; another officer approves it."""
    held = _held(instalment)
    require(rules.can_propose(by, held, now=now))
    carry(held, "propose", proposed_by=by, proposed_at=now)
    record(held, by=by, now=now, amount=held.amount)
    return held


@deed("projects.approve_payment")
def approve(instalment: Instalment, *, by: Account, now: datetime) -> Instalment:
    """Approve a proposed payment: it waits to be paid by whoever is entrusted with paying."""
    held = _held(instalment)
    require(rules.can_approve(by, held, now=now))
    carry(held, "approve", approved_by=by)
    record(held, by=by, now=now, amount=held.amount, proposed_by=held.proposed_by)
    return held


@deed("projects.pay")
def pay(instalment: Instalment, *, by: Account, now: datetime) -> Instalment:
    """Pay what was approved: posted to the books once."""
    held = _held(instalment)
    require(rules.can_pay(by, held, now=now))
    carry(held, "pay", paid_by=by, paid_at=now)
    _book(held, by=by, now=now)
    record(held, by=by, now=now, amount=held.amount, approved_by=held.approved_by)
    return held


def _book(held: Instalment, *, by: Account, now: datetime) -> None:
    memo = _("%(number)s %(name)s") % {"number": held.project.number, "name": held.name}
    cause = Cause(held, memo)
    fund, undertaking = held.project.fund, held.project.undertaking
    if parent := rules.parent_of(held.project):
        # The mother project gives of what it has received: its cost becomes the group's.
        mother = hold(parent.project)
        require(rules.can_give_on(mother, held.amount))
        funds.take_back(fund, mother.undertaking, held.amount, cause=cause, by=by, now=now)
        funds.promise(fund, undertaking, held.amount, cause=cause, by=by, now=now)
    funds.pay(fund, undertaking, held.amount, cause=cause, by=by, now=now)


@deed("projects.take_back_payment")
def take_back_payment(
    instalment: Instalment, reason: str, *, by: Account, now: datetime
) -> Instalment:
    """Take a payment back (冲销), with a reason that the public reads: every voucher of it is
    reversed, the last first, and the instalment can be asked for anew, within its working days."""
    held = _held(instalment)
    require(rules.can_take_back_payment(by, held, now=now))
    why = reason_of(reason, 180)
    if parent := rules.parent_of(held.project):
        hold(parent.project)
    payer, paid_at = held.paid_by_id, held.paid_at
    numbers = [
        funds.reverse(voucher, why, by=by, now=now).number
        for voucher in reversed(vouchers_of(held, held.project.fund, paid_at or now))
    ]
    carry(
        held,
        "take_back",
        paid_by=None,
        paid_at=None,
        due=add_working_days(local_day(now), held.within),
        note=(_("拨付已冲销：%(why)s") % {"why": why})[:200],
        **NOBODY,
    )
    record(held, by=by, now=now, amount=held.amount, paid_by=payer, vouchers=numbers)
    return held


@deed("projects.send_back_payment")
def send_back(instalment: Instalment, reason: str, *, by: Account, now: datetime) -> Instalment:
    """Take a proposed payment back to the start, with a reason."""
    held = _held(instalment)
    require(rules.can_send_back(by, held, now=now))
    carry(held, "send_back", note=reason_of(reason), **NOBODY)
    record(held, by=by, now=now)
    return held


@deed("projects.lift_hold")
def lift(instalment: Instalment, reason: str, *, by: Account, now: datetime) -> Instalment:
    """Let a held instalment go on: what was wrong has been put right, and the reason says how."""
    held = _held(instalment)
    require(rules.can_lift(by, held, now=now))
    release_hold(held, reason_of(reason), now=now)
    record(held, by=by, now=now)
    return held


def release_hold(instalment: Instalment, why: str, *, now: datetime) -> None:
    """Back to waiting; due at once where the condition held before."""
    carry(instalment, "lift", note=why)
    signed = instalment.condition == "signed"
    passed = instalment.condition == "midterm" and rules.passes(
        rules.last_review(instalment.project, "midterm")
    )
    if signed or passed:
        due = add_working_days(local_day(now), instalment.within)
        carry(instalment, "become_due", due=due)


@deed("projects.withhold")
def withhold(instalment: Instalment, reason: str, *, by: Account, now: datetime) -> Instalment:
    """Decide at the settlement that an instalment is not paid any more."""
    held = _held(instalment)
    require(rules.can_withhold(by, held, now=now))
    leave_out(held.project, held, reason_of(reason), by=by, now=now)
    record(held, by=by, now=now, amount=held.amount)
    return held
