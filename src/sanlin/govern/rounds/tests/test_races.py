"""Two hands at once, on connections of their own."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.govern.rounds import actions
from sanlin.govern.rounds.jobs import close_calls
from sanlin.govern.rounds.models import Extension, Round
from sanlin.govern.rounds.rules.windows import spans_of
from sanlin.govern.rounds.tests.scene import after, open_round
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts):
    """Run `acts` at the same time; what each returned or raised, in order."""
    gate, told = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            gate.wait(timeout=20)
            told[number] = act()
        except (Refused, NotNow) as no:
            told[number] = type(no)
        finally:
            connection.close()

    hands = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=60)
    return told


def test_two_officers_move_one_round_once():
    round = open_round("screening")
    hands = [officer(round.street) for _each in range(4)]

    mine = [Round.objects.get(pk=round.pk) for _each in hands]
    told = together(
        *(
            lambda one=one, me=me: actions.move(one, "open_review", by=me, now=NOW).stage
            for one, me in zip(mine, hands, strict=True)
        )
    )
    assert sorted(map(str, told)) == sorted(["review", *[str(NotNow)] * 3])
    moves = [bytes(entry.body) for entry in Entry.objects.filter(deed="round.move")]
    assert [b"open_review" in body for body in moves].count(True) == 1


def test_two_tickers_close_a_call_once():
    round = open_round("call")
    now = after(round, "call")
    told = together(*[lambda: close_calls(now=now)] * 4)
    assert sorted(told) == [0, 0, 0, 1]
    assert Entry.objects.filter(deed="round.close_call").count() == 1
    assert Round.objects.get(pk=round.pk).stage == "screening"


def test_one_key_opens_a_round_once():
    round = open_round("draft")
    me = officer(round.street)
    told = together(*[lambda: actions.open_call(round, by=me, now=NOW, key="same").fingerprint] * 4)
    assert told == [Round.objects.get(pk=round.pk).fingerprint] * 4
    assert Entry.objects.filter(deed="round.open_call").count() == 1


def test_opening_and_amending_at_once_never_mix():
    round = open_round("draft")
    first, second = officer(round.street), officer(round.street)
    values = {**round.officer_values, "vote.k": 9}
    told = together(
        lambda: actions.open_call(round, by=first, now=NOW).stage,
        lambda: (
            actions.amend(
                round, name=round.name, year=2024, values=values, by=second, now=NOW
            ).stage
        ),
    )
    opened = Round.objects.get(pk=round.pk)
    assert told[0] == "call"
    assert (told[1], opened.rules.vote.k) in {("draft", 9), (Refused, 3)}
    assert opened.officer_values["vote.k"] == opened.rules.vote.k


def test_two_extensions_do_not_undo_each_other():
    round = open_round("running")
    opens, closes = spans_of(round)["running"]
    hands = [officer(round.street) for _each in range(2)]
    together(
        *(
            lambda me=me, days=days: (
                actions.extend(
                    round,
                    {"running": (opens, closes + timedelta(days=days))},
                    reason="天气原因延后",
                    by=me,
                    now=NOW,
                ).pk
            )
            for me, days in zip(hands, (3, 7), strict=True)
        )
    )
    assert spans_of(Round.objects.get(pk=round.pk))["running"][1] == closes + timedelta(days=7)
    assert Extension.objects.count() in {1, 2}
