"""Reminders as pages and phones read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Booth, Reminder, Roll
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts import sms
from sanlin.ground.accounts.kept import Kept
from sanlin.ground.clock import local_day


def _address(path: str) -> str:
    """A page of this house as somebody outside types it: the first name that the settings give it."""
    host = settings.ALLOWED_HOSTS[0].lstrip(".*") or "localhost"
    return f"{'https' if settings.HTTPS else 'http'}://{host}{path}"


def message(round: Round, booths: Sequence[Booth] | None = None) -> Callable[[int | None], str]:
    """What a reminder of this vote says to somebody of a neighbourhood (its key). `booths` are all of
    this round, where they have been read.

    In Chinese whatever the page is read in. No name, no number, and no address that signs in."""
    roll = rules.roll_of(round)
    if booths is None:
        booths = list(Booth.objects.filter(round=round).order_by("number"))
    still = (stages.PLANNED, stages.OPEN)
    stand = [one for one in booths if one.stage in still]
    address = _address(reverse("ballots:booth", args=[round.pk]))
    until = _until(roll.closes) if roll and roll.closes else ""
    whose = "家里还没投的" if rules.by_household(round) else "还没投的"  # data

    def to(place: int | None) -> str:
        near = [one for one in stand if one.neighbourhood_id in (None, place)]
        paper = "，或到投票站投纸质票（地点见网页）" if near else ""  # data
        if len(near) == 1:
            paper = f"，或到{near[0].name}（{near[0].place}）投纸质票"  # data
        return (
            f"{round.street}：“{round.name}”正在投票{until}，{whose}请到 {address} 投{paper}。"  # data
            "已投的不必理会。不想再收，登录后在“我的账号”里退订，或告诉居委。"  # data
        )

    return to


def _until(closes: datetime) -> str:
    """，6月3日截止; with the hour where it is not the end of that day."""
    there = timezone.localtime(closes)
    hour = "" if (there.hour, there.minute) == (23, 59) else f"{there:%H:%M}"
    return f"，{there.month}月{there.day}日{hour}截止"  # data


def reminders(
    roll: Roll, who: Any, *, now: datetime, booths: Sequence[Booth] = ()
) -> dict[str, Any]:
    """What the officer reads of the reminders of a vote that has opened: {wanted, ready, shows, hours,
    can, days, text}; `booths` are all of its round.

    `days`: {day, state (words), kind, row} for each day planned or done; `row` is None where nothing
    was begun."""
    round, vote = roll.round, roll.round.rules.vote
    rows = {row.day: row for row in roll.begun}
    days = [] if roll.closed_at and not rows else sorted({*rules.reminder_days(round), *rows})
    can = rules.can_remind(who, round, now=now)
    return {
        "wanted": vote.remind is not None,
        "ready": sms.is_set_up(),
        "shows": sms.shows(),
        "hours": (vote.remind_from, vote.remind_until),
        "can": can,
        "days": [_told(day, rows.get(day), round, now=now) for day in days],
        "text": message(round, booths)(_somewhere(booths)) if vote.remind else "",
    }


def _somewhere(booths: Sequence[Booth]) -> int | None:
    """A neighbourhood that shows what a message says: one with a booth of its own, where there is one."""
    return next((one.neighbourhood_id for one in booths if one.neighbourhood_id), None)


def _told(day: date, row: Reminder | None, round: Round, *, now: datetime) -> dict[str, Any]:
    over = day < local_day(now) or not rules.is_open(round, now=now)
    if row is None:
        state, kind = (_("没有发"), "wrong") if over else (_("到时发"), "plain")
    elif row.done_at:
        state, kind = _("发完"), "done"
    elif over:
        state, kind = _("没有发完"), "wrong"
    elif row.tries:
        state, kind = _("网关不通，稍后再试"), "wrong"
    else:
        state, kind = _("正在发"), "now"
    return {"day": day, "row": row, "state": state, "kind": kind}


def kept_reminders(account: Any, *, now: datetime) -> list[Kept]:
    """For one's own page: whether one is reminded of votes, and where to change it."""
    said = _("不接收") if rules.declines(account) else _("接收")
    return [
        Kept(
            _("短信提醒"),
            ((_("投票截止前的提醒"), said),),
            door=(_("更改短信提醒"), reverse("ballots:reminders")),
        )
    ]
