"""The streets and rounds that somebody works for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run

OFFICERS = (PostKind.STREET_OFFICER,)
WORKERS = (PostKind.COMMITTEE_WORKER,)
LOOKERS = (*OFFICERS, *WORKERS, PostKind.AUDITOR, PostKind.JUDGE)
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
    """The rounds of my streets that have not ended, the newest first; read once for each moment."""
    streets = my_streets(who, LOOKERS, now=now)
    if not streets:
        return []
    name = f"rounds at {now.isoformat()}"
    if name not in who.memo:
        ended = (stages.CLOSED, stages.CANCELLED)
        rows = Round.objects.filter(street__in=streets).exclude(stage__in=ended)
        who.memo[name] = list(rows.select_related("street").order_by("-pk")[:MOST])
    return who.memo[name]  # type: ignore[no-any-return]


def run_at(who: Any, *at: str, now: datetime) -> dict[int, Round]:
    """Those of my rounds that I may run and that stand at one of these stages, by key."""
    return {one.pk: one for one in run_by(who, now=now) if one.stage in at}


def run_by(who: Any, *, now: datetime) -> list[Round]:
    """My rounds that I may run, with their dates; read once for each account object and moment."""
    name = f"rounds run at {now.isoformat()}"
    if name not in who.memo:
        mine = my_rounds(who, now=now)
        prefetch_related_objects(mine, "windows__extensions")
        who.memo[name] = [one for one in mine if can_run(who, one, now=now)]
    return who.memo[name]  # type: ignore[no-any-return]
