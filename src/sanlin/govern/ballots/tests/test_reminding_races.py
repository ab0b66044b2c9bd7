"""Two ticks at once send one message each; the same on SQLite and PostgreSQL."""

import threading

import pytest

from sanlin.govern.ballots import actions
from sanlin.govern.ballots.jobs import remind_voters
from sanlin.govern.ballots.models import Reminder
from sanlin.govern.ballots.tests.test_races import at_once
from sanlin.govern.ballots.tests.test_reminding import THREE, asked, counts, phones
from sanlin.ground.accounts.tests import gateway
from sanlin.ground.journal.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
LOCK = threading.Lock()


def keep(number, text):
    with LOCK:
        gateway.sent.append((number, text))


@pytest.fixture(autouse=True)
def sent(settings):
    settings.SMS = f"{__name__}.keep"
    gateway.sent.clear()
    return gateway.sent


@pytest.mark.parametrize("attempt", range(3))
def test_ticks_at_once_send_each_message_once(sent, attempt):
    _vote, numbers = asked(5)
    at_once(*[lambda: remind_voters(now=THREE)] * 3)
    remind_voters(now=THREE)  # whoever came late left it to the one in front
    assert phones(sent) == sorted(numbers)
    assert counts() == (5, 0, 0, 0, True)
    assert Entry.objects.filter(deed__in=["vote.remind", "vote.reminded"]).count() == 2


def test_the_officer_and_the_clock_at_once_begin_one_day(sent):
    vote, numbers = asked(2)
    at_once(
        lambda: actions.remind(vote.fresh(), by=vote.officer, now=THREE),
        lambda: remind_voters(now=THREE),
        lambda: actions.remind(vote.fresh(), by=vote.officer, now=THREE),
    )
    remind_voters(now=THREE)
    assert Reminder.objects.count() == 1
    assert phones(sent) == sorted(numbers)
