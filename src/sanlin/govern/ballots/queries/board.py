"""What the auditor's board and the committee's knock list are drawn from: counts, and no person."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from sanlin.commons.places.models import Building
from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Ballot, Fate, Roll, Trace, Voter
from sanlin.govern.rounds.models import Round

CLUSTER = 5  # ballots of one hour from one address or device
FEW = 6  # voters of a building: of fewer, a figure would speak of persons


def clusters(round: Round) -> QuerySet[Trace]:
    """The hours in which one address or device cast at least a cluster of ballots."""
    return Trace.objects.filter(roll__round=round, casts__gte=CLUSTER)


def source(trace: Trace) -> str:
    """An address or a device, as something that can be told apart and not found: 地址 3fa2."""
    words = {"address": _("网络地址"), "device": _("设备")}
    return f"{words.get(trace.kind, trace.kind)} {trace.mark[:4]}"


def figures(round: Round) -> list[tuple[str, Any]]:
    """(words, count) of what an auditor asks first of the whole vote."""
    lines = Voter.objects.filter(roll__round=round).aggregate(
        helped=Count("pk", filter=Q(hand__isnull=False)),
        helpers=Count("hand", distinct=True),
        late=Count("pk", filter=Q(late=True)),
        struck=Count("pk", filter=Q(stage=stages.STRUCK)),
    )
    fates = dict(
        Ballot.objects.filter(roll__round=round)
        .values_list("fate")
        .annotate(Count("pk"))
        .order_by("fate")
    )
    roll = rules.roll_of(round)
    return [
        (_("代办投出的票"), lines["helped"]),
        (_("代办人"), lines["helpers"]),
        (_("补录"), lines["late"]),
        (_("移出"), lines["struck"]),
        (_("改票"), fates.get(Fate.REPLACED, 0)),
        (_("抽检"), fates.get(Fate.SPOILED, 0)),
        (_("打不开的票"), roll.broken if roll else 0),
    ]


def buildings(roll: Roll) -> QuerySet[Any]:
    """Every building in which somebody is on the roll, with `size` lines and `cast` of them voted."""
    line = "stairs__homes__residents__account__votes"
    if rules.by_household(roll.round):
        line = "stairs__homes__votes"
    mine = Q(**{f"{line}__roll": roll}) & ~Q(**{f"{line}__stage": stages.STRUCK})
    voted = mine & Q(**{f"{line}__stage__in": stages.VOTED})
    return (
        Building.objects.select_related("estate__neighbourhood")
        .annotate(
            size=Count(line, filter=mine, distinct=True),
            cast=Count(line, filter=voted, distinct=True),
        )
        .filter(size__gt=0)
    )


def still_to_vote(building: Any) -> int | None:
    """How many of a building have not voted; None where so few live there that it would be personal."""
    return building.size - building.cast if building.size >= FEW else None
