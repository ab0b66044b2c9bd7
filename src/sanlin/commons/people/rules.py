from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import HELD_AT, Post, PostKind, Resident

# --- what the floors above ask ---


def posts_of(who: Any, *, now: datetime) -> list[Post]:
    """The posts `who` holds at `now`, read once for each account object and day.

    None where a worker at the desk acts for `who`: a resident's posts are not lent to a hand.
    """
    if not who.is_authenticated or who.hand is not None:
        return []
    memo, name = who.memo, f"posts on {local_day(now)}"
    if name not in memo:
        held = Post.objects.on(local_day(now)).filter(account_id=who.pk)
        memo[name] = list(
            held.select_related(
                "district", "street__district", "neighbourhood__street__district"
            ).order_by("pk")
        )
    return memo[name]  # type: ignore[no-any-return]


def works_for_street(who: Any, street: Street, *, now: datetime) -> Verdict:
    """A street officer of this very street, acting for herself."""
    for post in posts_of(who, now=now):
        if post.kind == PostKind.STREET_OFFICER and post.street_id == street.pk:
            return ALLOWED
    return denied(_("只有%(street)s的工作人员可以办理") % {"street": street})


def works_for_neighbourhood(who: Any, place: Neighbourhood, *, now: datetime) -> Verdict:
    """A worker of this neighbourhood's committee, or an officer of the street above it."""
    for post in posts_of(who, now=now):
        if post.kind == PostKind.COMMITTEE_WORKER and post.neighbourhood_id == place.pk:
            return ALLOWED
        if post.kind == PostKind.STREET_OFFICER and post.street_id == place.street_id:
            return ALLOWED
    return denied(_("只有%(place)s的工作人员可以办理") % {"place": place})


def holds(who: Any, *kinds: str, street: Street, now: datetime) -> bool:
    """Whether `who` holds one of `kinds` in this street: on it, in it, or in its district."""
    return any(
        post.kind in kinds
        and (
            post.street_id == street.pk
            or post.district_id == street.district_id
            or (post.neighbourhood is not None and post.neighbourhood.street_id == street.pk)
        )
        for post in posts_of(who, now=now)
    )


STAFF = (
    PostKind.COMMITTEE_WORKER,
    PostKind.STREET_OFFICER,
    PostKind.AUDITOR,
    PostKind.DISTRICT_ADMIN,
)


def is_staff(who: Any, street: Street, *, now: datetime) -> Verdict:
    """Anybody who works for the street or one of its committees, or audits it."""
    if holds(who, *STAFF, street=street, now=now):
        return ALLOWED
    return denied(_("此页供%(street)s工作人员使用") % {"street": street})


def residence(who: Any) -> Resident | None:
    """The row of `who` as a resident, read once for each account object; None without one."""
    if not who.is_authenticated:
        return None
    if "residence" not in who.memo:
        rows = Resident.objects.select_related("neighbourhood__street__district")
        who.memo["residence"] = rows.filter(account_id=who.pk).first()
    return who.memo["residence"]  # type: ignore[no-any-return]


def is_verified_resident(who: Any, place: Neighbourhood, *, now: datetime) -> Verdict:
    """Somebody who lives in `place` and is known there: whoever may vote, propose and sign."""
    home = residence(who)
    if home is None or home.neighbourhood_id != place.pk or home.left(local_day(now)):
        return denied(_("只有%(place)s的居民可以办理") % {"place": place})
    if home.verified_on is None:
        return denied(_("您的居民身份还在等待居委核实，核实后即可办理"))
    return ALLOWED


# --- residents, kept by their committee ---


def can_list(who: Any, *, now: datetime) -> Verdict:
    """Committee workers and street officers, each the residents of their own place."""
    kinds = {PostKind.COMMITTEE_WORKER, PostKind.STREET_OFFICER}
    if any(post.kind in kinds for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("居民名单供居委和街道工作人员使用"))


def can_import(who: Any, where: Street | Neighbourhood, *, now: datetime) -> Verdict:
    """Bring in a list of residents: a committee's of its own place, a street's of all."""
    if isinstance(where, Neighbourhood):
        return works_for_neighbourhood(who, where, now=now)
    return works_for_street(who, where, now=now)


def can_see(who: Any, resident: Resident, *, now: datetime) -> Verdict:
    return works_for_neighbourhood(who, resident.neighbourhood, now=now)


def can_edit(who: Any, resident: Resident, *, now: datetime) -> Verdict:
    """Staff of the place, but nobody her own row, and nobody who has left."""
    if resident.account_id == who.pk:
        return denied(_("本人的登记请由另一位工作人员办理"))
    if resident.left(local_day(now)):
        return denied(_("这位居民已迁出"))
    return can_see(who, resident, now=now)


def can_confirm(who: Any, resident: Resident, *, now: datetime) -> Verdict:
    """Say that somebody who registered herself lives here, or that she does not."""
    if resident.verified_on is not None:
        return denied(_("这位居民已经核实"))
    return can_edit(who, resident, now=now)


def can_change_account(who: Any, resident: Resident, *, now: datetime) -> Verdict:
    """A phone opens an account: whoever holds a post, her name and phone are not the committee's."""
    held = Post.objects.filter(account_id=resident.account_id)
    if held.on(local_day(now)).exists() or held.coming(local_day(now)).exists():
        return denied(_("这位居民有任职，姓名和手机号不能在这里修改"))
    return can_edit(who, resident, now=now)


