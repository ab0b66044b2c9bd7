"""A linking script with the full dump and the journal does no better than chance.

Over many small rounds every voter tosses a coin between two proposals. Afterwards the script has all
tables in the order in which the database keeps them, and the journal, before the count and after it.
It tries every pairing of orders that it knows: what it says of each voter is right as often as a coin.
"""

import json
import os
import secrets
from collections import Counter

import pytest
from django.db import connection

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.models import Roll, Tally, Voter
from sanlin.govern.ballots.tests.vote import close, counted, opened
from sanlin.ground import lots
from sanlin.ground.journal.models import Entry

ROUNDS = int(os.getenv("SANLIN_LINKING_ROUNDS", "12"))
VOTERS = 6


def stored(table, columns, roll):
    """Rows of a roll as the database keeps them, without asking for an order."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} WHERE roll_id = {roll}")
        return cursor.fetchall()


def orders_of_voters(roll):
    """Every order in which the dump might tell when voters came."""
    by_store = [row[0] for row in stored("ballots_voter", "account_id", roll)]
    marks = "xmin::text::bigint" if connection.vendor == "postgresql" else "id"
    by_mark = sorted(stored("ballots_voter", f"{marks}, account_id", roll))
    return {"stored": by_store, "marked": [row[-1] for row in by_mark]}


def orders_of_choices(roll):
    """Every order in which the dump tells choices: the tally as it is kept, each as often as counted."""
    rows = Tally.objects.filter(roll=roll)
    by_store = [kept for kept, n in rows.values_list("choices", "ballots") for _ in range(n)]
    return {"tally": by_store, "backwards": by_store[::-1]}


def codes_in_the_journal(vote):
    lines = Entry.objects.filter(log=f"round/{vote.round.pk}", deed="ballot.cast").order_by("seq")
    return [line.told["data"]["code"] for line in lines]


def coin_round():
    """(vote, choice by voter, code by voter) of a closed vote; its voters came in an order by chance."""
    vote = opened(voters=VOTERS, proposals=2, vote__k=1)
    truth, code_of = {}, {}
    came = list(vote.voters)
    lots.shuffle(came)
    for who in came:
        truth[who.pk] = secrets.choice(vote.proposals).pk
        code_of[who.pk] = actions.cast(vote.fresh(), [truth[who.pk]], by=who, now=NOW).code
    close(vote)
    return vote, truth, code_of


def hits(voters, choices, truth):
    """How many voters were told their own choice."""
    pairs = zip(voters, choices, strict=True)
    return sum(json.loads(kept)[0][0] == truth[voter] for voter, kept in pairs)


@pytest.mark.django_db(transaction=True)
def test_guessing_from_a_full_dump_is_tossing_a_coin():
    right, codes_right = Counter(), 0
    for _round in range(ROUNDS):
        vote, truth, code_of = coin_round()
        roll = Roll.objects.get(round=vote.round).pk
        before = orders_of_voters(roll)
        # The journal tells the order of codes; no order of voters that the dump knows goes with it.
        told = zip(before["stored"], codes_in_the_journal(vote), strict=True)
        codes_right += sum(code_of[voter] == code for voter, code in told)
        assert {bytes(line.link) for line in Voter.objects.filter(roll=roll)} == {b""}
        counted(vote.fresh(), vote.after)
        after = {f"{name} later": order for name, order in orders_of_voters(roll).items()}
        for name, voters in {**before, **after}.items():
            for order, choices in orders_of_choices(roll).items():
                right[f"{name} × {order}"] += hits(voters, choices, truth)
    asked = ROUNDS * VOTERS
    # Six standard deviations: a coin leaves this band once in 500 million runs.
    for name, found in right.items():
        assert abs(found - asked / 2) < 6 * (asked / 4) ** 0.5, (name, found, asked)
    assert codes_right < ROUNDS + 6 * ROUNDS**0.5, codes_right  # by chance it is one a round
