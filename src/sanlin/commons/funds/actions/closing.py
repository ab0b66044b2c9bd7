from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import rules
from sanlin.commons.funds.models import Book, ClosedBalance, Fund, MonthClose, Voucher
from sanlin.commons.funds.queries import moved_since
from sanlin.commons.funds.rules import month_after, month_start
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.ledger import EMPTY

from .posting import hold


@deed("funds.close_month")
def close_month(fund: Fund, month: date, *, by: Person, now: datetime) -> MonthClose:
    """Close a month (月结) that is over: the balances of its end are kept, and no voucher is dated in
    it or before it any more. Months are closed in their order; whoever closes booked none of it."""
    held = hold(fund)
    month = month.replace(day=1)
    require(rules.can_close(by, held, month, now=now))
    ends = month_start(month_after(month))
    until = Voucher.objects.filter(fund=fund, at__lt=ends)
    last = until.order_by("-number").first()
    number = last.number if last else 0
    if Voucher.objects.filter(fund=fund, at__gte=ends, number__lt=number).exists():
        raise Refused(_("凭证的日期和编号次序不一致，请先核查"))
    with refusing(_("这个月刚刚已经结账")):
        close = MonthClose.objects.create(
            fund=fund,
            month=month,
            by=by,
            at=now,
            vouchers=until.filter(at__gte=month_start(month)).count(),
            last_number=number,
            digest=last.digest if last else EMPTY,
        )
    since = moved_since(fund, number)
    ClosedBalance.objects.bulk_create(
        ClosedBalance(close=close, book=book, balance=book.balance - since.get(book.pk, 0))
        for book in Book.objects.filter(fund=fund)
    )
    Fund.objects.filter(pk=fund.pk).update(closed_before=ends)
    record(close, by=by, now=now, fund=fund.pk, last=number, digest=close.digest)
    return close
