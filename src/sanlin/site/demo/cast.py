"""The people of the demonstration: docs/cast.md made into accounts, posts, homes and teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Fund
from sanlin.commons.orgs.models import Membership, Organisation, OrganisationKind
from sanlin.commons.people import actions as people
from sanlin.commons.people.models import Particulars, PostKind, Term
from sanlin.commons.places.actions import load_territory
from sanlin.commons.places.models import (
    Building,
    District,
    Estate,
    Home,
    Neighbourhood,
    Stair,
    Street,
)
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account

SHANGHAI = ZoneInfo("Asia/Shanghai")
PASSWORD = "sanlin-demo"
STREET = "潍坊新村街道"
OTHER_STREET = "塘桥街道"
LONG_AGO = date(2021, 3, 1)
HOMES_EACH = 16  # in every neighbourhood, with one grown-up in each

STAFF = {
    "zhou": ("周敏", PostKind.STREET_OFFICER),
    "qian": ("钱立", PostKind.STREET_OFFICER),
    "shen": ("沈正", PostKind.AUDITOR),
}
# Who asks for a payment, approves it, pays it, keeps the books, keeps the seal: five persons.
DUTIES = {"zhou": "handle", "qian": "approve", "tian": "pay", "jin": "book", "cao": "seal"}
MONEY = {"tian": "田玉", "jin": "金蓉", "cao": "曹勇"}
JUDGES = {"chen": "陈静", "lin": "林涛", "gao": "高岩", "he": "何雯", "luo": "罗宁"}
ER_CUN, QUAN_DONG, OTHER_PLACE = "潍坊二村居委会", "泉东第二居委会", "塘桥居委会"


@dataclass
class World:
    """What the story is played in. `at` is the moment that the next verb is told."""

    street: Street
    places: list[Neighbourhood]
    who: dict[str, Account]
    at: datetime
    voters: list[Account] = field(default_factory=list)
    workers: dict[int, Account] = field(default_factory=dict)
    _phones: Any = field(default_factory=lambda: count(1001))

    def place(self, name: str) -> Neighbourhood:
        return next(place for place in self.places if place.name == name)

    def later(self, **by: int) -> datetime:
        """Let time go on, and say what it is then."""
        self.at += timedelta(**by)
        return self.at

    def phone_of(self, account: Account) -> str:
        account.refresh_from_db()
        return str(account.phone.reveal())

    def phone(self) -> str:
        return f"1990000{next(self._phones):04d}"


def at(day: date, hour: int = 10) -> datetime:
    """A full hour of a day where the street is."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def vary(*parts: object) -> int:
    """A number that looks drawn and is always the same for the same parts: no two runs differ."""
    return crc32("/".join(map(str, parts)).encode())


def the_round(world: World) -> Round:
    """The one round of the demonstration, as it stands now."""
    return Round.objects.select_related("street").get(street=world.street)


def settle(begin: datetime) -> World:
    """Territory, staff, homes and neighbours, as they stand before the round begins."""
    load_territory(by=None, now=begin)
    street = Street.objects.select_related("district").get(name=STREET)
    places = list(Neighbourhood.objects.filter(street=street).order_by("code"))
    world = World(street, places, {}, begin)
    _staff(world)
    _workers(world)
    _homes(world)
    _residents(world)
    _teams(world)
    return world


def _signs_in(world: World, username: str, name: str, phone: str = "") -> Account:
    account = Account.objects.create_user(
        username, PASSWORD, name=name, phone=phone or world.phone()
    )
    world.who[username] = account
    return account


def _staff(world: World) -> None:
    street, now = world.street, world.at
    fang = _signs_in(world, "fang", "方华")
    people.install(street.district, fang, by=None, now=now)
    for username, (name, kind) in STAFF.items():
        where: District | Street = street if kind == PostKind.STREET_OFFICER else street.district
        _hold(world, _signs_in(world, username, name), kind, where, by=fang)
    zhou = world.who["zhou"]
    for username, name in JUDGES.items():
        _hold(world, _signs_in(world, username, name), PostKind.JUDGE, street, by=zhou)
    xu, hong = _signs_in(world, "xu", "徐慧"), _signs_in(world, "hong", "洪福")
    _hold(world, xu, PostKind.SOCIAL_WORKER, street, by=zhou, certificate="演示0001号")
    _hold(world, hong, PostKind.MERCHANT, street, by=zhou)
    for username, name in MONEY.items():
        _hold(world, _signs_in(world, username, name), PostKind.STREET_OFFICER, street, by=fang)


