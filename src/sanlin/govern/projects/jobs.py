from __future__ import annotations

from datetime import datetime

from sanlin.ground.verdict import Refused

from . import actions
from .models import SentPaper


def forget_sent(*, now: datetime) -> int:
    """Remove what teams sent more than a month ago and made no receipt of; how many."""
    done = 0
    for sent in SentPaper.objects.filter(at__lte=now - actions.SENT_KEPT).order_by("pk"):
        try:
            actions.forget_paper(sent, by=None, now=now)
        except Refused:
            continue
        done += 1
    return done
