"""Codes to phones, passwords, and the end of an assistance.

Sending and taking a code are no deeds: nobody is known yet, and the row of the phone is the record.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext as _

from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.pii import mark
from sanlin.ground.verdict import Refused, refusing, require

from . import rules, sms
from .models import Account, Assistance, OneTimeCode

LIFE = timedelta(minutes=5)
PAUSE = timedelta(minutes=1)
TRIES = 5
A_DAY = 10  # with five tries each, guessing a code all day long succeeds once in 20,000 days


def send_code(phone: str, *, now: datetime) -> str:
    """Send `phone` (eleven digits) a fresh code of six digits, and return it for a demonstration.

    Whoever owns the number, known here or not, is answered alike. Raises Refused within a minute of
    the last one, after ten in a day, and where the gateway fails or is missing.
    """
    if not sms.is_set_up():
        sms.send(phone, "")
    code = f"{secrets.randbelow(10**6):06}"
    today, phone_mark = local_day(now), mark(phone)
    fresh = {
        "code_mark": _code_mark(phone, code),
        "sent_at": now,
        "expires_at": now + LIFE,
        "tries_left": TRIES,
        "used_at": None,
        "day": today,
    }
    known = OneTimeCode.objects.filter(phone_mark=phone_mark)
    # A demonstration's clock may be put back: a code from the future is no reason to wait.
    rested = known.filter(Q(sent_at__lte=now - PAUSE) | Q(sent_at__gt=now))
    count = Case(When(day=today, then=F("sent") + 1), default=1)
    if not rested.filter(~Q(day=today) | Q(sent__lt=A_DAY)).update(sent=count, **fresh):
        if rested.exists():
            raise Refused(_("今天发送的验证码太多，请明天再试，或用密码登录"))
        with refusing(_("验证码刚刚发过，请1分钟后再试")):
            OneTimeCode.objects.create(phone_mark=phone_mark, **fresh)
    sms.send(phone, _("验证码%(code)s，5分钟内有效。请勿告诉他人。") % {"code": code})
    return code


def take_code(phone: str, code: str, *, now: datetime) -> bool:
    """Whether `code` was the one sent to `phone`; true once only, and for one of many at once.

    Each question costs a try before it is answered, so that many at once cannot ask more often.
    """
    good = OneTimeCode.objects.filter(
        phone_mark=mark(phone), used_at__isnull=True, expires_at__gt=now
    )
    if not good.filter(tries_left__gt=0).update(tries_left=F("tries_left") - 1):
        return False
    return bool(good.filter(code_mark=_code_mark(phone, code)).update(used_at=now))


def _code_mark(phone: str, code: str) -> str:
    return mark(f"code:{phone}:{code}")


@deed("account.change_password")
def change_password(password: str, *, by: Account, now: datetime) -> Account:
    """Give one's own account a new password; every other session of it ends."""
    require(rules.can_keep_account(by, now=now))
    by.set_password(password)
    by.save(update_fields=["password"])
    record(by, by=by, now=now)
    return by


@deed("account.change_phone")
def change_phone(phone: str, *, by: Account, now: datetime) -> Account:
    """Give one's own account a phone that is proved to be one's own (`take_code`). Raises Refused
    where it is another account's."""
    require(rules.can_keep_account(by, now=now))
    with refusing(_("这个手机号已用于另一个账号，请到居委办理")):
        Account.objects.filter(pk=by.pk).update(phone=phone, phone_mark=mark(phone))
    record(by, by=by, now=now)
    return by


@deed("account.stop_acting")
def stop_acting(assistance: Assistance, *, by: Account, now: datetime) -> Assistance:
    """End an assistance. `by` is the person, whose hand is the worker; NULL to a time, once only."""
    if Assistance.objects.filter(pk=assistance.pk, ended_at__isnull=True).update(ended_at=now):
        record(assistance, by=by, now=now)
    return assistance