def entrust(fund: Fund, now: datetime) -> None:
    """Give the five duties of a fund to the five persons of the cast, as far as they are open."""
    given = set(fund.duties.on(now.date()).values_list("kind", flat=True))
    who = {one.username: one for one in Account.objects.filter(username__in=DUTIES)}
    hands = {kind: who[name] for name, kind in DUTIES.items() if kind not in given}
    if hands:
        funds.entrust_all(fund, hands, by=who["zhou"], now=now)


def _hold(
    world: World, account: Account, kind: str, where: Any, *, by: Account, certificate: str = ""
) -> None:
    term = Term(since=LONG_AGO, certificate=certificate)
    people.appoint(kind, where, account.name, world.phone_of(account), term, by=by, now=world.at)


def _workers(world: World) -> None:
    """One worker in every committee; 孙洁 is the one of 潍坊二村."""
    for number, place in enumerate(world.places, start=1):
        if place.name == ER_CUN:
            worker = _signs_in(world, "sun", "孙洁")
        else:
            worker = _signs_in(world, f"worker{number:02d}", f"居委{number:02d}号")
        _hold(world, worker, PostKind.COMMITTEE_WORKER, place, by=world.who["zhou"])
        world.workers[place.pk] = worker


def _homes(world: World) -> None:
    for place in [*world.places, _other(world)]:
        name = place.name.removesuffix("居委会")
        estate = Estate.objects.create(neighbourhood=place, name=name)
        for number in (1, 2):
            building = Building.objects.create(estate=estate, number=f"{number}号")
            stair = Stair.objects.create(building=building, number="1单元")
            Home.objects.bulk_create(
                Home(stair=stair, room=f"{floor}0{door}")
                for floor in range(1, HOMES_EACH // 4 + 1)
                for door in (1, 2)
            )


def _other(world: World) -> Neighbourhood:
    return Neighbourhood.objects.get(street__name=OTHER_STREET, name=OTHER_PLACE)


def _residents(world: World) -> None:
    numbers = count(1)
    for place in world.places:
        worker = world.workers[place.pk]
        for home in Home.objects.filter(stair__building__estate__neighbourhood=place).order_by(
            "pk"
        ):
            number = next(numbers)
            born = date(1946 + number * 7 % 60, 1 + number % 12, 1 + number % 28)
            told = Particulars(f"邻居{number:04d}号", born, home)
            resident = people.add(place, told, by=worker, now=world.at)
            world.voters.append(resident.account)
    er_cun, quan_dong = world.place(ER_CUN), world.place(QUAN_DONG)
    _lives(world, "li", "李秀英", er_cun, date(1952, 3, 4))
    _lives(world, "wang", "王建国", er_cun, date(1966, 9, 12))
    _lives(world, "zhao", "赵晨", quan_dong, date(1993, 6, 18))
    other = _other(world)
    account = _signs_in(world, "other", "外街人")
    people.register(other, name="外街人", phone="", home=None, by=account, now=world.at)


def _lives(world: World, username: str, name: str, place: Neighbourhood, born: date) -> None:
    account = _signs_in(world, username, name)
    taken = {resident.home_id for resident in place.residents.all()}
    home = Home.objects.filter(stair__building__estate__neighbourhood=place).first()
    told = Particulars(name, born, home if taken else None, phone=world.phone_of(account))
    people.add(place, told, by=world.workers[place.pk], now=world.at)
    world.voters.append(account)


def _teams(world: World) -> None:
    """A resident team in every neighbourhood, led by its first neighbour; more come with projects."""
    for place in world.places:
        leader = place.residents.select_related("account").order_by("pk")[0].account
        team(world, f"{place.name.removesuffix('居委会')}居民自治小组", place, leader)


def team(world: World, name: str, place: Neighbourhood, leader: Account) -> Organisation:
    """A resident team with a leader and a few members."""
    made, new = Organisation.objects.get_or_create(
        street=world.street,
        name=name,
        defaults={"kind": OrganisationKind.TEAM, "neighbourhood": place, "founded": LONG_AGO},
    )
    if new:
        Membership.objects.create(organisation=made, account=leader, leads=True, since=LONG_AGO)
        others = place.residents.exclude(account=leader).order_by("pk")[1:5]
        Membership.objects.bulk_create(
            Membership(organisation=made, account_id=one.account_id, since=LONG_AGO)
            for one in others
        )
    return made
