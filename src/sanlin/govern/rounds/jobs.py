from __future__ import annotations

from datetime import datetime

from sanlin.kernel.machine import NotNow

from . import stages
from .actions import close_call
from .models import Round


def close_calls(*, now: datetime) -> int:
    """End every call whose deadline has passed; how many. Another hand may be first: then it is
    done."""
    due = Round.objects.filter(
        stage=stages.CALL, windows__stage=stages.CALL, windows__closes__lte=now
    )
    done = 0
    for round in due:
        try:
            close_call(round, by=None, now=now)
        except NotNow:
            continue
        done += 1
    return done
