from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils import timezone

from sanlin.ground.verdict import Refused

from . import actions
from .models import Fund, Inspection

WHOLE_EVERY = 28  # days after which every voucher of a fund is read again, grown or not
TURN = 0  # which of these nights is a fund's own: (key + day) modulo WHOLE_EVERY


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
    """Read the books of the funds that have grown since they were last read, once a day; how many.

    Of these the new vouchers are read, on from what the last reading kept: that finds what is wrong
    with them, with the cached balances, and with the log's line; after a reading that found something
    all are read again. Every fund is read in full, from its first voucher, on its own night of each
    WHOLE_EVERY, grown or not, and at the latest when its last such reading is that old: that finds an
    older row that was edited below the models. So a night reads what came, and a 28th of all books.
    """
    today = timezone.localtime(now).date()
    done = 0
    for fund in _to_read(today).iterator(chunk_size=500):
        if fund.read_at is not None and timezone.localtime(fund.read_at).date() >= today:
            continue
        actions.inspect(fund, whole=fund.is_due, by=None, now=now)
        done += 1
    return done


def _to_read(today: date) -> QuerySet[Any]:
    """Funds that have grown since they were last read, or are due to be read in full."""
    rows = Inspection.objects.filter(fund=OuterRef("pk")).order_by("-at", "-pk")
    read = {name: Subquery(rows.values(field)[:1]) for name, field in KEPT.items()}
    whole_at = Subquery(rows.filter(since=0).values("at")[:1])
    turn = ExpressionWrapper((F("pk") + today.toordinal()) % WHOLE_EVERY, BigIntegerField())
    since = timezone.make_aware(datetime.combine(today - timedelta(days=WHOLE_EVERY - 1), time()))
    due = Q(whole_at__isnull=True) | Q(whole_at__lt=since) | Q(turn=TURN)
    funds = Fund.objects.filter(last_number__gt=0)
    funds = funds.annotate(**read, whole_at=whole_at, turn=turn)
    funds = funds.annotate(is_due=Case(When(due, then=True), default=False))
    read_now: QuerySet[Any] = funds.filter(Q(is_due=True) | Q(last_number__gt=F("read_to")))
    return read_now.order_by("pk")


KEPT = {"read_at": "at", "read_to": "through"}