def can_unmask(who: Any, resident: Resident, *, now: datetime) -> Verdict:
    """Look at a masked value: staff of the place; the look itself wants a reason."""
    return can_see(who, resident, now=now)


def can_act_for(who: Any, resident: Resident, *, now: datetime) -> Verdict:
    """At the desk, for somebody else who lives in one's own place; no chains."""
    if who.is_authenticated and who.hand is not None:
        return denied(_("正在代办，请先结束这一位再办下一位"))
    if resident.account_id == who.pk:
        return denied(_("不能为自己代办"))
    if resident.left(local_day(now)):
        return denied(_("这位居民已迁出"))
    if not resident.account.is_active:
        return denied(_("这个账号已停用"))
    return can_see(who, resident, now=now)


def can_register(who: Any, *, now: datetime) -> Verdict:
    """Anybody who does not live here already; nobody through a hand at the desk."""
    if not who.is_authenticated:
        return ALLOWED
    if who.hand is not None:
        return denied(_("代办期间不能登记，请先结束代办"))
    home = residence(who)
    if home is not None and not home.left(local_day(now)):
        return denied(_("您已登记为%(place)s的居民") % {"place": home.neighbourhood})
    return ALLOWED


# --- posts ---


BY_OFFICER = (
    PostKind.COMMITTEE_WORKER,
    PostKind.JUDGE,
    PostKind.SOCIAL_WORKER,
    PostKind.MERCHANT,
)
BY_DISTRICT = (PostKind.STREET_OFFICER, PostKind.AUDITOR)


def can_appoint(who: Any, kind: str, where: Model, *, now: datetime) -> Verdict:
    """A street officer fills the posts of her street, a district administrator those above."""
    if HELD_AT[PostKind(kind)] != where._meta.model_name:
        return denied(_("这个职务不在这一级任命"))
    held = posts_of(who, now=now)
    if kind in BY_OFFICER:
        street = getattr(where, "street_id", where.pk)
        if (PostKind.STREET_OFFICER, street) in {(post.kind, post.street_id) for post in held}:
            return ALLOWED
        return denied(_("这个职务由本街道工作人员任命"))
    if kind in BY_DISTRICT:
        district = getattr(where, "district_id", where.pk)
        if (PostKind.DISTRICT_ADMIN, district) in {(post.kind, post.district_id) for post in held}:
            return ALLOWED
        return denied(_("街道工作人员和审计员由区管理员任命"))
    return denied(_("区管理员由系统管理人员设定"))


def kinds_of(who: Any, *, now: datetime) -> list[PostKind]:
    """The kinds of posts that `who` may fill somewhere."""
    held = {post.kind for post in posts_of(who, now=now)}
    kinds = list(BY_OFFICER) if PostKind.STREET_OFFICER in held else []
    return kinds + (list(BY_DISTRICT) if PostKind.DISTRICT_ADMIN in held else [])


def can_fill_posts(who: Any, *, now: datetime) -> Verdict:
    if kinds_of(who, now=now):
        return ALLOWED
    return denied(_("任命由街道工作人员和区管理员办理"))


def can_see_posts(who: Any, *, now: datetime) -> Verdict:
    """Who holds which post: those who appoint, and the auditor."""
    kinds = {PostKind.STREET_OFFICER, PostKind.DISTRICT_ADMIN, PostKind.AUDITOR}
    if any(post.kind in kinds for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("任职名单供街道工作人员、区管理员和审计员使用"))


def can_see_post(who: Any, post: Post, *, now: datetime) -> Verdict:
    """Whoever has it on her list: the street's officers, and the district above."""
    where = post.place
    street = where if isinstance(where, Street) else getattr(where, "street", None)
    of = post.district_id or getattr(street, "district_id", None)
    for held in posts_of(who, now=now):
        if held.kind == PostKind.STREET_OFFICER and street and held.street_id == street.pk:
            return ALLOWED
        if held.kind in {PostKind.DISTRICT_ADMIN, PostKind.AUDITOR} and held.district_id == of:
            return ALLOWED
    return denied(_("任职名单供街道工作人员、区管理员和审计员使用"))


def can_end_post(who: Any, post: Post, *, now: datetime) -> Verdict:
    """Whoever may fill it may end it, but nobody her own."""
    if post.account_id == who.pk:
        return denied(_("自己的任职由他人办理"))
    if post.ended(local_day(now)):
        return denied(_("这一任职已经结束"))
    return can_appoint(who, post.kind, post.place, now=now)


def can_read_journal(who: Any, *, now: datetime) -> Verdict:
    """Auditors and district administrators, each of their own district."""
    kinds = {PostKind.AUDITOR, PostKind.DISTRICT_ADMIN}
    if any(post.kind in kinds for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("台账供审计员和区管理员查看"))


# --- places ---


def keeps(who: Any, place: Any, *, now: datetime) -> Verdict:
    """Whoever looks after a district, street or neighbourhood: its own staff, or those above it."""
    staff: dict[str, tuple[tuple[str, str], ...]] = {
        "district": ((PostKind.DISTRICT_ADMIN, "pk"),),
        "street": ((PostKind.STREET_OFFICER, "pk"), (PostKind.DISTRICT_ADMIN, "district_id")),
        "neighbourhood": (
            (PostKind.COMMITTEE_WORKER, "pk"),
            (PostKind.STREET_OFFICER, "street_id"),
        ),
    }
    allowed = {(kind, getattr(place, at)) for kind, at in staff[place._meta.model_name]}
    if any((post.kind, post.place.pk) in allowed for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("只有%(place)s的工作人员可以办理") % {"place": place})
