"""The streets and rounds that somebody works for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run

OFFICERS = (PostKind.STREET_OFFICER,)
WORKERS = (PostKind.COMMITTEE_WORKER,)
OUTSIDE = (PostKind.SOCIAL_WORKER, PostKind.MERCHANT)  # who see a round once it is public
MOST = 12  # rounds on the left of the desk


def at(name: str, *args: Any) -> str:
    """The address of a page about something."""
    return reverse(name, args=args)


def my_streets(who: Any, kinds: Collection[PostKind], *, now: datetime) -> set[int]:
    """Keys of the streets in which `who` holds one of these posts, on the street or below it."""
    found = set()
    for post in posts_of(who, now=now):
        if post.kind in kinds and post.street_id:
            found.add(post.street_id)
        elif post.kind in kinds and post.neighbourhood:
            found.add(post.neighbourhood.street_id)
    return found


def my_rounds(who: Any, *, now: datetime) -> list[Round]:
    """The newest rounds of my streets that have not ended; read once for each moment."""
    if (name := _every(now)) in who.memo:
        return who.memo[name][:MOST]  # type: ignore[no-any-return]
    name = f"rounds at {now.isoformat()}"
    if name not in who.memo:
        who.memo[name] = list(_rounds(who, now)[:MOST])
    return who.memo[name]  # type: ignore[no-any-return]


def every_round(who: Any, *, now: datetime) -> list[Round]:
    """All rounds of my streets that have not ended, with their dates and their rolls, the newest first;
    read once for each account object and moment."""
    if (name := _every(now)) not in who.memo:
        rows = _rounds(who, now).select_related("street", "roll")
        who.memo[name] = list(rows.prefetch_related("windows"))
    return who.memo[name]  # type: ignore[no-any-return]


def _every(now: datetime) -> str:
    return f"every round at {now.isoformat()}"


def _rounds(who: Any, now: datetime) -> QuerySet[Round]:
    rows = _of_places(who, now).exclude(stage__in=(stages.CLOSED, stages.CANCELLED))
    return rows.select_related("street").order_by("-pk")


def _of_places(who: Any, now: datetime) -> QuerySet[Round]:
    """Every round where `who` holds a post: in her streets, or in all streets of her district."""
    held = posts_of(who, now=now)
    districts = {post.district_id for post in held if post.district_id}
    within = my_streets(who, set(PostKind) - set(OUTSIDE), now=now)
    public = Q(street__in=my_streets(who, OUTSIDE, now=now), frozen__isnull=False)
    return Round.objects.filter(Q(street__in=within) | Q(street__district__in=districts) | public)


def last_ended(who: Any, *, now: datetime) -> list[Round]:
    """The newest round of my streets that has been carried through; none where there is none."""
    rows = _of_places(who, now).filter(stage=stages.CLOSED).select_related("street")
    return list(rows.prefetch_related("windows").order_by("-pk")[:1])


def run_by(who: Any, *, now: datetime) -> dict[int, Round]:
    """My rounds that I may run, by key."""
    return {one.pk: one for one in every_round(who, now=now) if can_run(who, one, now=now)}
