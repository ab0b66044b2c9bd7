from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import Refused

from . import rules
from .actions import close_vote, remind, send_reminders
from .models import Reminder


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


def remind_voters(*, now: datetime) -> int:
    """Begin what the packs have reminded of on this day, and send the next batch of every day that is
    not through; how many messages went."""
    open_ones = Round.objects.filter(stage=VOTE, roll__closed_at__isnull=True)
    went = 0
    for round in open_ones.select_related("roll", "street").order_by("pk"):
        if rules.can_remind(None, round, now=now):
            with suppress(Refused):  # another hand has just begun
                remind(round, by=None, now=now)
        if not rules.can_message(round, now=now):
            continue
        rows = Reminder.objects.filter(roll=round.roll, day=local_day(now), done_at__isnull=True)
        for row in rows.select_related("roll__round__street"):
            if row.next_at is None or row.next_at <= now:
                went += send_reminders(row, now=now)
    return went
