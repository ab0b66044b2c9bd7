from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, posts_of
from sanlin.govern.ballots.rules import roll_of
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied

TRIERS = (PostKind.STREET_OFFICER, PostKind.AUDITOR, PostKind.DISTRICT_ADMIN)
COUNTABLE = (stages.DECISION, stages.NOTICE, stages.RUNNING, stages.CLOSED)


def can_open(who: Any, *, now: datetime) -> Verdict:
    """Officers, auditors and administrators of districts."""
    if any(post.kind in TRIERS for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("推演供街道工作人员、审计员和区管理员使用"))


def can_try(who: Any, round: Round, *, now: datetime) -> Verdict:
    """One's own round after its close, and any imported election: never one that still votes."""
    if not (verdict := can_open(who, now=now)):
        return verdict
    if round.stage not in COUNTABLE or not _is_counted(round):
        return denied(_("投票和评审结束以前，本轮不能推演；可以用往期的轮次或导入的选举"))
    if holds(who, *TRIERS, street=round.street, now=now):
        return ALLOWED
    if getattr(round, "official", None) is not None:
        return ALLOWED
    return denied(_("只能推演本街道的轮次和导入的选举"))


def _is_counted(round: Round) -> bool:
    """Whether the votes, where the round has any, have been counted."""
    roll = roll_of(round)
    return "vote" not in round.rules.stages or (roll is not None and roll.counted_at is not None)
