from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import rules
from sanlin.commons.funds.models import Expense, Posting, Source, Voucher
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.ledger import Entry

from .posting import Cause, codes, hold, post
from .pots import undo_arrival
from .running import undo_payment

SHORTEST_REASON = 4


@deed("funds.reverse")
def reverse(voucher: Voucher, reason: str, *, by: Person, now: datetime) -> Voucher:
    """Take back a whole voucher (冲销), once, with a reason that the public reads.

    For an app above whose row caused the voucher and which puts that row right in the same
    transaction; a person at the books comes through `reverse_own`. Refused where what it brought is
    no longer there.
    """
    return _take_back(voucher, reason, by=by, now=now)


def _take_back(voucher: Voucher, reason: str, *, by: Person, now: datetime) -> Voucher:
    hold(voucher.fund)
    require(rules.can_take_back(by, voucher, now=now))
    why = reason.strip()
    if len(why) < SHORTEST_REASON:
        raise Refused(_("请写明冲销理由，至少%(n)s个字") % {"n": SHORTEST_REASON})
    rows = Posting.objects.filter(voucher=voucher).select_related("debit", "credit")
    entries = [Entry(r.debit.account, r.credit.account, r.amount).mirrored for r in rows]
    memo = _("冲销第%(number)s号凭证：%(why)s") % {"number": voucher.number, "why": why[:180]}
    back = post(voucher.fund, entries, Cause(voucher, memo), by=by, now=now, reverses=voucher)
    record(back, by=by, now=now, reverses=voucher.number, **codes(back, entries))
    return back


@deed("funds.reverse_own")
def reverse_own(voucher: Voucher, reason: str, *, by: Person, now: datetime) -> Voucher:
    """Take back a voucher that the fund's own page made, and put what it was for
    right."""
    require(rules.can_reverse(by, voucher, now=now))
    back = _take_back(voucher, reason, by=by, now=now)
    label, key, _way = voucher.subject.split(":", 2)
    if label == Source._meta.label:
        undo_arrival(Source.objects.get(pk=key))
    if label == Expense._meta.label:
        undo_payment(Expense.objects.get(pk=key))
    return back
