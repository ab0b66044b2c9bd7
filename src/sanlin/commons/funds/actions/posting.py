"""The one way onto the books: every verb that moves money ends here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from sanlin.commons.funds.models import Book, BookKind, Fund, FundKind, Posting, Voucher
from sanlin.commons.undertakings.models import Undertaking
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.verdict import Refused, refusing
from sanlin.kernel.ledger import Account, Entry, Told, digest, may_sink


@dataclass(frozen=True)
class Cause:
    """Why money moves: the row that says so (booked once each way), and words for the voucher.

    Where one row is the cause of several vouchers of a kind, `part` tells them apart.
    """

    row: models.Model
    memo: str
    part: str = ""


def money_of(fund: Fund) -> Account:
    """Where the fund's money lies: in the bank, or with the charity that hosts it."""
    return Account(BookKind.HOST if fund.kind == FundKind.COMMUNITY else BookKind.CASH)


def book(fund: Fund, kind: BookKind, undertaking: Undertaking | None = None) -> Book:
    """The account of this kind (of this undertaking), opened where there is none yet."""
    return book_of(fund, Account(kind, undertaking=undertaking.pk if undertaking else None))


def book_of(fund: Fund, account: Account) -> Book:
    """The row of a kernel account, made where there is none yet."""
    return Book.objects.get_or_create(
        fund=fund,
        code=account.code,
        defaults={
            "kind": account.kind,
            "unit": account.unit,
            "undertaking_id": account.undertaking,
            "head": account.head,
            "source_id": account.source,
        },
    )[0]


def hold(fund: Fund) -> Fund:
    """The fund as it stands, held until the transaction ends: one voucher at a time."""
    held: Fund = Fund.objects.select_for_update(no_key=True).get(pk=fund.pk)
    return held


def told(voucher: Voucher, entries: Sequence[tuple[str, str, int]], number_of: int | None) -> Told:
    """The voucher as its digest is taken; `number_of` is that of the voucher which it reverses."""
    return Told(
        voucher.number,
        voucher.at.astimezone(UTC).isoformat(timespec="microseconds"),
        voucher.by_id,
        voucher.memo,
        voucher.subject,
        number_of,
        tuple(entries),
        voucher.digest,
    )


def post(
    fund: Fund,
    entries: Sequence[Entry],
    cause: Cause,
    *,
    by: Person | None,
    now: datetime,
    reverses: Voucher | None = None,
) -> Voucher:
    """Book one voucher; the verb that does writes the line. Refused where it was booked before, where its month is closed, or where
    more would be taken than there is."""
    held = hold(fund)
    if held.closed_before is not None and now < held.closed_before:
        raise Refused(_("这个月已经结账，不能再记账"))
    number = held.last_number + 1
    voucher = Voucher(
        fund=fund,
        number=number,
        at=now,
        by=by,
        memo=cause.memo[:220],
        subject=_subject(held, cause, entries, reverses),
        reverses=reverses,
    )
    told_of = [(one.debit.code, one.credit.code, one.amount) for one in entries]
    voucher.digest = digest(
        held.digest, told(voucher, told_of, reverses.number if reverses else None)
    )
    with refusing(_("这笔账已经记过，没有重复记")):
        voucher.save(force_insert=True)
    Fund.objects.filter(pk=fund.pk).update(last_number=number, digest=voucher.digest)
    books = {
        account: book_of(fund, account)
        for account in dict.fromkeys(a for one in entries for a in (one.debit, one.credit))
    }
    Posting.objects.bulk_create(
        Posting(
            voucher=voucher,
            debit=books[one.debit],
            credit=books[one.credit],
            amount=one.amount,
        )
        for one in entries
    )
    _move(books, entries)
    return voucher


def codes(voucher: Voucher, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the line in the log says of a voucher; the digest holds all the rest."""
    amount = sum(one.amount for one in entries)
    return {"fund": voucher.fund_id, "amount": amount, "digest": voucher.digest}


def _subject(fund: Fund, cause: Cause, entries: Sequence[Entry], reverses: Voucher | None) -> str:
    """Row and way. What was booked and taken back may be booked again: then it bears a number."""
    way = f"{entries[0].debit.kind}-{entries[0].credit.kind}"
    base = f"{cause.row._meta.label}:{cause.row.pk}:{way}{cause.part}"
    if reverses is not None:
        return base
    undone = Voucher.objects.filter(
        fund=fund, subject__in=[base, *(f"{base}~{n}" for n in range(2, 100))]
    ).filter(reverses__isnull=True, reversed_by__isnull=False)
    times = undone.count()
    return f"{base}~{times + 1}" if times else base


def _move(books: dict[Account, Book], entries: Sequence[Entry]) -> None:
    """Carry the cached balances along, in the order of keys, and refuse what is not there."""
    change = dict.fromkeys(books, 0)
    for one in entries:
        change[one.debit] += one.amount if books[one.debit].grows_by_debit else -one.amount
        change[one.credit] += -one.amount if books[one.credit].grows_by_debit else one.amount
    for account in sorted(books, key=lambda one: books[one].pk):
        amount = change[account]
        rows = Book.objects.filter(pk=books[account].pk)
        if amount < 0 and not may_sink(account.kind):
            rows = rows.filter(balance__gte=-amount)
        if amount and not rows.update(balance=F("balance") + amount):
            raise Refused(_too_much(account))
    for undertaking in {account.undertaking for account in books} - {None}:
        _never_below_nothing(books, undertaking)


def _too_much(account: Account) -> str:
    if account.kind in {BookKind.CASH, BookKind.HOST}:
        return _("资金池余额不足，不能支付")
    if account.kind == BookKind.STOCK:
        return _("库存不足，不能发出")
    if account.kind == BookKind.COST:
        return _("退回或冲销的超过已经支付的")
    return _("超过应付金额，不能支付")


def _never_below_nothing(books: dict[Account, Book], undertaking: int | None) -> None:
    """What an undertaking has received is what it costs less what it is still owed: never less than
    nothing, so nobody gives back more than was paid."""
    kinds = {a.kind for a in books if a.undertaking == undertaking}
    if not kinds & {BookKind.COST.value, BookKind.OWED.value}:
        return
    fund = next(iter(books.values())).fund_id
    rows = Book.objects.filter(
        fund=fund, undertaking=undertaking, kind__in=(BookKind.COST, BookKind.OWED)
    )
    sums: dict[str, dict[str, int]] = {}
    for unit, kind, amount in rows.values_list("unit", "kind").annotate(sum=Sum("balance")):
        sums.setdefault(unit, {})[kind] = amount
    for one in sums.values():
        if one.get(BookKind.COST, 0) < one.get(BookKind.OWED, 0):
            raise Refused(_("退回或冲销的超过已经支付的"))
