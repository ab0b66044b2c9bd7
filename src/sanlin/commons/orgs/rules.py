from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.rules import (
    STAFF,
    is_staff,
    posts_of,
    works_for_neighbourhood,
    works_for_street,
)
from sanlin.commons.places.models import Neighbourhood, Street
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import short_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import Bar, Membership, Organisation, Rung

TEAMS = "teams"  # in the memo of an account


def teams_of(who: Any, *, now: datetime) -> dict[int, bool]:
    """Keys of the organisations that `who` is in on this day, and whether she leads each.

    Read once for each account object and moment; whoever changes it calls `forget_teams`.
    """
    if not who.is_authenticated:
        return {}
    teams = who.memo.setdefault(TEAMS, {})
    if now not in teams:
        rows = Membership.objects.on(local_day(now)).filter(account_id=who.pk)
        teams[now] = dict(rows.order_by("leads").values_list("organisation_id", "leads"))
    return teams[now]  # type: ignore[no-any-return]


def forget_teams(who: Any) -> None:
    """What was read of the teams of `who` holds no more."""
    who.memo.pop(TEAMS, None)


def leads(who: Any, organisation: Organisation, *, now: datetime) -> Verdict:
    """A leader of the organisation on this day."""
    if teams_of(who, now=now).get(organisation.pk):
        return ALLOWED
    return denied(_("只有%(team)s的负责人可以办理") % {"team": organisation})


def can_list(who: Any, street: Street, *, now: datetime) -> Verdict:
    """The organisations of a street with their leaders: its staff."""
    return is_staff(who, street, now=now)


def can_list_some(who: Any, *, now: datetime) -> Verdict:
    """The staff of any street; which streets she sees is asked of each."""
    if any(post.kind in STAFF for post in posts_of(who, now=now)):
        return ALLOWED
    return denied(_("组织名单供居委和街道工作人员使用"))


def can_found(who: Any, where: Neighbourhood | Street, *, now: datetime) -> Verdict:
    """A committee worker in her neighbourhood, an officer anywhere in her street."""
    if isinstance(where, Neighbourhood):
        return works_for_neighbourhood(who, where, now=now)
    return works_for_street(who, where, now=now)


def can_edit(who: Any, organisation: Organisation, *, now: datetime) -> Verdict:
    """Staff of its home, while it is not dissolved."""
    if not (verdict := can_see(who, organisation, now=now)):
        return verdict
    if organisation.dissolved is not None and organisation.dissolved <= local_day(now):
        return denied(_("%(team)s已注销") % {"team": organisation})
    return ALLOWED


def can_see(who: Any, organisation: Organisation, *, now: datetime) -> Verdict:
    """Look at the names of its members: the staff who keep it."""
    return can_found(who, organisation.neighbourhood or organisation.street, now=now)


def can_end(who: Any, membership: Membership, *, now: datetime) -> Verdict:
    if membership.until is not None:
        return denied(_("这位成员已经退出"))
    return can_edit(who, membership.organisation, now=now)


def can_merge(who: Any, place: Neighbourhood, *, now: datetime) -> Verdict:
    """Give a neighbourhood and all who belong to it to another: an officer of the street."""
    return works_for_street(who, place.street, now=now)


# --- what earlier rounds say of a team ---


def can_apply(organisation: Organisation, *, now: datetime) -> Verdict:
    """Not while it is barred; the sentence says until when and why."""
    return barred([organisation], now=now).get(organisation.pk, ALLOWED)


def barred(teams: Iterable[Organisation], *, now: datetime) -> dict[int, Verdict]:
    """Which of `teams` may not apply today, each with its sentence; in one question."""
    rows = Bar.objects.on(local_day(now)).filter(organisation__in=list(teams))
    return {
        bar.organisation_id: denied(
            _("%(team)s在%(day)s前不得申报：%(why)s")
            % {
                "team": bar.organisation,
                "day": short_day(bar.until, year=True),
                "why": bar.reason,
            }
        )
        for bar in rows.select_related("organisation").order_by("until")
    }


def rung_of(organisation: Organisation | int, programme: str, year: int) -> Rung | None:
    """Where the organisation stands under a programme before a year's round; None where it is new."""
    rows = Rung.objects.filter(organisation=organisation, programme=programme, year__lt=year)
    return rows.order_by("-year").first()


def can_bar(who: Any, organisation: Organisation, *, now: datetime) -> Verdict:
    """An officer of its street."""
    return works_for_street(who, organisation.street, now=now)


def can_ask_to_lift(who: Any, bar: Bar, *, now: datetime) -> Verdict:
    """An officer who is not of the team, while the bar stands."""
    if not (verdict := can_bar(who, bar.organisation, now=now)):
        return verdict
    if bar.organisation_id in teams_of(who, now=now):
        return denied(_("您是该团队的成员，须由其他工作人员办理"))
    if bar.lifted_at is not None or bar.until <= local_day(now):
        return denied(_("禁报已经解除"))
    return ALLOWED


def can_lift(who: Any, bar: Bar, *, now: datetime) -> Verdict:
    """Another officer than the one who asked."""
    if not (verdict := can_ask_to_lift(who, bar, now=now)):
        return verdict
    if bar.asked_by_id is None:
        return denied(_("还没有人提请解除"))
    if bar.asked_by_id == who.pk:
        return denied(_("提请和批准须由两位工作人员分别办理"))
    return ALLOWED
