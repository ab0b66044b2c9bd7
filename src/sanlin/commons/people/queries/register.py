from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from sanlin.commons.people.models import HELD_AT, Post, PostKind, Resident
from sanlin.commons.people.rules import BY_DISTRICT, posts_of, residence
from sanlin.commons.places.models import District, Home, Neighbourhood, Street
from sanlin.ground.accounts.kept import Kept
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.models import Entry
from sanlin.ground.ui import words

AT_HOME = ("home__stair__building__estate", "neighbourhood")


def neighbourhoods_of(who: Any, *, now: datetime) -> QuerySet[Neighbourhood]:
    """The places whose residents `who` keeps: her committee's, or all of her street."""
    mine = Q(pk__in=[])
    for post in posts_of(who, now=now):
        if post.kind == PostKind.COMMITTEE_WORKER:
            mine |= Q(pk=post.neighbourhood_id)
        if post.kind == PostKind.STREET_OFFICER:
            mine |= Q(street_id=post.street_id)
    return Neighbourhood.objects.filter(mine).order_by("code")


def residents_of(who: Any, *, now: datetime) -> QuerySet[Any]:
    """The residents whom `who` may look at, with what a list shows of them; `state` is verified,
    waiting or gone."""
    places = neighbourhoods_of(who, now=now).order_by()
    rows = Resident.objects.filter(neighbourhood__in=places.values("pk"))
    state = Case(
        When(moved_out__isnull=False, then=Value("gone")),
        When(verified_on__isnull=True, then=Value("waiting")),
        default=Value("verified"),
    )
    shown: QuerySet[Any] = rows.annotate(state=state).select_related("account", *AT_HOME)
    return shown


def waiting_for(who: Any, *, now: datetime) -> QuerySet[Any]:
    """Of the residents whom `who` keeps, those who wait to be confirmed."""
    return residents_of(who, now=now).filter(state="waiting")


def namesakes(resident: Resident) -> QuerySet[Resident]:
    """Others of the same name in the same neighbourhood: perhaps the same person, on paper."""
    same = Resident.objects.living().filter(
        neighbourhood_id=resident.neighbourhood_id, account__name=resident.account.name
    )
    return same.exclude(pk=resident.pk).select_related("account", *AT_HOME).order_by("pk")


def find_home(
    place: Neighbourhood, *, estate: int | None, building: str, stair: str, room: str
) -> Home | None:
    """The home that these words mean in `place`; None where there is none, or more than one.

    People write 3 as well as 3号, and leave the stair out where a building has one of them.
    """
    homes = Home.objects.filter(
        stair__building__estate__neighbourhood=place,
        stair__building__number__in=_ways(building, "号", "号楼", "栋", "幢", "楼"),  # data
        room__in=_ways(room, "室", "号"),  # data
    )
    if estate is not None:
        homes = homes.filter(stair__building__estate_id=estate)
    if stair:
        homes = homes.filter(stair__number__in=_ways(stair, "单元", "门"))  # data
    found = list(homes.select_related("stair__building__estate")[:2])
    return found[0] if len(found) == 1 else None


def _ways(typed: str, *endings: str) -> list[str]:
    return [typed, *(typed + ending for ending in endings)]


def posts_under(who: Any, *, now: datetime) -> QuerySet[Any]:
    """The posts that `who` may look at: of her street and its committees, or of her district;
    `state` is now, coming or over."""
    mine = Q(pk__in=[])
    for post in posts_of(who, now=now):
        if post.kind == PostKind.STREET_OFFICER:
            mine |= Q(street_id=post.street_id) | Q(neighbourhood__street_id=post.street_id)
        if post.kind in {PostKind.DISTRICT_ADMIN, PostKind.AUDITOR}:
            mine |= Q(district_id=post.district_id)
            mine |= Q(street__district_id=post.district_id)
            mine |= Q(neighbourhood__street__district_id=post.district_id)
    day = local_day(now)
    state = Case(
        When(since__gt=day, then=Value("coming")),
        When(until__lte=day, then=Value("over")),
        default=Value("now"),
    )
    rows: QuerySet[Any] = Post.objects.filter(mine).annotate(state=state)
    return rows.select_related("account", "district", "street", "neighbourhood")


