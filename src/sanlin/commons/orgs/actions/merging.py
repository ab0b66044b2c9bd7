from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sanlin.commons.orgs import rules
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.models import Post, Resident
from sanlin.commons.places import actions as places
from sanlin.commons.places.models import Neighbourhood
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import require


@deed("neighbourhood.merge")
def merge(
    place: Neighbourhood, into: Neighbourhood, day: date, *, by: Any, now: datetime
) -> Neighbourhood:
    """A neighbourhood ends and goes to another of the street: estates, residents, organisations,
    and the posts of its committee, which end there and go on in the other. What was decided in the
    old one stays in its name. Raises Refused."""
    require(rules.can_merge(by, place, now=now))
    places.merge(place, into, day, by=by, now=now)
    residents = Resident.objects.filter(neighbourhood=place, moved_out=None).update(
        neighbourhood=into
    )
    organisations = Organisation.objects.filter(neighbourhood=place).update(neighbourhood=into)
    posts = 0
    for post in Post.objects.filter(neighbourhood=place, until=None, since__lte=day):
        Post.objects.filter(pk=post.pk).update(until=day)
        again = {"account_id": post.account_id, "kind": post.kind, "neighbourhood": into}
        if not Post.objects.filter(until=None, **again).exists():
            Post.objects.create(certificate=post.certificate, since=day, **again)
        posts += 1
    moved = {"residents": residents, "organisations": organisations, "posts": posts}
    record(place, by=by, now=now, into=into.pk, **moved)
    return place
