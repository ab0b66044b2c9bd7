from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from sanlin.commons.funds import rules
from sanlin.commons.funds.models import Book, BookKind, Fund, Source, Voucher
from sanlin.commons.undertakings.models import Undertaking
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.ledger import FEN, Account, Entry, running_room
from sanlin.kernel.money import yuan

from .posting import Cause, codes, hold, money_of, post

RUNNING = "running"  # the budget head of what a community spends to run its meetings


def _some(amount: int) -> int:
    if amount <= 0:
        raise Refused(_("金额须大于零"))
    return amount


def _book(fund: Fund, entry: Entry, cause: Cause, *, by: Person | None, now: datetime) -> Voucher:
    voucher = post(fund, [entry], cause, by=by, now=now)
    record(voucher, by=by, now=now, **codes(voucher, [entry]))
    return voucher


def _of(kind: BookKind, undertaking: Undertaking) -> Account:
    return Account(kind, undertaking=undertaking.pk)


@deed("funds.receive")
def receive(
    fund: Fund,
    amount: int,
    *,
    cause: Cause,
    source: Source | None = None,
    by: Person | None,
    now: datetime,
) -> Voucher:
    """Something comes in, from a source of its own where one is named: what is there grows, and so
    does what was given. Money is fen; goods, points and hours are in the unit of the source."""
    unit = source.unit if source else FEN
    where = money_of(fund) if unit == FEN else Account(BookKind.STOCK, unit)
    origin = Account(BookKind.SOURCE, unit, source=source.pk if source else None)
    return _book(fund, Entry(where, origin, _some(amount)), cause, by=by, now=now)


@deed("funds.fill")
def fill(fund: Fund, budget: int, *, cause: Cause, by: Person | None, now: datetime) -> Fund:
    """The pot is to hold `budget` fen: what its sources have not brought yet is booked as the
    street's own appropriation."""
    came_in = sources_in(hold(fund))
    if budget > came_in:
        receive(fund, budget - came_in, cause=cause, by=by, now=now)
    return fund


def sources_in(fund: Fund) -> int:
    """What all sources have brought into the fund, in fen."""
    rows = Book.objects.filter(fund=fund, kind=BookKind.SOURCE, unit=FEN)
    return rows.aggregate(sum=Sum("balance"))["sum"] or 0


@deed("funds.promise")
def promise(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Person | None,
    now: datetime,
) -> Voucher:
    """An agreement binds the fund: a cost, and a debt to the undertaking."""
    cost, owed = _of(BookKind.COST, undertaking), _of(BookKind.OWED, undertaking)
    return _book(fund, Entry(cost, owed, _some(amount)), cause, by=by, now=now)


@deed("funds.pay")
def pay(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Person | None,
    now: datetime,
) -> Voucher:
    """Pay what is owed. Refused where less is owed, or the cash is not there."""
    owed = _of(BookKind.OWED, undertaking)
    return _book(fund, Entry(owed, money_of(fund), _some(amount)), cause, by=by, now=now)


@deed("funds.release")
def release(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Person | None,
    now: datetime,
) -> Voucher:
    """What was promised will not be paid: the debt and the cost fall."""
    cost, owed = _of(BookKind.COST, undertaking), _of(BookKind.OWED, undertaking)
    return _book(fund, Entry(owed, cost, _some(amount)), cause, by=by, now=now)


@deed("funds.take_back")
def take_back(
    fund: Fund,
    undertaking: Undertaking,
    amount: int,
    *,
    cause: Cause,
    by: Person | None,
    now: datetime,
) -> Voucher:
    """Unspent money comes back: cash grows, the cost falls. Refused beyond what was paid."""
    cost = _of(BookKind.COST, undertaking)
    return _book(fund, Entry(money_of(fund), cost, _some(amount)), cause, by=by, now=now)


@deed("funds.spend_running")
def spend_running(
    fund: Fund, amount: int, *, cause: Cause, by: Person | None, now: datetime
) -> Voucher:
    """Pay a running cost, within the share and the cap that the fund's terms leave for it."""
    held = hold(fund)
    running = Account(BookKind.COST, head=RUNNING)
    spent = Book.objects.filter(fund=fund, code=running.code).aggregate(sum=Sum("balance"))
    room = running_room(held.terms.running, sources_in(held), spent["sum"] or 0)
    if room is not None and _some(amount) > room:
        raise Refused(_("运行经费还可列支%(room)s") % {"room": yuan(room)})
    return _book(fund, Entry(running, money_of(fund), _some(amount)), cause, by=by, now=now)


@deed("funds.pay_running")
def pay_running(fund: Fund, amount: int, what: str, *, by: Person, now: datetime) -> Voucher:
    """The same by somebody at the books' own page; `what` is public."""
    require(rules.can_pay_running(by, fund, now=now))
    cause = Cause(fund, _("运行经费：%(what)s") % {"what": what}, f"@{hold(fund).last_number + 1}")
    voucher = spend_running(fund, amount, cause=cause, by=by, now=now)
    record(fund, by=by, now=now, number=voucher.number, amount=amount)
    return voucher


@deed("funds.give_out")
def give_out(
    fund: Fund,
    unit: str,
    amount: int,
    *,
    cause: Cause,
    undertaking: Undertaking | None = None,
    by: Person | None,
    now: datetime,
) -> Voucher:
    """Goods, points or hours are given out of the stock, for an undertaking where one is named."""
    went = Account(BookKind.COST, unit, undertaking.pk if undertaking else None)
    stock = Account(BookKind.STOCK, unit)
    return _book(fund, Entry(went, stock, _some(amount)), cause, by=by, now=now)
