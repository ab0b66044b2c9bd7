"""Booths are planned: name and place, and the shifts with who is on duty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Booth, Duty, Shift
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require


@dataclass(frozen=True)
class Where:
    """What is written down about a booth; without a neighbourhood it serves the whole street."""

    name: str
    place: str
    neighbourhood: Neighbourhood | None = None


def _require_fit(round: Round, where: Where) -> None:
    own = round.rules.vote.own_community_only
    if own and where.neighbourhood is None:
        raise Refused(_("本轮只投本居民区的提案，各居民区的选票不同，请选这个站属于哪个居民区"))
    if where.neighbourhood and where.neighbourhood.street_id != round.street_id:
        raise Refused(_("请选%(street)s的居民区") % {"street": round.street})


@deed("booth.add")
def add_booth(round: Round, where: Where, *, by: Account, now: datetime) -> Booth:
    """Plan a booth of a round; it gets the next number."""
    require(rules.can_add_booth(by, round, now=now))
    _require_fit(round, where)
    last = Booth.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    with refusing(_("已有同名的投票站，或刚刚有人加了一个；请刷新后再看")):
        booth = Booth.objects.create(
            round=round,
            number=last + 1,
            name=where.name,
            place=where.place,
            neighbourhood=where.neighbourhood,
        )
    record(booth, by=by, now=now, number=booth.number)
    return booth


@deed("booth.change")
def change_booth(booth: Booth, where: Where, *, by: Account, now: datetime) -> Booth:
    """Write name and place anew. Whom it serves is fixed once it has sheets: they are printed for that."""
    require(rules.can_change_booth(by, booth, now=now))
    _require_fit(booth.round, where)
    served = where.neighbourhood and where.neighbourhood.pk
    if booth.received and served != booth.neighbourhood_id:
        raise Refused(_("选票已经印好，不能再改属于哪个居民区"))
    with refusing(_("已有同名的投票站")):
        Booth.objects.filter(pk=booth.pk).update(
            name=where.name, place=where.place, neighbourhood=where.neighbourhood
        )
    booth.refresh_from_db(fields=["name", "place", "neighbourhood"])
    record(booth, by=by, now=now)
    return booth


@deed("booth.drop")
def drop_booth(booth: Booth, *, by: Account, now: datetime) -> Round:
    """Take back a booth at which nothing has happened."""
    round = booth.round
    booth = Booth.objects.select_for_update(no_key=True).get(pk=booth.pk)
    booth.round = round
    require(rules.can_drop_booth(by, booth, now=now))
    Duty.objects.filter(shift__booth=booth).delete()
    Shift.objects.filter(booth=booth).delete()
    number = booth.number
    booth.delete()
    record(round, by=by, now=now, number=number)
    return round


@deed("shift.add")
def add_shift(
    booth: Booth,
    starts: datetime,
    ends: datetime,
    officers: Sequence[Account],
    *,
    by: Account,
    now: datetime,
) -> Shift:
    """Open a booth from an hour to another, with two officers at least."""
    require(rules.can_change_booth(by, booth, now=now))
    require(rules.is_fit_shift(booth, starts, ends, officers, now=now))
    _require_apart(booth, starts, ends)
    with refusing(_("这个时间已经有一班")):
        shift = Shift.objects.create(booth=booth, starts=starts, ends=ends)
    _staff(shift, officers)
    record(shift, by=by, now=now, booth=booth.pk, officers=len(officers))
    return shift


@deed("shift.change")
def change_shift(
    shift: Shift,
    starts: datetime,
    ends: datetime,
    officers: Sequence[Account],
    *,
    by: Account,
    now: datetime,
) -> Shift:
    """Other hours or other officers, until the shift is over; one that has begun keeps its beginning."""
    require(rules.can_change_shift(by, shift, now=now))
    booth = shift.booth
    if shift.starts <= now:
        starts = shift.starts
    require(rules.is_fit_shift(booth, starts, ends, officers, now=now))
    _require_apart(booth, starts, ends, besides=shift.pk)
    with refusing(_("这个时间已经有一班")):
        Shift.objects.filter(pk=shift.pk).update(starts=starts, ends=ends)
    shift.starts, shift.ends = starts, ends
    _staff(shift, officers)
    record(shift, by=by, now=now, booth=booth.pk, officers=len(officers))
    return shift


def _require_apart(booth: Booth, starts: datetime, ends: datetime, besides: int = 0) -> None:
    """Two shifts of one booth never overlap: in which one somebody was marked is then sure."""
    Booth.objects.select_for_update(no_key=True).get(pk=booth.pk)
    others = Shift.objects.filter(booth=booth, starts__lt=ends, ends__gt=starts)
    if others.exclude(pk=besides).exists():
        raise Refused(_("与这个投票站的另一班时间重叠，请改时间"))


def _staff(shift: Shift, officers: Sequence[Account]) -> None:
    wanted = {one.pk for one in officers}
    shift.duties.exclude(account__in=wanted).delete()
    rules.forget_shifts(shift.booth)
    there = set(shift.duties.values_list("account", flat=True))
    Duty.objects.bulk_create(
        Duty(shift=shift, account_id=account) for account in sorted(wanted - there)
    )


@deed("shift.drop")
def drop_shift(shift: Shift, *, by: Account, now: datetime) -> Booth:
    """Take back a shift that has not begun."""
    require(rules.can_drop_shift(by, shift, now=now))
    booth, number = shift.booth, shift.pk
    shift.duties.all().delete()
    Shift.objects.filter(pk=number).delete()
    rules.forget_shifts(booth)
    record(booth, by=by, now=now, shift=number)
    return booth
