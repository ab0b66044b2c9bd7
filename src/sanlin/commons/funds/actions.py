"""The few things that can happen to a fund's money. Apps above call these inside their own verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from sanlin.commons.places.models import Street
from sanlin.commons.undertakings.models import Undertaking
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing

from .models import Book, BookKind, Fund, Posting, Voucher


@dataclass(frozen=True)
class Cause:
    """Why money moves: the row that says so (booked once each way), and words for the voucher."""

    row: models.Model
    memo: str


@deed("funds.open")
def open_fund(street: Street, name: str, *, by: Account | None, now: datetime) -> Fund:
    """The fund of this name, opened where there is none yet."""
    fund, new = Fund.objects.get_or_create(street=street, name=name)
    if new:
        for kind in (BookKind.CASH, BookKind.SOURCE):
            Book.objects.create(fund=fund, kind=kind)
    record(fund, by=by, now=now, new=new)
    return fund


def book(fund: Fund, kind: BookKind, undertaking: Undertaking | None = None) -> Book:
    """The account of this kind (of this undertaking), opened where there is none yet."""
    return Book.objects.get_or_create(fund=fund, kind=kind, undertaking=undertaking)[0]


@deed("funds.receive")
def receive(fund: Fund, amount: int, *, cause: Cause, by: Account | None, now: datetime) -> Voucher:
    """Money comes in: cash grows, and so does what was appropriated."""
    return _post(fund, (BookKind.CASH, BookKind.SOURCE), None, amount, cause, by=by, now=now)


@deed("funds.promise")
def promise(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Account | None,
    now: datetime,
) -> Voucher:
    """An agreement binds the fund: a cost, and a debt to the undertaking."""
    return _post(fund, (BookKind.COST, BookKind.OWED), undertaking, amount, cause, by=by, now=now)


@deed("funds.pay")
def pay(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Account | None,
    now: datetime,
) -> Voucher:
    """Pay what is owed. Refused where less is owed, or the cash is not there."""
    return _post(fund, (BookKind.OWED, BookKind.CASH), undertaking, amount, cause, by=by, now=now)


@deed("funds.release")
def release(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Account | None,
    now: datetime,
) -> Voucher:
    """What was promised will not be paid: the debt and the cost fall."""
    return _post(fund, (BookKind.OWED, BookKind.COST), undertaking, amount, cause, by=by, now=now)


@deed("funds.take_back")
def take_back(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Account | None,
    now: datetime,
) -> Voucher:
    """Unspent money comes back: cash grows, the cost falls."""
    return _post(fund, (BookKind.CASH, BookKind.COST), undertaking, amount, cause, by=by, now=now)


def _post(
    fund: Fund,
    way: tuple[BookKind, BookKind],
    undertaking: Undertaking | None,
    amount: int,
    cause: Cause,
    *,
    by: Account | None,
    now: datetime,
) -> Voucher:
    if amount <= 0:
        raise Refused(_("金额须大于零"))
    # The fund's row is locked by the update, so numbers have no gaps and no two are the same.
    Fund.objects.filter(pk=fund.pk).update(last_number=F("last_number") + 1)
    number = Fund.objects.values_list("last_number", flat=True).get(pk=fund.pk)
    with refusing(_("这笔账已经记过，没有重复记")):
        voucher = Voucher.objects.create(
            fund=fund,
            number=number,
            at=now,
            by=by,
            memo=cause.memo,
            subject=f"{cause.row._meta.label}:{cause.row.pk}:{way[0]}-{way[1]}",
        )
    sides = [_side(fund, kind, undertaking) for kind in way]
    Posting.objects.create(voucher=voucher, debit=sides[0], credit=sides[1], amount=amount)
    # Always in the order of keys, so that two postings never wait for each other.
    for side in sorted(set(sides), key=lambda one: one.pk):
        _move(side, amount if (side == sides[0]) == side.grows_by_debit else -amount)
    record(voucher, by=by, now=now, amount=amount, debit=sides[0].pk, credit=sides[1].pk)
    return voucher


def _side(fund: Fund, kind: BookKind, undertaking: Undertaking | None) -> Book:
    own = undertaking if kind in {BookKind.COST, BookKind.OWED} else None
    return book(fund, kind, own)


def _move(side: Book, amount: int) -> None:
    rows = Book.objects.filter(pk=side.pk)
    if amount < 0 and side.kind in {BookKind.CASH, BookKind.OWED}:
        rows = rows.filter(balance__gte=-amount)
    if not rows.update(balance=F("balance") + amount):
        if side.kind == BookKind.CASH:
            raise Refused(_("资金池余额不足，不能支付"))
        raise Refused(_("超过应付金额，不能支付"))