def open_to_newcomers(*, day: date, named: str = "") -> QuerySet[Neighbourhood]:
    """Where one can register: on a street that somebody works for, so that somebody will look.

    `named` keeps those whose name, or whose street's, has that part.
    """
    at_street = Post.objects.on(day).filter(street=OuterRef("street"))
    at_place = Post.objects.on(day).filter(neighbourhood__street=OuterRef("street"))
    staffed = Exists(at_street.filter(kind=PostKind.STREET_OFFICER)) | Exists(
        at_place.filter(kind=PostKind.COMMITTEE_WORKER)
    )
    rows = Neighbourhood.objects.on(day).filter(staffed)
    if named:
        rows = rows.filter(Q(name__icontains=named) | Q(street__name__icontains=named))
    return rows.select_related("street").order_by("code")


def journal_of(who: Any, *, now: datetime) -> QuerySet[Entry]:
    """The lines that `who` may read: of people who live or hold a post in her district, on their
    own or through them as hands, and of the clock, which belongs to nobody."""
    districts = [
        post.district_id
        for post in posts_of(who, now=now)
        if post.kind in {PostKind.AUDITOR, PostKind.DISTRICT_ADMIN}
    ]
    posts = Post.objects.filter(
        Q(district__in=districts)
        | Q(street__district__in=districts)
        | Q(neighbourhood__street__district__in=districts)
    ).values("account")
    residents = Resident.objects.filter(neighbourhood__street__district__in=districts)
    people = Account.objects.filter(Q(pk__in=posts) | Q(pk__in=residents.values("account")))
    mine = Q(by__isnull=True) | Q(by__in=people.values("pk")) | Q(hand__in=people.values("pk"))
    return Entry.objects.filter(mine).select_related("by", "hand")


def kept(account: Any, *, now: datetime) -> list[Kept]:
    """What this room keeps of `account`, for her own page: the home, and every post ever held."""
    told = []
    home = residence(account)
    if home is not None:
        if home.home_id:
            home.home = Home.objects.select_related("stair__building__estate").get(pk=home.home_id)
        verified = words.day(home.verified_on) if home.verified_on else _("等待居委核实")
        lines = (
            (_("居民区"), str(home.neighbourhood)),
            (_("住址"), home.address),
            (_("出生日期"), words.short_day(home.born, year=True) if home.born else ""),
            (_("身份证号"), str(home.identity)),
            (_("核实日期"), verified),
            *([(_("迁出日期"), words.day(home.moved_out))] if home.moved_out else []),
        )
        told.append(Kept(_("我的居民登记"), lines, (f"{home._meta.label}:{home.pk}",)))
    posts = Post.objects.filter(account_id=account.pk).order_by("since", "pk")
    rows = posts.select_related("district", "street", "neighbourhood")
    if held := tuple((f"{row.place} {row.get_kind_display()}", term(row)) for row in rows):
        told.append(Kept(_("我的任职"), held))
    return told


def term(post: Post) -> str:
    """From when to when a post is held, as people write it."""
    return words.span(post.since, post.until)


def places_to_fill(who: Any, kind: PostKind, *, now: datetime) -> list[Any]:
    """Where `who` may fill a post of that kind, in the order of their codes."""
    held = posts_of(who, now=now)
    streets: Any = [post.street_id for post in held if post.kind == PostKind.STREET_OFFICER]
    districts: Any = [post.district_id for post in held if post.kind == PostKind.DISTRICT_ADMIN]
    day = local_day(now)
    rows = {
        "neighbourhood": Neighbourhood.objects.filter(street__in=streets),
        "street": Street.objects.filter(
            Q(district__in=districts) if kind in BY_DISTRICT else Q(pk__in=streets)
        ),
        "district": District.objects.filter(pk__in=districts),
    }[HELD_AT[kind]]
    return list(rows.on(day).order_by("code"))


def search(rows: QuerySet[Any], key: dict[str, str]) -> QuerySet[Any]:
    """Of `rows`, those that a search means: {"name": part of it}, or the mark of a whole phone or
    identity number ({"phone": …}, {"identity": …})."""
    if part := key.get("name"):
        return rows.filter(account__name__icontains=part)
    if found := key.get("phone"):
        return rows.filter(account__phone_mark=found)
    return rows.filter(identity_mark=key.get("identity"))
