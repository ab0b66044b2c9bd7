from __future__ import annotations

from datetime import datetime

from . import stages
from .actions import KEPT, expire
from .models import Task


def forget_files(*, now: datetime) -> int:
    """Remove the files of tasks that were done more than a week ago."""
    old = Task.objects.filter(stage=stages.DONE, ended_at__lt=now - KEPT)
    return sum(expire(task, now=now) for task in old)
