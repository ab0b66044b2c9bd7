"""Which proposals there are: of a round, of my teams, for the staff, and like this one."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.orgs.rules import teams_of
from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import Proposal, Result
from sanlin.govern.proposals.rules import STANDING
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day


def admitted(round: Round) -> QuerySet[Proposal]:
    """The proposals of a round that passed the formal checks, by number."""
    rows: QuerySet[Proposal] = Proposal.objects.filter(round=round, stage=stages.ADMITTED)
    return rows.select_related("team", "neighbourhood").order_by("number")


def totals(round: Round) -> list[dict[str, Any]]:
    """What is asked in a round, by tier and neighbourhood, of all that stands handed in.

    Rows of {tier, neighbourhood (key), place (its name), proposals (count), asked (fen), waiting
    (how many of them wait for formal checks)}; withdrawn and refused ones are left out.
    """
    return list(
        Proposal.objects.filter(round=round, stage__in=STANDING)
        .values("tier", "neighbourhood", place=F("neighbourhood__name"))
        .annotate(
            proposals=Count("pk"),
            asked=Sum("asked"),
            waiting=Count("pk", filter=Q(stage__in=stages.WAITING)),
        )
        .order_by("neighbourhood__code", "tier")
    )


def handed_in(round: Round) -> QuerySet[Proposal]:
    """Everything handed in to a round, for its staff."""
    rows: QuerySet[Proposal] = Proposal.objects.handed_in().filter(round=round)
    return rows.select_related("team", "neighbourhood").defer("writing")


def to_screen(round: Round) -> QuerySet[Proposal]:
    """What waits for formal checks or for the answer to an appeal, by number."""
    return handed_in(round).filter(stage__in=stages.WAITING).order_by("number")


def mine(who: Any, *, now: datetime) -> QuerySet[Proposal]:
    """The proposals of the teams that `who` is in today, the latest first."""
    rows: QuerySet[Proposal] = Proposal.objects.filter(team__in=teams_of(who, now=now))
    return (
        rows.select_related("round", "team", "neighbourhood")
        .defer("round__frozen", "round__pack_text")
        .order_by("-pk")
    )


def led_teams(who: Any, round: Round, *, now: datetime) -> list[Organisation]:
    """The teams of the round's street that `who` leads and that its pack admits."""
    led = [team for team, leads in teams_of(who, now=now).items() if leads]
    rows = Organisation.objects.filter(
        pk__in=led, street=round.street_id, kind__in=round.rules.applicants
    )
    return list(rows.select_related("neighbourhood").order_by("name"))


def uncorrected(*, now: datetime) -> list[Proposal]:
    """What was returned for correction and whose days ran out before this moment's day."""
    late = Proposal.objects.filter(
        stage=stages.RETURNED,
        screenings__result=Result.RETURN,
        screenings__until__lt=local_day(now),
    )
    return list(late.select_related("round__street", "team").order_by("pk"))


def plain_title(title: str) -> str:
    """A title without what people write in many ways: width, case, spaces, signs.

    >>> plain_title("“空中”蔬菜 乐园（２）") == plain_title("空中蔬菜乐园 2")
    True
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())
