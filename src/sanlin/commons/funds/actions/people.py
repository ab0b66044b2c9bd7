from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.funds import rules
from sanlin.commons.funds.models import Duty, Fund
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .posting import hold


@deed("funds.entrust")
def entrust(fund: Fund, account: Person, kind: str, *, by: Person, now: datetime) -> Duty:
    """Give somebody a duty at the fund, unless it conflicts with one that they have. The fund is
    held meanwhile, so that two hands cannot give two halves of a conflict."""
    hold(fund)
    require(rules.can_entrust(by, fund, account, kind, now=now))
    with refusing(_("这个岗位已经交给此人")):
        duty = Duty.objects.create(fund=fund, account=account, kind=kind, since=local_day(now))
    record(duty, by=by, now=now, fund=fund.pk, kind=kind)
    return duty


@deed("funds.entrust_all")
def entrust_all(fund: Fund, hands: Mapping[str, Person], *, by: Person, now: datetime) -> Fund:
    """Give several duties at once, each to its person: all of them or, where one is refused, none."""
    for kind, account in hands.items():
        entrust(fund, account, kind, by=by, now=now)
    record(fund, by=by, now=now, duties=sorted(hands))
    return fund


@deed("funds.end_duty")
def end_duty(duty: Duty, *, by: Person, now: datetime) -> Duty:
    """The duty ends today."""
    hold(duty.fund)
    require(rules.can_keep_duties(by, duty.fund, now=now))
    if not Duty.objects.filter(pk=duty.pk, until__isnull=True).update(until=local_day(now)):
        raise Refused(_("这个岗位已经结束"))
    record(duty, by=by, now=now, fund=duty.fund_id)
    return duty
