"""Help from somebody near: who may be asked to cast, and for how many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.ballots.models import Mandate
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .voting import can_cast, is_open, roll_of

MOST = 3  # voters for whom one person may cast: more is collecting votes, not helping


def mandate_of(who: Any, round: Round) -> Mandate | None:
    """Whom `who` has asked to cast for her in this vote."""
    rows = Mandate.objects.filter(roll__round=round, person_id=who.pk, ended_at__isnull=True)
    return rows.select_related("hand").first()


def can_mandate(who: Any, round: Round, *, now: datetime) -> Verdict:
    """A voter who may still cast, herself or at the desk of her committee."""
    if not (open_ := can_cast(who, round, now=now)):
        return open_
    if mandate_of(who, round):
        return denied(_("您已经委托了一位亲友；要换人请先取消"))
    return ALLOWED


def can_be_asked(who: Any, round: Round, hand: Any, *, now: datetime) -> Verdict:
    """Whether `hand` may be asked: somebody else, for three voters at most, and not the worker at whose
    desk it is said."""
    if not (may := can_mandate(who, round, now=now)):
        return may
    if hand.pk == who.pk:
        return denied(_("不能委托自己"))
    if who.hand is not None and hand.pk == who.hand.pk:
        return denied(_("经办的工作人员不能同时是受托人；请直接在服务台代办"))
    held = Mandate.objects.filter(roll__round=round, hand_id=hand.pk, ended_at__isnull=True)
    if held.count() >= MOST:
        return denied(_("这位亲友已经受%(n)s人委托，不能再接受") % {"n": MOST})
    return ALLOWED


def can_end_mandate(who: Any, mandate: Mandate, *, now: datetime) -> Verdict:
    """Either of the two, at any time."""
    if who.is_authenticated and who.pk in (mandate.person_id, mandate.hand_id):
        return ALLOWED
    return denied(_("只有委托人和受托人可以取消"))


def can_use_mandate(who: Any, mandate: Mandate, *, now: datetime) -> Verdict:
    """The one who was asked, in her own name, while it stands and the vote is open."""
    if not who.is_authenticated or who.pk != mandate.hand_id or who.hand is not None:
        return denied(_("只有受托人本人可以代投"))
    if mandate.ended_at is not None or not mandate.person.is_active:
        return denied(_("这份委托已经取消"))
    return is_open(mandate.roll.round, now=now)


def can_see_mandates(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whoever is signed in, once the vote has opened."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    return ALLOWED if roll_of(round) else denied(_("投票还没有开始"))
