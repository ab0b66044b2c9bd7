"""What a list of homes would add."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.places.models import Home, Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.sheets import cells
from sanlin.ground.sheets.lists import Change, Column, Part, Plan, Row, StaffList

from .history import called

HOMES = StaffList(
    "homes",
    gettext_lazy("房屋"),
    (
        Part(
            gettext_lazy("房屋"),
            (
                Column(
                    "place",
                    gettext_lazy("居民区"),
                    cells.text(60),
                    example="潍坊二村",  # data
                    note=gettext_lazy("可以不写“居委会”三个字"),
                    also=("居委会", "社区", "村居"),  # data
                ),
                Column("estate", gettext_lazy("小区"), cells.text(60), example="潍坊二村"),  # data
                Column(
                    "building",
                    gettext_lazy("楼号"),
                    cells.text(20),
                    example="12号",  # data
                    also=("楼栋", "幢", "门牌号"),  # data
                ),
                Column(
                    "stair",
                    gettext_lazy("单元"),
                    cells.text(20),
                    required=False,
                    example="1单元",  # data
                    note=gettext_lazy("不分单元的楼空着"),
                ),
                Column(
                    "room",
                    gettext_lazy("室号"),
                    cells.text(20),
                    example="301室",  # data
                    also=("房号", "室"),  # data
                ),
            ),
            key=("place", "estate", "building", "stair", "room"),
        ),
    ),
)
Path = tuple[int, str, str, str, str]  # neighbourhood, estate, building, stair, room


class Places:
    """The neighbourhoods that a list may name, by what people call them."""

    def __init__(self, where: Street | Neighbourhood, *, now: datetime) -> None:
        rows = Neighbourhood.objects.on(local_day(now))
        one = isinstance(where, Neighbourhood)
        self.rows = list(rows.filter(**{"pk" if one else "street": where.pk}))
        self.by_name: dict[str, list[Neighbourhood]] = defaultdict(list)
        for place in self.rows:
            for name in {place.name, called(place.name)}:
                self.by_name[name].append(place)
        self.where = where

    def find(self, row: Row, column: str) -> Neighbourhood | str:
        """The neighbourhood that a cell names, or the sentence why there is not one."""
        name = row[column]
        found = self.by_name.get(name) or self.by_name.get(called(name)) or []
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(place.name for place in found)
            return _("可能是：%(names)s；请写全名") % {"names": names}
        near = [place.name for place in self.rows if called(name) in place.name][:5]
        if near:
            return _("没有这个居民区，是不是：%(names)s") % {"names": "、".join(near)}
        if isinstance(self.where, Neighbourhood):
            return _("这份名单只收%(place)s的") % {"place": self.where}
        return _("%(place)s没有这个居民区") % {"place": self.where}


def standing_homes(places: list[Neighbourhood]) -> dict[Path, int]:
    """Every home there is in these neighbourhoods, with its key."""
    above = "stair__building__estate"
    rows = Home.objects.filter(**{f"{above}__neighbourhood__in": places}).values_list(
        f"{above}__neighbourhood",
        f"{above}__name",
        "stair__building__number",
        "stair__number",
        "room",
        "pk",
    )
    return {(n, estate, b, s, room): pk for n, estate, b, s, room, pk in rows.iterator()}


def path(row: Row, place: Neighbourhood) -> Path:
    return (place.pk, row["estate"], row["building"], row["stair"] or "", row["room"])


def plan_homes(
    parts: list[list[Row]], where: Street | Neighbourhood, *, by: Any, now: datetime
) -> Plan:
    """New homes, homes that are there, and names of neighbourhoods that are not."""
    plan, places = Plan(), Places(where, now=now)
    there = standing_homes(places.rows)
    for row in parts[0]:
        place = places.find(row, "place")
        if isinstance(place, str):
            plan.faults.append(row.fault("place", place))
            continue
        subject = " ".join(text for text in (place.name, *path(row, place)[1:]) if text)
        kind = "unchanged" if path(row, place) in there else "added"
        plan.changes.append(Change(row, kind, subject))  # type: ignore[arg-type]
    return plan
