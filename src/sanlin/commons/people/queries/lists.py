"""What a list of residents would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.people.models import Particulars, Post, Resident
from sanlin.commons.places.models import Home, Neighbourhood, Street
from sanlin.commons.places.queries.homes import Places, standing_homes
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.pii import mark
from sanlin.ground.sheets import cells
from sanlin.ground.sheets.lists import Change, Column, Part, Plan, Row, StaffList

A_QUESTION = 900  # keys in one: an old SQLite takes 999 parameters
NO_CLUE = gettext_lazy("手机号、身份证号、出生日期至少填一项，可以认出同名的人")
AT_HOME = "home__stair__building__estate"


def _column(name: str, words: Any, most: int, example: str) -> Column:
    return Column(name, words, cells.text(most), required=False, example=example)


RESIDENTS = StaffList(
    "residents",
    gettext_lazy("居民"),
    (
        Part(
            gettext_lazy("居民"),
            (
                Column(
                    "place",
                    gettext_lazy("居民区"),
                    cells.text(60),
                    example="潍坊二村",  # data
                    also=("居委会", "社区", "村居"),  # data
                ),
                Column("name", gettext_lazy("姓名"), cells.text(60), example="李秀英"),  # data
                Column(
                    "phone",
                    gettext_lazy("手机号"),
                    cells.phone,
                    required=False,
                    example="19900000004",
                    also=("手机", "电话", "联系电话"),  # data
                    note=NO_CLUE,
                    sealed=True,
                ),
                Column(
                    "identity",
                    gettext_lazy("身份证号"),
                    cells.identity,
                    required=False,
                    also=("身份证", "身份证号码", "公民身份号码"),  # data
                    sealed=True,
                ),
                Column(
                    "born",
                    gettext_lazy("出生日期"),
                    cells.day,
                    required=False,
                    example="1952-03-04",
                    also=("生日", "出生年月日"),  # data
                    note=gettext_lazy("填了身份证号可以不填"),
                ),
                _column("estate", gettext_lazy("小区"), 60, "潍坊二村"),  # data
                _column("building", gettext_lazy("楼号"), 20, "12号"),  # data
                _column("stair", gettext_lazy("单元"), 20, "1单元"),  # data
                _column("room", gettext_lazy("室号"), 20, "301室"),  # data
            ),
        ),
    ),
)


@dataclass
class Entry:
    """One row, understood: whom it speaks of (None where nobody yet), and what it says of her."""

    there: Resident | None
    place: Neighbourhood
    told: Particulars
    confirms: bool = False
    account: Account | None = None  # whose account it is, where somebody new here has one


@dataclass
class Understood:
    plan: Plan = field(default_factory=Plan)
    entries: list[Entry] = field(default_factory=list)


def plan_residents(
    parts: list[list[Row]], where: Street | Neighbourhood, *, by: Any, now: datetime
) -> Plan:
    return understand(parts[0], where, by=by, now=now).plan


def understand(
    rows: list[Row], where: Street | Neighbourhood, *, by: Any, now: datetime
) -> Understood:
    """Every row with the resident it means, and what would change."""
    done, known = Understood(), _Known(rows, where, by=by, now=now)
    met: dict[Any, int] = {}
    for row in rows:
        found = known.entry(row)
        if isinstance(found, tuple):
            done.plan.faults.append(row.fault(*found))
            continue
        who = _identity_of(found)
        if (earlier := met.setdefault(who, row.number)) != row.number:
            sentence = _("与第%(row)s行是同一个人，请删去一行") % {"row": earlier}
            done.plan.faults.append(row.fault("name", sentence))
            continue
        changed = known.changes(found)
        if (reason := known.why_not(found, changed)) is not None:
            done.plan.faults.append(row.fault("name", reason))
            continue
        kind = "added" if found.there is None else "updated" if changed else "unchanged"
        words = "、".join(changed) if found.there is not None else ""
        done.entries.append(found)
        done.plan.changes.append(Change(row, kind, found.told.name, words))  # type: ignore[arg-type]
    return done


def _identity_of(entry: Entry) -> Any:
    if entry.there is not None:
        return entry.there.pk
    told = entry.told
    return told.phone or told.identity or (told.name, entry.place.pk, told.born)


class _Known:
    """Whoever a list may speak of, read in a few questions however long it is."""

    def __init__(
        self, rows: list[Row], where: Street | Neighbourhood, *, by: Any, now: datetime
    ) -> None:
        self.by, self.now, self.today = by, now, local_day(now)
        self.places = Places(where, now=now)
        self.homes = standing_homes(self.places.rows)
        phones = {mark(row["phone"]) for row in rows if row["phone"]}
        numbers = {mark(row["identity"]) for row in rows if row["identity"]}
        self.accounts = {
            a.phone_mark: a
            for keys in _some(phones)
            for a in Account.objects.filter(phone_mark__in=keys)
        }
        residents = Resident.objects.select_related("account", "neighbourhood")
        self.by_number = {
            r.identity_mark: r
            for keys in _some(numbers)
            for r in residents.filter(identity_mark__in=keys)
        }
        held = {account.pk for account in self.accounts.values()}
        self.by_account = {
            r.account_id: r for keys in _some(held) for r in residents.filter(account__in=keys)
        }
        self.namesakes: dict[tuple[int, str], list[Resident]] = defaultdict(list)
        for one in residents.living().filter(neighbourhood__in=self.places.rows):
            self.namesakes[one.neighbourhood_id, one.account.name].append(one)
        self.staff = set(Post.objects.filter(until=None).values_list("account", flat=True))

    def entry(self, row: Row) -> Entry | tuple[str, str]:
        """What a row says, or the column and the sentence of what is wrong."""
        place = self.places.find(row, "place")
        if isinstance(place, str):
            return "place", place
        if not (row["phone"] or row["identity"] or row["born"]):
            return "name", str(NO_CLUE)
        home = self._home(row, place)
        if isinstance(home, str):
            return "room", home
        there = self._there(row, place)
        if isinstance(there, tuple):
            return there
        born = row["born"] or _birthday(row["identity"])
        told = Particulars(row["name"], born, None, row["phone"], row["identity"])
        entry = Entry(there, place, told)
        if there is None and row["phone"]:
            entry.account = self.accounts.get(mark(row["phone"]))
        return self._completed(entry, home)

    def _completed(self, entry: Entry, home: int | None) -> Entry:
        """What a row leaves out stays as it is."""
        there, told = entry.there, entry.told
        if there is not None and there.left(self.today):
            entry.there, entry.account, there = None, there.account, None
        entry.confirms = there is not None and there.verified_on is None
        home = home or (there.home_id if there else None)
        entry.told = Particulars(
            told.name,
            told.born or (there.born if there else None),
            Home(pk=home) if home else None,
            told.phone,
            told.identity,
        )
        return entry

    def _home(self, row: Row, place: Neighbourhood) -> int | str | None:
        said = [row[name] or "" for name in ("estate", "building", "stair", "room")]
        if not row["room"]:
            return None
        home = self.homes.get((place.pk, said[0], said[1], said[2], said[3]))
        return home or _("没有这一户，请核对小区、楼号、单元，或先导入房屋")

    def _there(self, row: Row, place: Neighbourhood) -> Resident | tuple[str, str] | None:
        """The resident whom a row means: by identity number, by phone, else by name and what fits."""
        account = self.accounts.get(mark(row["phone"])) if row["phone"] else None
        if account is not None and account.name != row["name"]:
            return "phone", _("这个手机号登记的是另一个姓名，请核对")
        one = self.by_number.get(mark(row["identity"])) if row["identity"] else None
        if one is not None and account is not None and one.account_id != account.pk:
            return "phone", _("这个手机号登记在另一个人名下，请核对")
        if one is None and account is not None:
            one = self.by_account.get(account.pk)
        if one is None and account is None:
            return self._namesake(row, place)
        if one is not None and not one.left(self.today) and one.neighbourhood_id != place.pk:
            return "place", _("登记在%(place)s，请先在那里办理迁出") % {"place": one.neighbourhood}
        return one

    def _namesake(self, row: Row, place: Neighbourhood) -> Resident | tuple[str, str] | None:
        born = row["born"] or _birthday(row["identity"])
        fitting = [
            one
            for one in self.namesakes[place.pk, row["name"]]
            if _fits(one.born, born)
            and _fits(one.account.phone.reveal(), row["phone"])
            and _fits(one.identity.reveal(), row["identity"])
        ]
        sure = [one for one in fitting if one.born and one.born == born]
        if len(sure) == 1:
            return sure[0]
        if len(fitting) > 1:
            return "name", _("有几位同名的居民，请填手机号或身份证号")
        return fitting[0] if fitting else None

    def changes(self, entry: Entry) -> list[str]:
        """In words, what differs from what is written down; never a value."""
        there, told = entry.there, entry.told
        if there is None:
            return []
        found = [
            (there.account.name != told.name, _("姓名")),
            (told.phone and there.account.phone.reveal() != told.phone, _("手机号")),
            (told.identity and there.identity.reveal() != told.identity, _("身份证号")),
            (there.born != told.born, _("出生日期")),
            (there.home_id != (told.home.pk if told.home else None), _("户")),
            (entry.confirms, _("核实")),
        ]
        return [words for differs, words in found if differs]

    def why_not(self, entry: Entry, changed: list[str]) -> str | None:
        """Why this change is not for a list, in a sentence."""
        there = entry.there
        account = there.account_id if there else entry.account.pk if entry.account else None
        if (
            account is not None
            and account == getattr(self.by, "pk", None)
            and (changed or there is None)
        ):
            return _("本人的登记请由另一位工作人员办理")
        if account in self.staff and {_("姓名"), _("手机号")} & set(changed):
            return _("这位居民有任职，姓名和手机号不能在这里修改")
        return None


def _fits(kept: Any, said: Any) -> bool:
    """Two answers that do not contradict each other: one is missing, or they are the same."""
    return not kept or not said or kept == said


def _some(keys: Iterable[Any]) -> Iterator[list[Any]]:
    every = sorted(keys)
    for at in range(0, len(every), A_QUESTION):
        yield every[at : at + A_QUESTION]


def _birthday(number: str | None) -> date | None:
    """The day of birth in an identity number that checks; None where it is no day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14])) if number else None
    except ValueError:
        return None
