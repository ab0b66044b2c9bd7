from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings

from .models import OneTimeCode

LOG_LIFE = timedelta(days=190)  # 网络安全法 art. 21: logs are kept for six months at least  # data
CODE_LIFE = timedelta(days=2)  # the count of a day is over, and so is any pause


def forget_stale(*, now: datetime) -> int:
    """Drop what is no longer needed: spent codes, old sign-in logs, sessions that have run out.

    Sessions end by the clock of the machine, also where a demonstration stands in another year.
    """
    gone = OneTimeCode.objects.filter(sent_at__lt=now - CODE_LIFE).delete()[0]
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        gone += log.objects.filter(attempt_time__lt=now - LOG_LIFE).delete()[0]
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return gone
