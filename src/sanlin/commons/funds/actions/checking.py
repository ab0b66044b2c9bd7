from __future__ import annotations

from datetime import datetime

from sanlin.commons.funds import rules
from sanlin.commons.funds.models import Book, Fund, Inspection
from sanlin.commons.funds.queries import moved_since, reading_on, whole_reading
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import require

from .posting import hold


@deed("funds.inspect")
def inspect(fund: Fund, *, whole: bool = True, by: Person | None, now: datetime) -> Inspection:
    """Read every voucher of the fund again, or without `whole` those that came since the last reading
    that held, and keep what was found; `by` None is the clock's hand."""
    held = hold(fund)
    if by is not None:
        require(rules.can_inspect(by, fund, now=now))
    since, findings, balances = whole_reading(held) if whole else reading_on(held)
    wrong = [found.code for found in findings if not found.holds]
    row = Inspection.objects.create(
        fund=fund,
        at=now,
        since=since,
        through=held.last_number,
        wrong=wrong,
        digest=held.digest,
        balances=balances,
    )
    record(row, by=by, now=now, fund=fund.pk, since=since, through=row.through, wrong=wrong)
    return row


@deed("funds.rebuild")
def rebuild(fund: Fund, *, by: Person, now: datetime) -> Fund:
    """Put every cached balance to what its postings make."""
    hold(fund)
    require(rules.can_rebuild(by, fund, now=now))
    sums = moved_since(fund, 0)
    changed = []
    for book in Book.objects.filter(fund=fund).order_by("pk"):
        right = sums.get(book.pk, 0)
        if book.balance != right:
            changed.append(book.code)
            Book.objects.filter(pk=book.pk).update(balance=right)
    record(fund, by=by, now=now, changed=changed)
    return fund
