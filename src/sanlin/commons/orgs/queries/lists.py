"""What a list of teams would change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.orgs.models import Membership, Organisation, OrganisationKind, Particulars
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.commons.places.queries.homes import Places
from sanlin.ground.accounts.models import Account
from sanlin.ground.pii import mark
from sanlin.ground.sheets import cells
from sanlin.ground.sheets.lists import Change, Column, Part, Plan, Row, StaffList

TEAM = Column("name", gettext_lazy("团队名称"), cells.text(80), example="益路同行")  # data
NOTE = gettext_lazy("先登记为居民，再列入名单")
TEAMS = StaffList(
    "teams",
    gettext_lazy("团队"),
    (
        Part(
            gettext_lazy("团队"),
            (
                TEAM,
                Column(
                    "kind",
                    gettext_lazy("类型"),
                    cells.one_of(OrganisationKind.choices),
                    example="居民自组织",  # data
                    choices=tuple(OrganisationKind.labels),
                ),
                Column("place", gettext_lazy("居民区"), cells.text(60), example="潍坊二村"),  # data
                Column(
                    "number",
                    gettext_lazy("登记或备案号"),
                    cells.text(40),
                    required=False,
                ),
                Column(
                    "founded",
                    gettext_lazy("成立日期"),
                    cells.day,
                    required=False,
                    example="2019-05-01",
                ),
                Column(
                    "leader",
                    gettext_lazy("负责人姓名"),
                    cells.text(60),
                    example="王建国",  # data
                ),
                Column(
                    "phone",
                    gettext_lazy("负责人手机号"),
                    cells.phone,
                    example="19900000005",
                    note=NOTE,
                    sealed=True,
                ),
            ),
            key=("name",),
        ),
        Part(
            gettext_lazy("成员"),
            (
                TEAM,
                Column("member", gettext_lazy("姓名"), cells.text(60), example="李秀英"),  # data
                Column(
                    "phone",
                    gettext_lazy("手机号"),
                    cells.phone,
                    example="19900000004",
                    note=NOTE,
                    sealed=True,
                ),
            ),
            key=("name", "phone"),
            optional=True,
        ),
    ),
)


@dataclass
class Team:
    """One row of the list, understood: what is there (None for a new one), what shall be."""

    there: Organisation | None
    told: Particulars
    leader: Account
    new_leader: bool
    members: list[Account] = field(default_factory=list)


@dataclass
class Understood:
    plan: Plan = field(default_factory=Plan)
    teams: list[Team] = field(default_factory=list)


def plan_teams(
    parts: list[list[Row]], where: Street | Neighbourhood, *, by: Any, now: datetime
) -> Plan:
    return understand(parts, where, now=now).plan


def understand(
    parts: list[list[Row]], where: Street | Neighbourhood, *, now: datetime
) -> Understood:
    """The teams of a list with all that they name, and what would change."""
    done = Understood()
    street = where.street if isinstance(where, Neighbourhood) else where
    known = {one.name: one for one in Organisation.objects.filter(street=street)}
    standing: dict[int, dict[int, bool]] = defaultdict(dict)
    rows = Membership.objects.filter(organisation__street=street, until=None)
    for organisation, account, leads in rows.values_list("organisation", "account", "leads"):
        standing[organisation][account] = leads
    people = _people([*parts[0], *parts[1]])
    new_members = _members(parts, people, done.plan)
    places = Places(where, now=now)
    for row in parts[0]:
        team = _team(row, places, known, standing, people, done.plan)
        if team is None:
            continue
        there = standing[team.there.pk] if team.there else {}
        team.members = [
            one for one in new_members[row["name"]] if one.pk not in there and one != team.leader
        ]
        done.teams.append(team)
        done.plan.changes.append(_change(row, team))
    return done


def _people(rows: list[Row]) -> dict[str, Account]:
    marks = {mark(row["phone"]): row["phone"] for row in rows}
    found, keys = {}, list(marks)
    for some in range(0, len(keys), 900):  # an old SQLite takes 999 parameters
        for one in Account.objects.filter(phone_mark__in=keys[some : some + 900]):
            found[marks[str(one.phone_mark)]] = one
    return found


def _person(row: Row, name: str, people: dict[str, Account], plan: Plan) -> Account | None:
    """Who is meant by a phone and a name; a fault where nobody has both."""
    one = people.get(row["phone"])
    if one is None:
        plan.faults.append(row.fault("phone", _("这个手机号没有登记，请先登记这位居民")))
    elif one.name != row[name]:
        plan.faults.append(row.fault(name, _("这个手机号登记的是另一个姓名，请核对")))
        return None
    return one


def _members(
    parts: list[list[Row]], people: dict[str, Account], plan: Plan
) -> dict[str, list[Account]]:
    teams = {row["name"] for row in parts[0]}
    found: dict[str, list[Account]] = defaultdict(list)
    for row in parts[1]:
        if row["name"] not in teams:
            plan.faults.append(row.fault("name", _("名单里没有这个团队")))
        elif one := _person(row, "member", people, plan):
            found[row["name"]].append(one)
    return found


def _team(
    row: Row,
    places: Places,
    known: dict[str, Organisation],
    standing: dict[int, dict[int, bool]],
    people: dict[str, Account],
    plan: Plan,
) -> Team | None:
    place = places.find(row, "place")
    if isinstance(place, str):
        plan.faults.append(row.fault("place", place))
    leader = _person(row, "leader", people, plan)
    if isinstance(place, str) or leader is None:
        return None
    there = known.get(row["name"])
    if there is not None and not {there.neighbourhood_id} <= {None, *(p.pk for p in places.rows)}:
        plan.faults.append(row.fault("name", _("别的居民区已有叫这个名称的组织")))
        return None
    told = Particulars(
        row["name"],
        row["kind"],
        place,
        row["number"] or (there.number if there else ""),
        row["founded"] or (there.founded if there else None),
        there.dissolved if there else None,
    )
    leads = bool(there and standing[there.pk].get(leader.pk))
    return Team(there, told, leader, new_leader=not leads)


def _change(row: Row, team: Team) -> Change:
    if team.there is None:
        return Change(row, "added", team.told.name)
    said = []
    old, told = team.there, team.told
    if old.kind != told.kind:
        words = (old.get_kind_display(), OrganisationKind(told.kind).label)
        said.append(_("类型：%(old)s改为%(new)s") % {"old": words[0], "new": words[1]})
    if old.neighbourhood_id != told.neighbourhood.pk:
        said.append(_("居民区改为%(new)s") % {"new": told.neighbourhood})
    if old.number != told.number:
        said.append(_("登记或备案号改为%(new)s") % {"new": told.number})
    if old.founded != told.founded:
        said.append(_("成立日期改为%(new)s") % {"new": told.founded})
    if team.new_leader:
        said.append(_("负责人改为%(new)s") % {"new": team.leader})
    if team.members:
        said.append(_("增加%(n)s名成员") % {"n": len(team.members)})
    return Change(row, "updated" if said else "unchanged", told.name, "；".join(said))
