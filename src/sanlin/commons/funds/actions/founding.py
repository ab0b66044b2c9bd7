from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.funds import rules
from sanlin.commons.funds.models import Committee, Duty, Fund, FundKind, Level, Seat, SeatKind
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.places.models import District, Neighbourhood, Street
from sanlin.ground.accounts.models import Account as Person
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel.ledger import Account, Terms, clash, committee_faults

from .posting import book_of, hold, money_of


@deed("funds.open")
def open_fund(
    place: Street | Neighbourhood | District,
    name: str,
    *,
    terms: Terms | None = None,
    by: Person | None,
    now: datetime,
) -> Fund:
    """The fund of this name in a street (or a community or a district), opened where there is none
    yet; its terms are frozen then. Whoever had a duty at the place's last fund has it here too."""
    where = _where(place)
    fund, new = Fund.objects.get_or_create(
        district=where["district"],
        street=where["street"],
        name=name,
        defaults={**where, "kept_terms": asdict(terms or Terms())},
    )
    kept = 0
    if new:
        _set_up(fund, now=now)
        kept = _take_over_duties(fund, now=now)
    record(fund, by=by, now=now, new=new, duties=kept)
    return fund


def _take_over_duties(fund: Fund, *, now: datetime) -> int:
    """Entrust with a new fund whoever is entrusted with the last one of the same place, as far as she
    still works there and the new fund's table allows; returns how many duties that are."""
    today = local_day(now)
    places = ("district", "street", "neighbourhood")
    same = Fund.objects.filter(kind=fund.kind, **{name: getattr(fund, name) for name in places})
    last = same.exclude(pk=fund.pk).filter(duties__until__isnull=True, duties__since__lte=today)
    before = last.order_by("-pk").first()
    if before is None:
        return 0
    made: list[Duty] = []
    for duty in before.duties.on(today).select_related("account").order_by("pk"):
        mine = [one.kind for one in made if one.account == duty.account]
        fits = clash(fund.terms.apart, duty.kind, mine) is None
        if fits and rules.works_for(duty.account, fund, now=now):
            made.append(Duty(fund=fund, account=duty.account, kind=duty.kind, since=today))
    return len(Duty.objects.bulk_create(made))


@deed("funds.keep_along")
def keep_along(fund: Fund, name: str, terms: Terms, *, by: Person, now: datetime) -> Fund:
    """A fund whose round is still a draft bears its name and goes by its terms."""
    held = hold(fund)
    if (held.name, held.terms) == (name, terms):
        return held
    held.name, held.kept_terms = name, asdict(terms)
    held.sweep_on = terms.sweep.on(local_day(now))
    with refusing(_("已经有同名的资金池")):
        held.save(update_fields=["name", "kept_terms", "sweep_on"])
    record(held, by=by, now=now)
    return held


def _where(place: Street | Neighbourhood | District) -> dict[str, Any]:
    if isinstance(place, Neighbourhood):
        street = place.street
        return {
            "level": Level.COMMUNITY,
            "district": street.district,
            "street": street,
            "neighbourhood": place,
        }
    if isinstance(place, Street):
        return {
            "level": Level.STREET,
            "district": place.district,
            "street": place,
            "neighbourhood": None,
        }
    return {"level": Level.DISTRICT, "district": place, "street": None, "neighbourhood": None}


def _set_up(fund: Fund, *, now: datetime) -> None:
    for account in (money_of(fund), Account("source")):
        book_of(fund, account)
    sweep_on = fund.terms.sweep.on(local_day(now))
    if sweep_on is not None:
        fund.sweep_on = sweep_on
        Fund.objects.filter(pk=fund.pk).update(sweep_on=sweep_on)


@deed("funds.found_community_fund")
def found_community_fund(
    place: Neighbourhood,
    name: str,
    host: Organisation,
    committee: Committee,
    *,
    terms: Terms | None = None,
    by: Person,
    now: datetime,
) -> Fund:
    """Found a community fund: a registered charity hosts it and keeps its money, a committee of an
    odd number decides, a supervisor sits in."""
    require(rules.can_found(by, place, now=now))
    require(rules.may_host(host, now=now))
    members, supervisors = committee.members, committee.supervisors
    sitting = [*members, *supervisors]
    if len({one.pk for one in sitting}) < len(sitting):
        raise Refused(_("同一个人只能占一个席位"))
    for fault in committee_faults(len(members), len(supervisors)):
        raise Refused(rules.sentence(fault))
    with refusing(_("已经有同名的资金池")):
        fund = Fund.objects.create(
            **_where(place),
            kind=FundKind.COMMUNITY,
            host=host,
            name=name,
            kept_terms=asdict(terms or Terms()),
        )
    _set_up(fund, now=now)
    kinds = [SeatKind.MEMBER] * len(members) + [SeatKind.SUPERVISOR] * len(supervisors)
    today = local_day(now)
    Seat.objects.bulk_create(
        Seat(fund=fund, account=account, kind=kind, since=today)
        for account, kind in zip(sitting, kinds, strict=True)
    )
    record(fund, by=by, now=now, members=len(members), supervisors=len(supervisors))
    return fund


@deed("funds.seat")
def seat(fund: Fund, account: Person, kind: SeatKind, *, by: Person, now: datetime) -> Seat:
    """Fill a seat. The committee may be incomplete for a while; then the fund gives nothing out."""
    hold(fund)
    require(rules.can_seat(by, fund, now=now))
    with refusing(_("这位成员已经在席")):
        row = Seat.objects.create(fund=fund, account=account, kind=kind, since=local_day(now))
    record(row, by=by, now=now, fund=fund.pk, kind=kind)
    return row


@deed("funds.unseat")
def unseat(row: Seat, *, by: Person, now: datetime) -> Seat:
    """A seat ends today."""
    hold(row.fund)
    require(rules.can_seat(by, row.fund, now=now))
    if not Seat.objects.filter(pk=row.pk, until__isnull=True).update(until=local_day(now)):
        raise Refused(_("这个席位已经结束"))
    record(row, by=by, now=now, fund=row.fund_id)
    return row
