from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import can_read_journal, holds
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied

PUBLIC = (stages.NOTICE, stages.RUNNING, stages.CLOSED)
STAFF = (
    PostKind.STREET_OFFICER,
    PostKind.COMMITTEE_WORKER,
    PostKind.AUDITOR,
    PostKind.DISTRICT_ADMIN,
)


def can_read(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Everybody from the notice on; before that whoever works for the street or audits it."""
    if round.stage in PUBLIC:
        return ALLOWED
    if round.frozen and holds(who, *STAFF, street=round.street, now=now):
        return ALLOWED
    return denied(_("本轮结果公示以后，报表对所有人公开"))


def can_check(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Whether a round's money is in order is open to everybody as soon as its rules are."""
    if round.frozen:
        return ALLOWED
    return denied(_("本轮规则公布以后，资金核查对所有人公开"))


def can_look_back(who: Any, *, now: datetime) -> Verdict:
    """Whoever reads the journal: auditors and district administrators, each of their own district."""
    return can_read_journal(who, now=now)
