from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import Post, PostKind, Resident


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


def is_staff(who: Any, street: Street, *, now: datetime) -> Verdict:
    """Anybody who works for the street or one of its committees, or audits it."""
    kinds = (
        PostKind.COMMITTEE_WORKER,
        PostKind.STREET_OFFICER,
        PostKind.AUDITOR,
        PostKind.DISTRICT_ADMIN,
    )
    if holds(who, *kinds, street=street, now=now):
        return ALLOWED
    return denied(_("此页供%(street)s工作人员使用") % {"street": street})


def is_verified_resident(who: Any, place: Neighbourhood, *, now: datetime) -> Verdict:
    """Somebody who lives in `place` and is known there: whoever may vote, propose and sign."""
    home = residence(who)
    if home is None or home.neighbourhood_id != place.pk or home.left(local_day(now)):
        return denied(_("只有%(place)s的居民可以办理") % {"place": place})
    if home.verified_on is None:
        return denied(_("您的居民身份还在等待居委核实，核实后即可办理"))
    return ALLOWED


def residence(who: Any) -> Resident | None:
    """The row of `who` as a resident, read once for each account object; None without one."""
    if not who.is_authenticated:
        return None
    if "residence" not in who.memo:
        rows = Resident.objects.select_related("neighbourhood__street__district")
        who.memo["residence"] = rows.filter(account_id=who.pk).first()
    return who.memo["residence"]  # type: ignore[no-any-return]
