from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import rules, stages
from sanlin.commons.funds.models import Expense, Fund
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import require

from .moving import spend_running, within_running_room
from .posting import Cause, hold


@deed("funds.ask_running")
def ask_running(fund: Fund, amount: int, what: str, *, by: Person, now: datetime) -> Expense:
    """Ask for a running cost; `what` is public once it is paid. Refused beyond what the terms leave."""
    held = hold(fund)
    require(rules.can_ask_running(by, held, now=now))
    within_running_room(held, amount)
    made = Expense.objects.create(fund=held, what=what, amount=amount, at=now, asked_by=by)
    record(made, by=by, now=now, fund=fund.pk, amount=amount)
    return made


@deed("funds.approve_running")
def approve_running(expense: Expense, *, by: Person, now: datetime) -> Expense:
    """Approve it, within what is left: it waits for a cashier."""
    held = _held(expense)
    require(rules.can_approve_running(by, held, now=now))
    within_running_room(held.fund, held.amount)
    step(held, "approve", approved_by=by)
    record(held, by=by, now=now, fund=held.fund_id, amount=held.amount)
    return held


@deed("funds.pay_running")
def pay_running(expense: Expense, *, by: Person, now: datetime) -> Expense:
    """Pay what was approved: posted to the books once, within what the terms leave then."""
    held = _held(expense)
    require(rules.can_pay_running(by, held, now=now))
    step(held, "pay", paid_by=by, paid_at=now)
    cause = Cause(held, _("运行经费：%(what)s") % {"what": held.what})
    voucher = spend_running(held.fund, held.amount, cause=cause, by=by, now=now)
    told = {"number": voucher.number, "amount": held.amount, "approved_by": held.approved_by_id}
    record(held, by=by, now=now, fund=held.fund_id, **told)
    return held


@deed("funds.refuse_running")
def refuse_running(expense: Expense, *, by: Person, now: datetime) -> Expense:
    """It will not be paid."""
    held = _held(expense)
    require(rules.can_refuse_running(by, held, now=now))
    step(held, "refuse")
    record(held, by=by, now=now, fund=held.fund_id)
    return held


def undo_payment(expense: Expense) -> None:
    """Its voucher was taken back."""
    step(expense, "take_back")


def _held(expense: Expense) -> Expense:
    """The expense as it lies, with its fund held until the verb is done."""
    fund = hold(expense.fund)
    found = Expense.objects.get(pk=expense.pk)
    found.fund = fund
    return found


def step(expense: Expense, verb: str, **values: object) -> None:
    taken = _("这笔运行经费刚刚有人处理过，请刷新后再看")
    advance(expense, stages.EXPENSE, verb, taken, **values)
