from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.awards.queries import published
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import ALLOWED, Verdict, denied


def can_see(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Everybody, once the decision is published."""
    return ALLOWED if published(round) else denied(_("本轮结果公示以后，公开账本对所有人开放"))


def can_seal(who: Any, round: Round, *, now: datetime) -> Verdict:
    """The clock's hand and the operator, once the decision is published."""
    if who is not None:
        return denied(_("公开账本由系统封存"))
    return can_see(who, round, now=now)
