from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs import rules
from sanlin.commons.orgs.models import Growth, GrowthStage, Membership, Organisation, Particulars
from sanlin.commons.places.models import Street
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

FIELDS = ("name", "kind", "neighbourhood", "number", "founded", "dissolved")


@deed("organisation.found")
def found(street: Street, told: Particulars, *, by: Any, now: datetime) -> Organisation:
    """Write an organisation down at its neighbourhood, or at the street where it has none."""
    require(rules.can_found(by, told.neighbourhood or street, now=now))
    one = _create(street, told, now)
    record(one, by=by, now=now, street=street.pk, kind=told.kind)
    return one


def _create(street: Street, told: Particulars, now: datetime) -> Organisation:
    _check(street, told, now)
    with refusing(_("这条街道已有叫这个名称的组织")):
        return Organisation.objects.create(
            street=street, **{name: getattr(told, name) for name in FIELDS}
        )


def _check(street: Street, told: Particulars, now: datetime) -> None:
    if told.neighbourhood is not None and told.neighbourhood.street_id != street.pk:
        raise Refused(_("居民区不在这条街道"))
    for day in (told.founded, told.dissolved):
        if day is not None and day > local_day(now):
            raise Refused(_("日期不能晚于今天"))
    if told.founded and told.dissolved and told.dissolved < told.founded:
        raise Refused(_("注销不能早于成立"))


@deed("organisation.edit")
def edit(one: Organisation, told: Particulars, *, by: Any, now: datetime) -> Organisation:
    """Correct what is written down; the line names the fields, not their values."""
    require(rules.can_edit(by, one, now=now))
    require(rules.can_found(by, told.neighbourhood or one.street, now=now))
    record(one, by=by, now=now, fields=_write(one, told, now))
    return one


def _write(one: Organisation, told: Particulars, now: datetime) -> list[str]:
    """Set what differs; the names of the fields that did."""
    _check(one.street, told, now)
    changed = [name for name in FIELDS if getattr(one, name) != getattr(told, name)]
    for name in changed:
        setattr(one, name, getattr(told, name))
    if changed:
        with refusing(_("这条街道已有叫这个名称的组织")):
            one.save(update_fields=changed)
    return changed


@deed("organisation.add_member")
def add_member(
    one: Organisation, account: Account, since: date, *, leads: bool = False, by: Any, now: datetime
) -> Membership:
    """Somebody belongs to it from a day on."""
    require(rules.can_edit(by, one, now=now))
    _not_later_than_today(since, now)
    with refusing(_("这个人已是成员")):
        member = Membership.objects.create(
            organisation=one, account=account, leads=leads, since=since
        )
    rules.forget_teams(by)
    record(member, by=by, now=now, organisation=one.pk, leads=leads)
    return member


@deed("organisation.end_member")
def end_member(member: Membership, day: date, *, by: Any, now: datetime) -> Membership:
    """Somebody belongs to it no more from a day on; the row stays."""
    require(rules.can_end(by, member, now=now))
    _not_later_than_today(day, now)
    if day < member.since:
        raise Refused(_("退出不能早于加入"))
    if not Membership.objects.filter(pk=member.pk, until=None).update(until=day):
        raise Refused(_("这位成员已经退出"))
    member.until = day
    rules.forget_teams(by)
    record(member, by=by, now=now, organisation=member.organisation_id, day=day.isoformat())
    return member


@deed("organisation.change_leader")
def change_leader(
    one: Organisation, account: Account, day: date, *, by: Any, now: datetime
) -> Membership:
    """From a day on this person leads it alone; former leaders stay as members."""
    require(rules.can_edit(by, one, now=now))
    _not_later_than_today(day, now)
    member = _lead(one, account, day)
    rules.forget_teams(by)
    record(member, by=by, now=now, organisation=one.pk, day=day.isoformat())
    return member


def _lead(one: Organisation, account: Account, day: date) -> Membership:
    """Every change of part is a row that ends and a row that begins, so that each day is known."""
    Organisation.objects.select_for_update().get(pk=one.pk)  # one change at a time
    standing = list(one.memberships.filter(until=None).select_related("account"))
    leading = [row for row in standing if row.leads]
    if [row.account_id for row in leading] == [account.pk]:
        raise Refused(_("这个人已是负责人"))
    touched = [row for row in standing if row.leads != (row.account_id == account.pk)]
    if any(row.since > day for row in touched):
        raise Refused(_("换负责人不能早于成员加入的日期"))
    for row in touched:
        _change_part(row, day)
    if all(row.account_id != account.pk for row in standing):
        return Membership.objects.create(organisation=one, account=account, leads=True, since=day)
    return Membership.objects.get(organisation=one, account=account, until=None)


def _change_part(row: Membership, day: date) -> None:
    """A leader becomes a member, or a member a leader, from a day on."""
    if row.since == day:
        Membership.objects.filter(pk=row.pk).update(leads=not row.leads)
        return
    Membership.objects.filter(pk=row.pk).update(until=day)
    Membership.objects.create(
        organisation_id=row.organisation_id,
        account_id=row.account_id,
        leads=not row.leads,
        since=day,
    )


@deed("organisation.grow")
def grow(
    one: Organisation, stage: str, reached: date, evidence: str, *, by: Any, now: datetime
) -> Growth:
    """It has reached a stage, later than any it has reached, and this shows it."""
    require(rules.can_edit(by, one, now=now))
    _not_later_than_today(reached, now)
    order = list(GrowthStage)
    for step in one.growth.all():
        if order.index(GrowthStage(stage)) <= order.index(GrowthStage(step.stage)):
            raise Refused(_("已经记录过这个或更后的阶段"))
        if reached < step.reached:
            raise Refused(_("达到日期不能早于前一阶段"))
    with refusing(_("已经记录过这个或更后的阶段")):
        step = Growth.objects.create(
            organisation=one, stage=stage, reached=reached, evidence=evidence
        )
    record(step, by=by, now=now, organisation=one.pk, stage=stage)
    return step


def _not_later_than_today(day: date, now: datetime) -> None:
    if day > local_day(now):
        raise Refused(_("日期不能晚于今天"))
