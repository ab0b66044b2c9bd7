"""What places were called, and which stood, on a day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sanlin.commons.places.models import District, FormerName, Neighbourhood, Street

MOST_FOUND = 50  # places of each level in a search
ENDINGS = re.compile(r"(社区居民委员会|居民委员会|社区居委会|居委会|居民区|社区)$")  # data


def names_on(street: Street, day: date) -> list[tuple[Neighbourhood, str]]:
    """The neighbourhoods that stood on that day, each with the name it bore, by code."""
    standing = list(street.neighbourhoods.on(day).order_by("code"))
    borne = {
        former.neighbourhood_id: former.name
        for former in FormerName.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            neighbourhood__in=standing,
            valid_to__gt=day,
        )
    }
    return [(place, borne.get(place.pk, place.name)) for place in standing]


def search(words: str) -> list[tuple[Any, str, list[str]]]:
    """Places whose name, or a former one, holds these words: (place, where it lies, former names)."""
    found: list[tuple[Any, str, list[str]]] = []
    if not words:
        return found
    for rows, where in (
        (District.objects.all(), lambda d: d.address.removesuffix(d.name)),
        (Street.objects.select_related("district"), lambda s: s.district.address),
        (
            Neighbourhood.objects.select_related("street__district"),
            lambda n: f"{n.street.district.address}{n.street}",
        ),
    ):
        found += [
            (place, where(place), [f.name for f in place.former_names.all()])
            for place in _named(rows, words)
        ]
    return found


def _named(rows: QuerySet[Any], words: str) -> Iterable[Any]:
    # Two small questions instead of one join over all committees of the country.
    former = FormerName.objects.filter(name__icontains=words)
    field = rows.model._meta.model_name
    keys = former.exclude(**{field: None}).values_list(field, flat=True)[:MOST_FOUND]
    wanted = Q(name__icontains=words) | Q(pk__in=list(keys))
    return rows.filter(wanted).prefetch_related("former_names").order_by("code")[:MOST_FOUND]


def called(name: str) -> str:
    """A neighbourhood's name without its ending, so that 潍坊二村 finds 潍坊二村居委会."""
    return ENDINGS.sub("", name)
