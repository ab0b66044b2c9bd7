from __future__ import annotations

from datetime import datetime

from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.stages import VOTE

from .actions import close_vote


def close_votes(*, now: datetime) -> int:
    """Close every vote whose window has ended."""
    due = Round.objects.filter(
        stage=VOTE,
        roll__closed_at__isnull=True,
        windows__stage=VOTE,
        windows__closes__lte=now,
    )
    rounds = list(due.order_by("pk"))
    for round in rounds:
        close_vote(round, by=None, now=now)
    return len(rounds)
