from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import short_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import Division, Estate, Neighbourhood, Street


def can_keep(who: Any, place: Division, *, now: datetime) -> Verdict:
    """Whoever looks after a place: its estates, its homes, the places in it.

    Posts are known on a floor above; the setting PLACE_KEEPER names the rule that knows them.
    """
    verdict: Verdict = import_string(settings.PLACE_KEEPER)(who, place, now=now)
    return verdict


def can_keep_estate(who: Any, estate: Estate, *, now: datetime) -> Verdict:
    return can_keep(who, estate.neighbourhood, now=now)


def can_rename(who: Any, place: Division, *, now: datetime) -> Verdict:
    """Whoever keeps what the place lies in; a district's name is its own administrator's."""
    above = place
    if isinstance(place, Neighbourhood):
        above = place.street
    elif isinstance(place, Street):
        above = place.district
    if not (verdict := can_keep(who, above, now=now)):
        return verdict
    return stands(place, local_day(now))


def can_found(who: Any, street: Street, *, now: datetime) -> Verdict:
    """Set up a neighbourhood: whoever keeps the street."""
    return can_keep(who, street, now=now) and stands(street, local_day(now))


def stands(place: Division, day: date) -> Verdict:
    """Whether a place has not been abolished or merged by that day."""
    if place.valid_to is None or place.valid_to > day:
        return ALLOWED
    told = {"place": place, "day": short_day(place.valid_to, year=True)}
    return denied(_("%(place)s已于%(day)s撤销") % told)
