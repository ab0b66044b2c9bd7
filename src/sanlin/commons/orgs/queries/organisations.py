from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from sanlin.commons.orgs.models import Growth, GrowthStage, Membership, Organisation
from sanlin.commons.people.rules import posts_of
from sanlin.commons.places.models import Street
from sanlin.ground.clock import local_day


def of_street(street: Street, *, now: datetime) -> QuerySet[Any]:
    """A street's organisations with `leader` (the name of the first), `member_count` of today and
    `stage`, the last that was reached."""
    day = local_day(now)
    leaders = Membership.objects.on(day).filter(organisation=OuterRef("pk"), leads=True)
    steps = Growth.objects.filter(organisation=OuterRef("pk")).order_by("-reached", "-pk")
    standing = Q(memberships__since__lte=day) & (
        Q(memberships__until=None) | Q(memberships__until__gt=day)
    )
    return (
        Organisation.objects.filter(street=street)
        .select_related("neighbourhood")
        .annotate(
            leader=Subquery(leaders.order_by("since", "pk").values("account__name")[:1]),
            stage=Subquery(steps.values("stage")[:1]),
            member_count=Count("memberships", filter=standing),
        )
    )


def streets_of(who: Any, *, now: datetime) -> list[Street]:
    """The streets in which `who` works, in order of code; a district's staff have all of it."""
    held = posts_of(who, now=now)
    streets = {post.street_id for post in held} | {
        post.neighbourhood.street_id for post in held if post.neighbourhood is not None
    }
    districts = {post.district_id for post in held} - {None}
    wanted = Q(pk__in=streets - {None}) | Q(district__in=districts)
    return list(Street.objects.filter(wanted).order_by("code"))


def growth_of(organisation: Organisation) -> list[tuple[str, Growth | None]]:
    """Every stage in order, with the step that reached it where it was reached."""
    reached = {step.stage: step for step in organisation.growth.all()}
    return [(str(stage.label), reached.get(stage.value)) for stage in GrowthStage]


def masked(name: str) -> str:
    """A name as the public sees it: the first character and how many follow.

    >>> masked("王建国"), masked("Li"), masked("")
    ('王**', 'L*', '')
    """
    return name[:1] + "*" * min(len(name) - 1, 3) if name else ""
