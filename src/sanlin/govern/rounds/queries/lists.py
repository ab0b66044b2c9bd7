"""The rounds that somebody works for, sorted and filtered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import posts_of
from sanlin.commons.places.models import Street
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules.may import STAFF


def rounds_for(who: Any, *, now: datetime) -> QuerySet[Round]:
    """Every round of the streets that `who` works for, in or above, with its windows."""
    of = Q(pk__in=[])
    for post in posts_of(who, now=now):
        if post.kind not in STAFF:
            continue
        if post.district_id:
            of |= Q(street__district_id=post.district_id)
        elif post.neighbourhood:
            of |= Q(street_id=post.neighbourhood.street_id)
        else:
            of |= Q(street_id=post.street_id)
    return Round.objects.filter(of).select_related("street").prefetch_related("windows")


def streets_of(who: Any, *, now: datetime) -> list[Street]:
    """The streets in which `who` may make a round."""
    return [
        post.street
        for post in posts_of(who, now=now)
        if post.kind == PostKind.STREET_OFFICER and post.street is not None
    ]
