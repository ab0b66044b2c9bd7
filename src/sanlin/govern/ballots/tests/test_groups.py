"""Ballots of many threads that are put in by one transaction: each as if it had come alone."""

import os
import threading
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, stages
from sanlin.govern.ballots.actions.casting import code_behind
from sanlin.govern.ballots.models import Ballot, Trace, Voter
from sanlin.govern.ballots.tests.gathering import gathered
from sanlin.govern.ballots.tests.test_killed import the_log_is_whole
from sanlin.govern.ballots.tests.test_races import accepted, at_once
from sanlin.govern.ballots.tests.vote import close, opened
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db(transaction=True)
SPOILED = "5" * 64


@pytest.fixture
def groups(monkeypatch):
    return gathered(monkeypatch)


def hand(groups, vote, who, *, seed="", address="10.0.0.1", device=""):
    """One request, put in as by the short way: with others where that can be, else alone."""

    def cast():
        round = Round.objects.select_related("street", "roll").get(pk=vote.round.pk)
        person = Account.objects.get(pk=who.pk)
        seen = actions.Seen(address, device)
        chosen = [vote.proposals[0].pk]
        wish = actions.Wish(round, chosen, person, NOW, seed or lots.new_secret(), seen)
        with suppress(IntegrityError):
            if ballot := groups.wishes.do(wish):
                return ballot
        return actions.cast(**vars(wish))

    return cast


def holds_together(vote):
    """Every standing ballot has its marked line, and the other way round; the log is whole."""
    lines = Voter.objects.filter(roll__round=vote.round, stage=stages.CAST)
    standing = Ballot.objects.filter(roll__round=vote.round, fate="standing")
    assert {code_behind(line) for line in lines} == {ballot.code for ballot in standing}
    assert len(lines) == len(standing)
    the_log_is_whole(vote)


def test_six_voters_are_one_transaction_with_a_line_and_a_trace_each(groups):
    vote = opened(voters=6)
    groups.wait_for(6)
    answers = at_once(*(hand(groups, vote, who, device=f"d{who.pk}") for who in vote.voters))
    assert [len(group) for group in groups] == [6]
    codes = sorted(ballot.code for ballot in accepted(answers))
    assert len(codes) == 6
    logged = Entry.objects.filter(deed="ballot.cast").order_by("seq")
    # Within a transaction the order is that of the codes: it says nothing of who came when.
    assert [entry.told["data"]["code"] for entry in logged] == codes
    assert (
        sorted(Trace.objects.values_list("kind", "casts")) == [("address", 6)] + [("device", 1)] * 6
    )
    holds_together(vote)


def test_a_ballot_that_was_spoiled_is_refused_and_its_neighbours_are_in(groups):
    vote = opened(voters=4)
    bad, *good = vote.voters
    chosen = [vote.proposals[0].pk]
    actions.spoil(vote.fresh(), chosen, by=bad, now=NOW, seed=SPOILED)
    groups.wait_for(4)
    answers = at_once(
        hand(groups, vote, bad, seed=SPOILED), *(hand(groups, vote, who) for who in good)
    )
    assert [len(group) for group in groups] == [4, 1, 1, 1, 1]
    assert len(accepted(answers[1:])) == 3
    assert "已经抽检作废" in str(answers[0])
    assert Voter.objects.get(account=bad).stage == stages.WAITING
    assert sum(Trace.objects.values_list("casts", flat=True)) == 3
    assert sorted(Ballot.objects.values_list("fate", flat=True)) == ["spoiled", *["standing"] * 3]


def test_one_voter_twice_in_one_group_is_one_ballot(groups):
    vote = opened(voters=2, vote__revote=False)
    twice, other = vote.voters
    groups.wait_for(3)
    seeds = ["1" * 64, "2" * 64]
    answers = at_once(
        *(hand(groups, vote, twice, seed=seed) for seed in seeds), hand(groups, vote, other)
    )
    assert [len(group) for group in groups] == [3]
    assert len(accepted(answers)) == 2
    assert [str(no) for no in answers if isinstance(no, Refused)] == [
        "您已经投过票，本轮投出后不能更改"
    ]
    holds_together(vote)


def test_the_same_ballot_twice_in_one_group_is_that_ballot(groups):
    vote = opened(voters=1, vote__revote=False)
    groups.wait_for(2)
    answers = at_once(*[hand(groups, vote, vote.voters[0], seed="1" * 64)] * 2)
    assert len({ballot.code for ballot in accepted(answers)}) == 1
    assert len(accepted(answers)) == 2
    assert Ballot.objects.count() == 1
    holds_together(vote)


def test_whose_line_is_shut_meanwhile_is_refused_and_leaves_nothing(groups):
    """The close comes between the look at the lines and the transaction."""
    vote = opened(voters=4)
    groups.wait_for(4)
    groups.before = lambda: at_once(lambda: close(vote))
    answers = at_once(*(hand(groups, vote, who) for who in vote.voters))
    assert [str(no) for no in answers] == ["投票已经截止，不再接受选票"] * 4
    assert not Ballot.objects.exists()
    assert not Trace.objects.exists()
    assert not Voter.objects.filter(stage=stages.CAST).exists()


def test_a_line_that_somebody_holds_does_not_stop_the_others(groups):
    """A group waits for no line while it holds others, so that nobody waits in a circle."""
    if connection.vendor == "sqlite":
        return  # one writes at a time
    vote = opened(voters=3)
    held, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            assert Voter.objects.select_for_update().get(account=vote.voters[0])
            held.set()
            while Ballot.objects.count() < 2 and not over.is_set():
                os.sched_yield()
        connection.close()

    other = threading.Thread(target=hold)
    groups.wait_for(3)
    groups.before = lambda: (other.start(), held.wait())
    answers = at_once(*(hand(groups, vote, who) for who in vote.voters))
    over.set()
    other.join()
    assert len(accepted(answers)) == 3
    assert [len(group) for group in groups] == [3]
    holds_together(vote)
