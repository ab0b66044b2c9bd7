from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day

from . import stages
from .models import Proposal, Result


def admitted(round: Round) -> QuerySet[Proposal]:
    """The proposals of a round that passed the formal checks, by number."""
    rows: QuerySet[Proposal] = Proposal.objects.filter(round=round, stage=stages.ADMITTED)
    return rows.select_related("team", "neighbourhood").order_by("number")


def totals(round: Round) -> list[dict[str, Any]]:
    """What is asked in a round, by tier and neighbourhood, of all that stands handed in.

    Rows of {tier, neighbourhood (key), place (its name), proposals (count), asked (fen)}; withdrawn
    and refused ones are left out.
    """
    return list(
        Proposal.objects.filter(
            round=round,
            stage__in=(stages.SUBMITTED, stages.RETURNED, stages.APPEALED, stages.ADMITTED),
        )
        .values("tier", "neighbourhood", place=F("neighbourhood__name"))
        .annotate(proposals=Count("pk"), asked=Sum("asked"))
        .order_by("neighbourhood__code", "tier")
    )


def uncorrected(*, now: datetime) -> list[Proposal]:
    """What was returned for correction and whose days ran out before this moment's day."""
    late = Proposal.objects.filter(
        stage=stages.RETURNED,
        screenings__result=Result.RETURN,
        screenings__until__lt=local_day(now),
    )
    return list(late.select_related("round__street", "team").order_by("pk"))
