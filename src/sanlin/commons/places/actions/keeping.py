from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from sanlin.commons.places import rules
from sanlin.commons.places.models import (
    Building,
    Division,
    Estate,
    FormerName,
    Home,
    Neighbourhood,
    Stair,
    Street,
)
from sanlin.commons.places.queries import homes
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.sheets.lists import Row
from sanlin.ground.ui.words import short_day
from sanlin.ground.verdict import Refused, refusing, require


@deed("place.rename")
def rename(place: Division, name: str, from_day: date, *, by: Any, now: datetime) -> Division:
    """From a day on (today at the latest) a place is called `name`; the old name stays on record."""
    require(rules.can_rename(by, place, now=now))
    field = str(place._meta.model_name)
    borne = FormerName.objects.filter(**{field: place})
    since = borne.aggregate(last=Max("valid_to"))["last"] or place.valid_from
    _not_later_than_today(from_day, now)
    if since and from_day < since:
        told = {"day": short_day(since, year=True)}
        raise Refused(_("现在的名称从%(day)s用起，更名不能早于这一天") % told)
    if name == place.name:
        raise Refused(_("与现在的名称相同"))
    if isinstance(place, Neighbourhood):
        _name_is_free(place.street, name, now)
    same = type(place)._default_manager.filter(pk=place.pk, name=place.name)
    if not same.update(name=name):
        raise Refused(_("此处刚刚被他人更名，请刷新后再看"))
    FormerName.objects.create(
        **{field: place}, name=place.name, valid_from=since, valid_to=from_day
    )
    place.name = name
    record(place, by=by, now=now, day=from_day.isoformat())
    return place


@deed("place.found")
def found(
    street: Street, code: str, name: str, day: date, *, by: Any, now: datetime
) -> Neighbourhood:
    """Set up a neighbourhood, new or out of a part of another (its estates are moved after)."""
    require(rules.can_found(by, street, now=now))
    _not_later_than_today(day, now)
    _name_is_free(street, name, now)
    with refusing(_("区划代码%(code)s已有居民区") % {"code": code}):
        place = Neighbourhood.objects.create(street=street, code=code, name=name, valid_from=day)
    record(place, by=by, now=now, street=street.pk)
    return place


@deed("place.merge")
def merge(
    place: Neighbourhood, into: Neighbourhood, day: date, *, by: Any, now: datetime
) -> Neighbourhood:
    """`place` ends on a day and its estates go to another of the street. Only the place: who lives
    and works there is moved by `orgs.actions.merge`, which calls this."""
    require(rules.can_rename(by, place, now=now))
    require(rules.stands(into, day))
    _not_later_than_today(day, now)
    if into.pk == place.pk or into.street_id != place.street_id:
        raise Refused(_("请选择同一街道的另一个居民区"))
    if place.valid_from and day < place.valid_from:
        raise Refused(_("撤销不能早于设立"))
    names = set(into.estates.values_list("name", flat=True))
    if shared := sorted(names & set(place.estates.values_list("name", flat=True))):
        raise Refused(_("两个居民区都有小区“%(name)s”，请先改其中一个的名称") % {"name": shared[0]})
    standing = Neighbourhood.objects.filter(pk=place.pk, valid_to=None)
    if not standing.update(valid_to=day, merged_into=into):
        raise Refused(_("此处刚刚被他人办理，请刷新后再看"))
    moved = place.estates.update(neighbourhood=into)
    place.valid_to, place.merged_into = day, into
    record(place, by=by, now=now, into=into.pk, estates=moved, day=day.isoformat())
    return place


@deed("estate.add")
def add_estate(place: Neighbourhood, name: str, *, by: Any, now: datetime) -> Estate:
    require(rules.can_keep(by, place, now=now))
    require(rules.stands(place, local_day(now)))
    with refusing(_("%(place)s已有这个小区") % {"place": place}):
        estate = Estate.objects.create(neighbourhood=place, name=name)
    record(estate, by=by, now=now, place=place.pk)
    return estate


@deed("estate.edit")
def edit_estate(
    estate: Estate, name: str, place: Neighbourhood, *, by: Any, now: datetime
) -> Estate:
    """Give an estate another name, or to another neighbourhood that one keeps too."""
    require(rules.can_keep_estate(by, estate, now=now))
    require(rules.can_keep(by, place, now=now))
    with refusing(_("%(place)s已有这个小区") % {"place": place}):
        Estate.objects.filter(pk=estate.pk).update(name=name, neighbourhood=place)
    was, estate.name, estate.neighbourhood = estate.neighbourhood_id, name, place
    record(estate, by=by, now=now, place=place.pk, was=was)
    return estate


@deed("homes.import")
def import_homes(
    where: Street | Neighbourhood, parts: list[list[Row]], *, by: Any, now: datetime
) -> Street | Neighbourhood:
    """Add the homes of a list that are not there yet, all or none."""
    require(rules.can_keep(by, where, now=now))
    plan = homes.plan_homes(parts, where, by=by, now=now)
    if plan.faults:
        raise Refused(plan.faults[0].sentence)
    places = homes.Places(where, now=now)
    wanted = set()
    for change in plan.changes:
        place = places.find(change.row, "place")
        if change.kind == "added" and isinstance(place, Neighbourhood):
            wanted.add(homes.path(change.row, place))
    _build(wanted)
    if wanted:
        record(where, by=by, now=now, added=len(wanted))
    return where


def _build(wanted: set[homes.Path]) -> None:
    """Every estate, building, stair and home on these paths; what another hand has made is used."""
    keys: dict[tuple[Any, ...], int] = {(place,): place for place, *_rest in wanted}
    levels = (
        (Estate, "neighbourhood_id", "name"),
        (Building, "estate_id", "number"),
        (Stair, "building_id", "number"),
        (Home, "stair_id", "room"),
    )
    for depth, (model, above, name) in enumerate(levels, start=1):
        parts = sorted({path[: depth + 1] for path in wanted})
        rows = [model(**{above: keys[part[:-1]], name: part[-1]}) for part in parts]
        model._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=2_000)
        if model is Home:
            return
        parents = sorted({keys[part[:-1]] for part in parts})
        at = {
            (row[0], row[1]): row[2]
            for some in range(0, len(parents), 900)  # an old SQLite takes 999 parameters
            for row in model._default_manager.filter(
                **{f"{above}__in": parents[some : some + 900]}
            ).values_list(above, name, "pk")
        }
        keys = {part: at[keys[part[:-1]], part[-1]] for part in parts}


def _not_later_than_today(day: date, now: datetime) -> None:
    if day > local_day(now):
        raise Refused(_("日期不能晚于今天"))


def _name_is_free(street: Street, name: str, now: datetime) -> None:
    Street.objects.select_for_update().get(pk=street.pk)  # one at a time in a street
    if street.neighbourhoods.on(local_day(now)).filter(name=name).exists():
        raise Refused(_("%(street)s已有叫这个名称的居民区") % {"street": street})
