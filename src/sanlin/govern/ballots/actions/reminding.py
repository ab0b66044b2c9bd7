"""Messages to those who have not cast.

A message cannot be taken back, and nothing may tell afterwards who got one. So a day has one row;
somebody is taken by moving its cursor from the person before her, in an update that names where it
stood, and only then does her message go: of two hands one moves it, and the other one leaves. A
crash between the two loses her message; it is never sent again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import OptOut, Reminder
from sanlin.govern.ballots.queries.reminding import message
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts import sms
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.models import HOUSE
from sanlin.ground.verdict import Refused, refusing, require

BATCH = 100  # people of one tick: the clock's hand has other things to do
IN_A_ROW = 3  # failures, after which it is the gateway and no single number
TRIES = 4  # at one place of the roll
PAUSE = timedelta(minutes=15)


@deed("vote.remind")
def remind(round: Round, *, by: Account | None, now: datetime) -> Reminder:
    """Begin the reminders of this day: the clock's hand sends them, batch by batch."""
    require(rules.can_remind(by, round, now=now))
    roll = rules.roll_of(round)
    assert roll is not None  # noqa: S101  # the rule has read it
    with refusing(_("今天已经发过提醒，一天只发一次")):
        reminder = Reminder.objects.create(roll=roll, day=local_day(now), planned=by is None)
    record(reminder, by=by, now=now)
    return reminder


def send_reminders(reminder: Reminder, *, now: datetime) -> int:
    """Send the next batch of a day; how many messages went. No deed of its own: a transaction would
    hold back what has to stand before a message goes. Its line is written when the day is through.

    Where messages fail one after the other it is the gateway: the cursor goes back before them, and
    they are tried again later, a few times. One that fails between others is tried once more."""
    people = rules.to_remind(reminder.roll, now=now)
    batch = _Batch(reminder, people, message(reminder.roll.round), at=reminder.cursor)
    rows = list(people.filter(pk__gt=batch.at).order_by("pk")[:BATCH])
    for person in rows:
        if not batch.take(person):  # another hand has gone on from here
            _count(reminder, failed=len(batch.failing) + len(batch.again))
            return batch.went
        if len(batch.failing) == IN_A_ROW:
            break
    batch.try_again()
    if batch.failing:
        batch.wait(now=now)
    elif len(rows) < BATCH:
        _finish(reminder, batch.at, by=None, now=now)
    return batch.went


@dataclass
class _Batch:
    """How far this hand has come: `at` is where it left the cursor, `went` how many messages it sent.
    `failing` are those whose messages failed one after the other, `before` the place before the first
    of them, `passed` whom it passed by since; `again` are those who failed between others."""

    reminder: Reminder
    people: QuerySet[Account]
    text: Callable[[int | None], str]
    at: int
    went: int = 0
    before: int = 0
    failing: list[Account] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    again: list[Account] = field(default_factory=list)

    def take(self, person: Any) -> bool:
        """Take the next person, and send her message if she is to have one; false where another hand
        has taken her."""
        why = "declined" if person.declined else "" if person.phone else "no_phone"
        before = self.at
        if not _moved(self.reminder, before, person.pk, **({why: 1} if why else {})):
            return False
        self.at = person.pk
        if why:
            self.passed[why] += bool(self.failing)
        elif self._still_waits(person):
            self._tell(person, before)
        return True

    def _tell(self, person: Account, before: int) -> None:
        if self._sent(person):
            _count(self.reminder, sent=1)
            self.again += self.failing
            self.failing, self.passed = [], Counter()
        else:
            self.before = self.before if self.failing else before
            self.failing.append(person)

    def try_again(self) -> None:
        """Once more for those who failed between others."""
        for person in self.again:
            if self._still_waits(person):
                _count(self.reminder, **{"sent" if self._sent(person) else "failed": 1})

    def wait(self, *, now: datetime) -> None:
        """Put the cursor back before those who failed, or give them up at the last try."""
        rows = Reminder.objects.filter(pk=self.reminder.pk, cursor=self.at)
        back = {name: F(name) - n for name, n in self.passed.items()}
        retried = rows.filter(tries__lt=TRIES - 1).update(
            cursor=self.before, tries=F("tries") + 1, next_at=now + PAUSE, **back
        )
        if not retried:
            _count(self.reminder, failed=len(self.failing))

    def _still_waits(self, person: Account) -> bool:
        """Whether she has not cast meanwhile."""
        return self.people.filter(pk=person.pk).exists()

    def _sent(self, person: Any) -> bool:
        """Hand her message to the gateway; one that raises has not sent (ground/accounts/sms)."""
        try:
            sms.send(person.phone.reveal(), self.text(person.place))
        except Refused:
            return False
        self.went += 1
        return True


def _moved(reminder: Reminder, old: int, new: int, **counts: int) -> bool:
    """Move the cursor from `old` to `new`; false where it stands elsewhere."""
    more = {name: F(name) + n for name, n in counts.items()}
    rows = Reminder.objects.filter(pk=reminder.pk, cursor=old, done_at__isnull=True)
    return bool(rows.update(cursor=new, **more))


def _count(reminder: Reminder, **counts: int) -> None:
    more = {name: F(name) + n for name, n in counts.items()}
    Reminder.objects.filter(pk=reminder.pk).update(tries=0, next_at=None, **more)


@deed("vote.reminded")
def _finish(reminder: Reminder, at: int, *, by: None, now: datetime) -> Reminder:
    """The day is through the roll: write down how many, and nobody's name."""
    rows = Reminder.objects.filter(pk=reminder.pk, cursor=at, done_at__isnull=True)
    if rows.update(done_at=now):
        reminder.refresh_from_db()
        record(
            reminder,
            by=by,
            now=now,
            sent=reminder.sent,
            failed=reminder.failed,
            no_phone=reminder.no_phone,
            declined=reminder.declined,
        )
    return reminder


@deed("reminders.stop")
def stop_reminders(*, by: Account, now: datetime) -> Account:
    """`by` wants no more messages about votes. Once is enough."""
    require(rules.can_choose_reminders(by, now=now))
    OptOut.objects.bulk_create([OptOut(account_id=by.pk)], ignore_conflicts=True)
    record(by, HOUSE, by=by, now=now)
    return by


@deed("reminders.take")
def take_reminders(*, by: Account, now: datetime) -> Account:
    """`by` wants to be reminded again."""
    require(rules.can_choose_reminders(by, now=now))
    OptOut.objects.filter(account_id=by.pk).delete()
    record(by, HOUSE, by=by, now=now)
    return by
