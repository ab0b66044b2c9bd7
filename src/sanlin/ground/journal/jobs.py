from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from .actions import keep_checkpoint
from .models import Checkpoint, Log

EVENING = time(20)  # where the street is


def keep_checkpoints(*, now: datetime) -> int:
    """At 20:00 a checkpoint of every log that has grown since its last one."""
    evening = timezone.localtime(now).replace(hour=EVENING.hour, minute=0, second=0, microsecond=0)
    if now < evening:
        evening -= timedelta(days=1)
    done = set(Checkpoint.objects.filter(at__gte=evening, why="").values_list("log", flat=True))
    waiting = [
        name for name in Log.objects.order_by("pk").values_list("pk", flat=True) if name not in done
    ]
    return sum(keep_checkpoint(name, now=now) for name in waiting)
