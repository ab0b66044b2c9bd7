from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from sanlin.ground.verdict import Refused

from . import actions
from .models import Fund


def sweep_unspent(*, now: datetime) -> int:
    """Sweep every fund whose day has come. One that has nothing unspent is left until it has."""
    swept = 0
    for fund in Fund.objects.filter(sweep_on__lte=timezone.localtime(now).date()).order_by("pk"):
        try:
            actions.sweep(fund, by=None, now=now)
        except Refused:
            continue
        swept += 1
    return swept


def inspect_books(*, now: datetime) -> int:
    """Read every voucher of the funds that have grown since they were last read, once a day."""
    today = timezone.localtime(now).date()
    done = 0
    for fund in Fund.objects.filter(last_number__gt=0).order_by("pk"):
        last = fund.inspections.first()
        if last and timezone.localtime(last.at).date() >= today:
            continue
        actions.inspect(fund, by=None, now=now)
        done += 1
    return done
