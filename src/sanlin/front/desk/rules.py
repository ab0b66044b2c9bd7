from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, posts_of
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied

LOOKERS = (
    PostKind.STREET_OFFICER,
    PostKind.COMMITTEE_WORKER,
    PostKind.AUDITOR,
    PostKind.DISTRICT_ADMIN,
    PostKind.JUDGE,
)


def can_open_desk(who: Any, *, now: datetime) -> Verdict:
    """Anybody who holds a post."""
    return ALLOWED if posts_of(who, now=now) else denied(_("工作台供有任职的人员使用"))


def can_look(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whoever works for the round's street, audits it, or judges in it."""
    if holds(who, *LOOKERS, street=round.street, now=now):
        return ALLOWED
    return denied(_("此页供%(street)s工作人员使用") % {"street": round.street})
