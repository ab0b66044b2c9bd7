from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from sanlin.commons.funds import rules, stages
from sanlin.commons.funds.models import Fund, Gift, Origin, Source
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.ledger import matched

from .moving import receive
from .posting import Cause, hold


@deed("funds.pledge")
def pledge(fund: Fund, gift: Gift, *, by: Person, now: datetime) -> Source:
    """Somebody says that they will give. Nothing is booked yet."""
    require(rules.can_keep_sources(by, fund, now=now))
    if gift.amount <= 0:
        raise Refused(_("数额须大于零"))
    source = Source.objects.create(
        fund=fund,
        origin=gift.origin,
        name=gift.name,
        unit=gift.unit,
        pledged=gift.amount,
        value=gift.value,
        giver=gift.giver,
        organisation=gift.organisation,
        anonymous=gift.anonymous,
        at=now,
    )
    record(source, by=by, now=now, fund=fund.pk, origin=gift.origin, amount=gift.amount)
    return source


def _step(source: Source, verb: str, **values: object) -> None:
    advance(source, stages.SOURCE, verb, _("这笔来源刚刚有人处理过，请刷新后再看"), **values)


@deed("funds.arrive")
def arrive(source: Source, amount: int, *, by: Person, now: datetime) -> Source:
    """What was pledged is there, all of it or a part: it is booked, from a book of its own."""
    require(rules.can_confirm_arrival(by, source, now=now))
    if not 0 < amount <= source.pledged:
        raise Refused(_("到账数额须大于零，且不超过认捐数额"))
    _step(source, "arrive", arrived=amount, arrived_at=now)
    memo = _("%(source)s到账") % {"source": source.told}
    cause = Cause(source, memo)
    receive(source.fund, amount, cause=cause, source=source, by=by, now=now)
    record(source, by=by, now=now, fund=source.fund_id, amount=amount)
    return source


@deed("funds.withdraw")
def withdraw(source: Source, *, by: Person, now: datetime) -> Source:
    """A pledge that will not be kept."""
    require(rules.can_withdraw(by, source, now=now))
    _step(source, "withdraw")
    record(source, by=by, now=now, fund=source.fund_id)
    return source


def undo_arrival(source: Source) -> None:
    """Back to a pledge: its voucher was taken back."""
    _step(source, "undo", arrived=None, arrived_at=None)


@deed("funds.match")
def match(source: Source, *, by: Person, now: datetime) -> Source:
    """Add to what a giver raised what the fund's terms add: booked from a source of its own, once,
    and never beyond the total that they set (the fund is held while it is worked out)."""
    fund = hold(source.fund)
    require(rules.can_match(by, source, now=now))
    already = Source.objects.filter(fund=fund, origin=Origin.MATCH, stage=stages.ARRIVED).aggregate(
        sum=Sum("arrived")
    )
    found = matched(fund.terms.match, source.arrived or 0, already["sum"] or 0)
    if not found.amount:
        raise Refused(rules.sentence(found.reason))
    with refusing(_("这笔资金已经配过")):
        added = Source.objects.create(
            fund=fund,
            origin=Origin.MATCH,
            name=(_("%(source)s的配捐") % {"source": source.told})[:60],
            pledged=found.amount,
            arrived=found.amount,
            arrived_at=now,
            stage=stages.ARRIVED,
            matches=source,
            at=now,
        )
    receive(fund, found.amount, cause=Cause(added, added.name), source=added, by=by, now=now)
    record(added, by=by, now=now, fund=fund.pk, amount=found.amount, why=found.reason.code)
    return added
