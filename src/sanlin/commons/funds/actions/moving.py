from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds.models import BookKind, Fund, Source, Voucher
from sanlin.commons.funds.queries import position, room_for_running
from sanlin.commons.undertakings.models import Undertaking
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused
from sanlin.kernel.ledger import FEN, Account, Entry
from sanlin.kernel.money import yuan

from .posting import Cause, codes, hold, money_of, post

# What a community spends to run its meetings.
RUNNING_COST = Account(BookKind.COST, head="running")


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
    came_in = position(hold(fund)).source
    if budget > came_in:
        receive(fund, budget - came_in, cause=cause, by=by, now=now)
    return fund


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


def within_running_room(fund: Fund, amount: int) -> int:
    """An amount in fen that may go to running costs. Raises Refused where it may not, now."""
    room = room_for_running(fund)
    if _some(amount) > room:
        raise Refused(_("运行经费还可列支%(room)s") % {"room": yuan(room)})
    return amount


@deed("funds.spend_running")
def spend_running(
    fund: Fund, amount: int, *, cause: Cause, by: Person | None, now: datetime
) -> Voucher:
    """Pay a running cost, within what the fund's terms and its agreements leave for it."""
    entry = Entry(RUNNING_COST, money_of(fund), within_running_room(hold(fund), amount))
    return _book(fund, entry, cause, by=by, now=now)


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
