from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import Project, Receipt
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .hold import hold, reason_of

Paper = files.Picture | files.Document


@dataclass(frozen=True)
class Slip:
    """What a receipt says. `amount` is whole fen for `quantity` units on a spending head (its key)."""

    number: str
    day: date
    payee: str
    head: str
    what: str
    amount: int
    quantity: int = 1


@deed("projects.hand_in_receipt")
def hand_in(
    project: Project,
    slip: Slip,
    paper: Paper,
    *,
    replaces: Receipt | None = None,
    by: Account,
    now: datetime,
) -> Receipt:
    """Keep a receipt with its photo or PDF. One that was sent back is replaced once, never changed."""
    project = hold(project)
    require(rules.can_hand_in(by, project, now=now))
    usable = {head.key for head in project.round.rules.heads if not head.forbidden}
    if slip.head not in usable:
        raise Refused(_("这个科目不得列支"))
    if slip.amount <= 0 or slip.quantity <= 0:
        raise Refused(_("金额须大于零"))
    if slip.day > local_day(now):
        raise Refused(_("开票日期不能晚于今天"))
    if replaces is not None and not project.receipts.filter(
        pk=replaces.pk, stage=stages.RETURNED, replaced_by__isnull=True
    ):
        raise Refused(_("只有退回的、还没有替换过的票据可以替换"))
    is_photo = isinstance(paper, files.Picture)
    kept = files.keep(paper) if isinstance(paper, files.Picture) else files.keep_document(paper)
    with refusing(_("这张退回的票据刚刚已经替换过")):
        receipt = Receipt.objects.create(
            project=project,
            number=slip.number,
            day=slip.day,
            payee=slip.payee,
            head=slip.head,
            what=slip.what,
            amount=slip.amount,
            quantity=slip.quantity,
            file=kept,
            is_photo=is_photo,
            replaces=replaces,
            by=by,
            at=now,
        )
    record(
        receipt,
        by=by,
        now=now,
        project=project.pk,
        amount=slip.amount,
        head=slip.head,
        replaces=replaces.pk if replaces else None,
    )
    return receipt


@deed("projects.withdraw_receipt")
def withdraw(receipt: Receipt, *, by: Account, now: datetime) -> Receipt:
    """Take back a receipt that nobody has looked at."""
    held = _held(receipt)
    require(rules.can_withdraw(by, held, now=now))
    _carry(held, "withdraw")
    record(held, by=by, now=now)
    return held


@deed("projects.accept_receipt")
def accept(receipt: Receipt, *, by: Account, now: datetime) -> Receipt:
    """Count a receipt against the grant; refused with figures where a rule of spending forbids it."""
    held = _held(receipt)
    require(rules.can_accept(by, held, now=now))
    _carry(held, "accept", looked_by=by, looked_at=now)
    record(held, by=by, now=now, amount=held.amount, head=held.head)
    return held


@deed("projects.return_receipt")
def return_receipt(receipt: Receipt, reason: str, *, by: Account, now: datetime) -> Receipt:
    """Send a receipt back with a reason; the team may replace it by another."""
    held = _held(receipt)
    require(rules.can_return_receipt(by, held, now=now))
    source = held.stage
    _carry(held, "send_back", looked_by=by, looked_at=now, reason=reason_of(reason))
    record(held, by=by, now=now, source=source, amount=held.amount)
    return held


def _held(receipt: Receipt) -> Receipt:
    """The receipt as it lies, with its project held: sums against caps are taken one at a time."""
    project = hold(Project(pk=receipt.project_id))
    found = Receipt.objects.get(pk=receipt.pk)
    found.project = project
    return found


def _carry(receipt: Receipt, verb: str, **values: object) -> None:
    target = stages.RECEIPT.after(receipt.stage, verb)
    rows = Receipt.objects.filter(pk=receipt.pk, stage=receipt.stage)
    if not rows.update(stage=target, **values):
        raise Refused(_("这张票据刚刚有人处理过，请刷新后再看"))
    receipt.stage = target
    for name, value in values.items():
        setattr(receipt, name, value)
