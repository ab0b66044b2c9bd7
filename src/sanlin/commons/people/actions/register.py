from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from sanlin.commons.people import rules
from sanlin.commons.people.models import (
    HELD_AT,
    Declined,
    Particulars,
    Post,
    PostKind,
    Resident,
    Term,
)
from sanlin.commons.places.models import District, Home, Neighbourhood
from sanlin.ground.accounts.models import Account, Assistance
from sanlin.ground.clock import local_day
from sanlin.ground.journal import actions as journal
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.pii import mark
from sanlin.ground.verdict import Refused, denied, refusing, require

# --- residents ---


@deed("resident.add")
def add(place: Neighbourhood, particulars: Particulars, *, by: Account, now: datetime) -> Resident:
    """Write a resident down whom the committee knows: she counts from today.

    Where her phone already has an account of the same name (staff who live here, somebody who has
    moved out elsewhere), that account becomes the resident's. Raises Refused.
    """
    require(rules.works_for_neighbourhood(by, place, now=now))
    account = _account(particulars.name, particulars.phone or "")
    if account.pk == by.pk:
        require(denied(_("本人的登记请由另一位工作人员办理")))
    resident = _settle(account, place, verified=local_day(now), now=now)
    _write(resident, particulars)
    record(resident, by=by, now=now, place=place.pk)
    return resident


@deed("resident.register")
def register(
    place: Neighbourhood, *, name: str, phone: str, home: Home | None, by: Any, now: datetime
) -> Resident:
    """Somebody says herself that she lives in `place`: she waits until the committee confirms.

    `by` is her account, or None for a newcomer whose `phone` is proved; the line is then by the
    account that this makes. Raises Refused, also where the phone has an account.
    """
    if by is not None:
        require(rules.can_register(by, now=now))
        account = by
    else:
        if not phone or Account.objects.filter(phone_mark=mark(phone)).exists():
            raise Refused(_("这个手机号已经登记，请直接登录"))
        account = _account(name, phone)
    resident = _settle(account, place, verified=None, now=now)
    Resident.objects.filter(pk=resident.pk).update(home=home)
    resident.home = home
    record(resident, by=account, now=now, place=place.pk)
    return resident


def _account(name: str, phone: str) -> Account:
    """The account of that phone, if it bears that name; a new one where nobody has the phone."""
    if phone and (known := Account.objects.filter(phone_mark=mark(phone)).first()):
        if known.name != name:
            raise Refused(_("这个手机号登记的是另一个姓名，请核对"))
        return known
    with refusing(_("这个手机号已经登记，请核对")):
        return Account.objects.create_user(f"u-{secrets.token_hex(6)}", name=name, phone=phone)


def _settle(
    account: Account, place: Neighbourhood, *, verified: date | None, now: datetime
) -> Resident:
    """Make the account a resident of `place`, unless she still lives somewhere."""
    here = {"neighbourhood": place, "home": None, "verified_on": verified, "moved_out": None}
    gone = Resident.objects.filter(account=account, moved_out__lte=local_day(now))
    if gone.update(**here):
        moved: Resident = Resident.objects.select_related("account").get(account=account)
        return moved
    with refusing(_("这位居民已登记在册；若登记在别的居民区，请先在那里办理迁出")):
        return Resident.objects.create(account=account, **here)


def _write(resident: Resident, particulars: Particulars) -> list[str]:
    """Set what differs; the names of the fields that did."""
    account, told = resident.account, particulars
    mine: dict[str, Any] = {"born": told.born, "home": told.home}
    hers: dict[str, Any] = {"name": told.name}
    if told.identity is not None and told.identity != resident.identity.reveal():
        mine |= {
            "identity": told.identity,
            "identity_mark": mark(told.identity) if told.identity else None,
        }
    if told.phone is not None and told.phone != account.phone.reveal():
        hers |= {"phone": told.phone, "phone_mark": mark(told.phone) if told.phone else None}
    changed = []
    for row, values in ((resident, mine), (account, hers)):
        fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in fresh.items():
            setattr(row, name, value)
        if fresh:
            with refusing(_("这个手机号或身份证号已登记在另一位名下，请核对")):
                row.save(update_fields=list(fresh))
        changed += [name for name in fresh if not name.endswith("_mark")]
    return changed


@deed("resident.edit")
def edit(resident: Resident, particulars: Particulars, *, by: Account, now: datetime) -> Resident:
    """Correct what is written down; the line names the fields, not their values."""
    require(rules.can_edit(by, resident, now=now))
    changed = _write(resident, particulars)
    if {"name", "phone"} & set(changed):
        require(rules.can_change_account(by, resident, now=now))
    record(resident, by=by, now=now, fields=changed)
    return resident


@deed("resident.confirm")
def confirm(resident: Resident, *, by: Account, now: datetime) -> Resident:
    """She lives here: from today she may vote, propose and sign."""
    require(rules.can_confirm(by, resident, now=now))
    day = local_day(now)
    if not Resident.objects.waiting().filter(pk=resident.pk).update(verified_on=day):
        raise Refused(_("这位居民刚刚被他人处理过"))
    resident.verified_on = day
    record(resident, by=by, now=now)
    return resident


