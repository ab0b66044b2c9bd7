"""A street with people in it, for the tests of this floor and of every floor above.

Every maker writes real rows and returns them; whoever acts is returned as an Account (`.resident`
is the row of a resident). What is not given is made: a test names only what it is about.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sanlin.commons.people.models import Post, PostKind, Resident
from sanlin.commons.places.models import (
    Building,
    District,
    Estate,
    Home,
    Neighbourhood,
    Stair,
    Street,
)
from sanlin.ground.accounts.models import Account
from sanlin.ground.pii import mark

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 4, 10, 10, 0, tzinfo=SHANGHAI)  # a Wednesday in the year of the real round
LONG_AGO = date(2020, 1, 1)
PASSWORD = (
    "sanlin-demo"  # only accounts made with `password=PASSWORD` can sign in by it: it is slow
)

_numbers = count(1)


def at(hour: int = 10, minute: int = 0, *, day: date | None = None) -> datetime:
    """A moment of the street's day; NOW's day unless another is given."""
    day = day or NOW.date()
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def district(name: str = "浦东新区", **fields: Any) -> District:
    fields.setdefault("code", f"D{next(_numbers):011}")
    return District.objects.create(name=name, province="上海市", city="上海市", **fields)


def street(name: str = "潍坊新村街道", **fields: Any) -> Street:
    """A street, in a district of its own unless one is given."""
    fields.setdefault("code", f"S{next(_numbers):011}")
    fields.setdefault("district", None)
    fields["district"] = fields["district"] or district()
    return Street.objects.create(name=name, **fields)


def neighbourhood(on: Street | None = None, name: str = "潍坊二村居民区", **fields: Any):
    """A neighbourhood on a street."""
    fields.setdefault("code", f"N{next(_numbers):011}")
    return Neighbourhood.objects.create(street=on or street(), name=name, **fields)


def home(place: Neighbourhood | None = None, room: str | None = None, **_fields: Any) -> Home:
    """A home; all homes of one neighbourhood share its first estate, building and stair."""
    estate, _made = Estate.objects.get_or_create(
        neighbourhood=place or neighbourhood(), name="潍坊二村"
    )
    building, _made = Building.objects.get_or_create(estate=estate, number="1号")
    stair, _made = Stair.objects.get_or_create(building=building, number="1单元")
    return Home.objects.create(stair=stair, room=room or f"{next(_numbers)}室")


def marked(plain: str) -> str:
    """The keyed mark by which a phone or identity number is found again."""
    return mark(plain)


def phone() -> str:
    """A phone of the cast's range, never the same twice in a test run of less than 10,000."""
    return f"1990000{next(_numbers) % 10_000:04}"


def person(name: str = "", *, password: str | None = None, **fields: Any) -> Account:
    """Somebody with an account and nothing else."""
    number = next(_numbers)
    fields.setdefault("username", f"p{number}")
    return Account.objects.create_user(password=password, name=name or f"居民{number}号", **fields)


def resident(
    place: Neighbourhood | None = None,
    name: str = "",
    *,
    account: Account | None = None,
    **fields: Any,
) -> Account:
    """A confirmed resident of a neighbourhood. Resident's fields in `fields`; phone and password go
    to the account; `verified_on=None` makes one who still waits for the committee."""
    of_account = {k: fields.pop(k) for k in ("username", "phone", "password") if k in fields}
    fields.setdefault("verified_on", LONG_AGO)
    account = account or person(name, **of_account)
    Resident.objects.create(account=account, neighbourhood=place or neighbourhood(), **fields)
    return account


def post(kind: str, where: Any, *, account: Account | None = None, name: str = "", **fields: Any):
    """Somebody who holds a post at a district, street or neighbourhood; returns the account."""
    of_account = {k: fields.pop(k) for k in ("username", "phone", "password") if k in fields}
    account = account or person(name, **of_account)
    fields.setdefault("since", LONG_AGO)
    Post.objects.create(account=account, kind=kind, **{where._meta.model_name: where}, **fields)
    return account


def officer(on: Street | None = None, **fields: Any) -> Account:
    """A street officer."""
    return post(PostKind.STREET_OFFICER, on or street(), **fields)


def worker(place: Neighbourhood | None = None, **fields: Any) -> Account:
    """A committee worker."""
    return post(PostKind.COMMITTEE_WORKER, place or neighbourhood(), **fields)


def judge(on: Street | None = None, **fields: Any) -> Account:
    """A judge of a street."""
    return post(PostKind.JUDGE, on or street(), **fields)


def auditor(of: District | None = None, **fields: Any) -> Account:
    """An auditor of a district."""
    return post(PostKind.AUDITOR, of or district(), **fields)


def district_admin(of: District | None = None, **fields: Any) -> Account:
    """A district administrator."""
    return post(PostKind.DISTRICT_ADMIN, of or district(), **fields)


def at_the_desk(resident: Account, worker: Account, reason: str = "本人到场办理") -> Account:
    """The resident as a verb sees her while the worker acts for her."""
    acting = Account.objects.get(pk=resident.pk)
    acting.hand, acting.hand_reason = worker, reason
    return acting


def no_doors(_request: Any) -> list[Any]:
    """A frame without a side, for tests that count the queries of a page alone."""
    return []
