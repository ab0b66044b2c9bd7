from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sanlin.ground.clock import local_day

from .actions import Grown, seal
from .queries import sealings, unsealed


def seal_records(*, now: datetime) -> int:
    """Seal what has been published without a record, and once a day what has changed since."""
    done = 0
    for round in unsealed():
        before = sealings(round)
        if before and local_day(before[0].at) == local_day(now) and before[0].path.exists():
            continue
        with suppress(Grown):  # a busy round waits for the next tick, and keeps no other waiting
            done += seal(round, by=None, now=now) != (before[0] if before else None)
    return done
