"""Who may give up a vote whose box nobody can open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds
from sanlin.govern.ballots.models import Roll, Voiding
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.verdict import ALLOWED, Verdict, denied


def voiding_of(round: Round) -> Voiding | None:
    """What has been said about giving up this vote; None where nothing has."""
    rows = Voiding.objects.select_related("asked_by", "agreed_by")
    return rows.filter(roll__round=round).first()


def _is_shut(round: Round) -> Verdict:
    """Whether the vote has closed and its box is still shut."""
    roll: Roll | None = getattr(round, "roll", None)
    if roll is None or roll.closed_at is None:
        return denied(_("投票截止以后，打不开票箱的，才谈得上作废"))
    if roll.key is None or roll.counted_at is not None:
        return denied(_("票箱已经打开并计票，不能作废"))
    return ALLOWED


def _for_the_district(who: Any, round: Round, *, now: datetime) -> bool:
    return bool(holds(who, PostKind.DISTRICT_ADMIN, street=round.street, now=now))


def can_see_void(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The officers of the street and the administrator of its district."""
    if _for_the_district(who, round, now=now) or can_run(who, round, now=now):
        return ALLOWED if getattr(round, "roll", None) else denied(_("投票还没有开始"))
    return denied(_("此页供街道工作人员和区管理员使用"))


def can_ask_void(who: Any, round: Round, *, now: datetime) -> Verdict:
    """An officer of the street, once, while the box of a closed vote is shut."""
    if not (officer := can_run(who, round, now=now)):
        return officer
    if voiding_of(round):
        return denied(_("已经提出作废，等区管理员同意"))
    return _is_shut(round)


def can_agree_void(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The district's administrator, where somebody else has asked and the box is still shut."""
    if who.is_authenticated and who.hand is not None:
        return denied(_("作废须由区管理员本人同意，不能代办"))
    if not _for_the_district(who, round, now=now):
        return denied(_("作废须由区管理员同意"))
    asked = voiding_of(round)
    if asked is None:
        return denied(_("街道还没有提出作废"))
    if asked.agreed_at is not None:
        return denied(_("投票已经作废"))
    if asked.asked_by_id == who.pk:
        return denied(_("提出和同意须是两个人"))
    return _is_shut(round)