@deed("resident.decline")
def decline(resident: Resident, why: str, *, by: Account, now: datetime) -> Resident:
    """She does not live here, or is on the list already. `why` is a code of Declined.

    A duplicate gives its phone back and sleeps, so that the first row can have the phone.
    """
    require(rules.can_confirm(by, resident, now=now))
    day = local_day(now)
    if not Resident.objects.waiting().filter(pk=resident.pk).update(moved_out=day):
        raise Refused(_("这位居民刚刚被他人处理过"))
    resident.moved_out = day
    if (
        why == Declined.DUPLICATE
        and not Post.objects.filter(account_id=resident.account_id).exists()
    ):
        same = Account.objects.filter(pk=resident.account_id)
        same.update(phone="", phone_mark=None, is_active=False)
    record(resident, by=by, now=now, why=Declined(why).value)
    return resident


@deed("resident.move_out")
def move_out(resident: Resident, *, day: date, by: Account, now: datetime) -> Resident:
    """From `day` (not later than today) she lives here no more; the row stays."""
    require(rules.can_edit(by, resident, now=now))
    if day > local_day(now):
        raise Refused(_("迁出日期不能晚于今天"))
    if not Resident.objects.living().filter(pk=resident.pk).update(moved_out=day):
        raise Refused(_("这位居民已迁出"))
    resident.moved_out = day
    record(resident, by=by, now=now, day=day.isoformat())
    return resident


# --- the desk ---

SECRETS = ("phone", "identity")


def unmask(resident: Resident, field: str, *, reason: str, by: Account, now: datetime) -> str:
    """The plain phone or identity number of a resident; a row and a line say who looked and why."""
    row: Model = resident.account if SECRETS.index(field) == 0 else resident
    allowed = rules.can_unmask(by, resident, now=now)
    return journal.unmask(row, field, allowed=allowed, reason=reason, by=by, now=now)


@deed("desk.act_for")
def act_for(resident: Resident, *, reason: str, by: Account, now: datetime) -> Assistance:
    """Begin to act in the name of a resident who is present; the line names both."""
    require(rules.can_act_for(by, resident, now=now))
    if len("".join(reason.split())) < journal.SHORTEST_REASON:
        raise Refused(_("请写明代办事由，至少4个字"))
    with refusing(_("不能为自己代办")):
        assistance = Assistance.objects.create(
            person=resident.account, hand=by, reason=reason.strip()[:200], started_at=now
        )
    person = Account.objects.get(pk=resident.account_id)
    person.hand = by
    record(assistance, by=person, now=now)
    return assistance


# --- posts ---


@deed("post.appoint")
def appoint(
    kind: str, where: Model, name: str, phone: str, term: Term, *, by: Account, now: datetime
) -> Post:
    """Give the post to whoever has that phone and name; a new account where nobody has the phone.

    `where` is the district, street or neighbourhood that `kind` belongs to. Raises Refused, also
    where the person holds that very post in that time.
    """
    require(rules.can_appoint(by, kind, where, now=now))
    account = _account(name, phone)
    if account.pk == by.pk:
        raise Refused(_("不能任命自己"))
    post = _fill(kind, where, account, term)
    record(post, by=by, now=now, kind=kind, since=term.since.isoformat())
    return post


def _fill(kind: str, where: Model, account: Account, term: Term) -> Post:
    place = {HELD_AT[PostKind(kind)]: where}
    if kind == PostKind.SOCIAL_WORKER and not term.certificate:
        raise Refused(_("社工要写证书编号"))
    if term.until is not None and term.until <= term.since:
        raise Refused(_("卸任日期要晚于任职日期"))
    overlapping = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=term.since))
    if term.until is not None:
        overlapping = overlapping.filter(since__lt=term.until)
    again = _("这个人在这段时间已有这一任职")
    if overlapping.filter(account=account, kind=kind, **place).exists():
        raise Refused(again)
    with refusing(again):
        return Post.objects.create(
            account=account,
            kind=kind,
            since=term.since,
            until=term.until,
            certificate=term.certificate,
            **place,
        )


@deed("post.end")
def end_post(post: Post, *, day: date, by: Account, now: datetime) -> Post:
    """`post` is over from `day` on; a day before its first takes it back altogether."""
    require(rules.can_end_post(by, post, now=now))
    day = max(day, post.since)
    still = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=day), pk=post.pk)
    if not still.update(until=day):
        raise Refused(_("这一任职已经结束"))
    post.until = day
    record(post, by=by, now=now, until=day.isoformat())
    return post


@deed("post.install")
def install(district: District, account: Account, *, by: None, now: datetime) -> Post:
    """The operator's hand gives a district its first administrator; later ones too, if need be."""
    if by is not None:
        require(denied(_("区管理员由系统管理人员设定")))
    post = _fill(PostKind.DISTRICT_ADMIN, district, account, Term(since=local_day(now)))
    record(post, by=by, now=now)
    return post
