from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import rules, stages
from sanlin.commons.funds.models import Book, BookKind, Fund, Origin, Source
from sanlin.commons.funds.queries import position
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.ledger import Account, Entry, to_sweep

from .founding import open_fund
from .moving import receive
from .posting import Cause, codes, hold, money_of, post

POOL = "结余资金池"  # data: where the unspent goes where the terms name no pot


@deed("funds.plan_sweep")
def plan_sweep(fund: Fund, on: date | None, *, by: Person, now: datetime) -> Fund:
    """Set the day on which what is unspent is swept, or none."""
    require(rules.can_keep_sources(by, fund, now=now))
    Fund.objects.filter(pk=fund.pk).update(sweep_on=on)
    fund.sweep_on = on
    record(fund, by=by, now=now, on=on.isoformat() if on else None)
    return fund


@deed("funds.sweep")
def sweep(fund: Fund, *, by: Person | None, now: datetime) -> Fund:
    """What is unspent, less what agreements still bind, goes to the district's pot that the terms
    name: one voucher here and one there. Both funds are held, in the order of their keys."""
    require(rules.can_sweep(by, fund, now=now))
    into = open_fund(fund.district, fund.terms.sweep.into or POOL, by=by, now=now)
    for one in sorted((fund, into), key=lambda one: one.pk):
        hold(one)
    require(rules.can_sweep(by, Fund.objects.get(pk=fund.pk), now=now))
    books = Book.objects.filter(fund=fund)
    stands = position(fund, books)
    amount = to_sweep(stands.cash, stands.owed)
    if not amount:
        raise Refused(_("没有可以上缴的结余"))
    name = (_("%(fund)s结余") % {"fund": fund.name})[:60]
    source = Source.objects.create(
        fund=into,
        origin=Origin.SWEEP,
        name=name,
        pledged=amount,
        arrived=amount,
        arrived_at=now,
        stage=stages.ARRIVED,
        at=now,
    )
    cause = Cause(source, _("结余上缴到%(into)s") % {"into": into.name})
    entries = [Entry(Account(BookKind.GIVEN), money_of(fund), amount)]
    voucher = post(fund, entries, cause, by=by, now=now)
    record(voucher, by=by, now=now, **codes(voucher, entries))
    receive(into, amount, cause=Cause(source, name), source=source, by=by, now=now)
    Fund.objects.filter(pk=fund.pk).update(sweep_on=None)
    record(fund, by=by, now=now, into=into.pk, amount=amount)
    return fund
