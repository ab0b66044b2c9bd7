"""Who is reminded of a vote by a message, on which days and in which hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.ballots import stages
from sanlin.govern.ballots.models import OptOut, Roll, Voter
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.accounts import sms
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.gate import can_be_known
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .voting import born_by, by_household, is_open, roll_of


def last_day(roll: Roll) -> date | None:
    """The last day on which ballots are taken; None where the vote has no end."""
    return local_day(roll.closes - timedelta(seconds=1)) if roll.closes else None


def reminder_days(round: Round) -> list[date]:
    """The days on which the pack has this vote reminded of, the first one first: none before it is
    open, none on the day on which it opened."""
    roll = roll_of(round)
    last = last_day(roll) if roll else None
    if roll is None or last is None:
        return []
    opened = local_day(roll.opened_at)
    days = (last - timedelta(days=before) for before in round.rules.vote.remind or ())
    return [day for day in days if day > opened]


def can_message(round: Round, *, now: datetime) -> Verdict:
    """Whether messages of this vote may go at this moment: the pack wants them, there is a gateway,
    the vote is open, and it is not night."""
    if not (opened := is_open(round, now=now)):
        return opened
    vote = round.rules.vote
    if vote.remind is None:
        return denied(_("本轮办法定为不发短信提醒"))
    if not sms.is_set_up():
        return denied(_("这里还没有接通短信，可以上门提醒"))
    hour = timezone.localtime(now).hour
    if not vote.remind_from <= hour < vote.remind_until:
        return denied(
            _("提醒短信只在%(first)s点到%(last)s点之间发")
            % {"first": vote.remind_from, "last": vote.remind_until}
        )
    return ALLOWED


def can_remind(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Have those who have not cast reminded now: an officer of the street, once a day, also where the
    pack has this day reminded of anyway. With `who` None the clock's hand, on the pack's days."""
    if who is not None and not (officer := can_run(who, round, now=now)):
        return officer
    if not (may := can_message(round, now=now)):
        return may
    today = local_day(now)
    if who is None and today not in reminder_days(round):
        return denied(_("今天不是提醒的日子"))
    roll = roll_of(round)
    assert roll is not None  # noqa: S101  # it is open
    if any(one.day == today for one in roll.begun):
        return denied(_("今天已经发过提醒，一天只发一次"))
    return ALLOWED


def can_choose_reminders(who: Any, *, now: datetime) -> Verdict:
    """For oneself; for an old resident also the worker who acts for her at the desk."""
    return can_be_known(who, now=now)


def declines(who: Any) -> bool:
    """Whether this person wants no reminders."""
    return OptOut.objects.filter(account_id=who.pk).exists()


def to_remind(roll: Roll, *, now: datetime) -> QuerySet[Account]:
    """Whose ballot is missing and who could cast it: where households vote, everybody in the home who
    may. With `declined`, and `place`, the key of her neighbourhood."""
    waiting = Voter.objects.filter(roll=roll, stage=stages.WAITING, open=True)
    here = Q(resident__moved_out__isnull=True) | Q(resident__moved_out__gt=local_day(now))
    people = Account.objects.filter(here, is_active=True, resident__isnull=False)
    if by_household(roll.round):
        people = people.filter(
            resident__home__in=waiting.values("home"),
            resident__verified_on__isnull=False,
            resident__born__lte=born_by(roll.day, roll.round.rules.vote.min_age),
        )
    else:
        people = people.filter(pk__in=waiting.values("account"))
    return people.annotate(
        place=F("resident__neighbourhood"),
        declined=Exists(OptOut.objects.filter(account=OuterRef("pk"))),
    )
