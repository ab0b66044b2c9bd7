"""Many hands at once, on real connections; the same on SQLite and PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.actions.casting import code_behind
from sanlin.govern.ballots.models import Ballot, Keeper, Tally, Voter
from sanlin.govern.ballots.tests.vote import PASSPHRASES, close, count, counted, opened, voter
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*hands):
    """Let all hands go at the same moment; what each returned, or the refusal it met."""
    start = threading.Barrier(len(hands))

    def one(hand):
        try:
            start.wait(timeout=30)
            return hand()
        except Refused as no:
            return no
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(hands)) as pool:
        return list(pool.map(one, hands))


def hand(vote, who, chosen, seed=""):
    """One request: its own rows of round and person, as a view would load them."""

    def cast():
        round = Round.objects.select_related("street").get(pk=vote.round.pk)
        person = Account.objects.get(pk=who.pk)
        return actions.cast(round, [chosen.pk], by=person, now=NOW, seed=seed)

    return cast


def accepted(answers):
    return [answer for answer in answers if isinstance(answer, Ballot)]


def test_one_voter_with_eight_hands_casts_once():
    vote = opened(vote__revote=False)
    who, (one, two, _three) = vote.voters[0], vote.proposals
    answers = at_once(*(hand(vote, who, (one, two)[n % 2], seed=f"{n:064x}") for n in range(8)))
    assert len(accepted(answers)) == 1
    assert [str(no) for no in answers if not isinstance(no, Ballot)] == [
        "您已经投过票，本轮投出后不能更改"
    ] * 7
    assert [b.code for b in Ballot.objects.all()] == [accepted(answers)[0].code]
    assert Entry.objects.filter(deed="ballot.cast").count() == 1
    assert sum(queries.votes(count(vote)).values()) == 1


def test_of_six_checks_at_once_no_more_are_opened_than_a_voter_may_have(monkeypatch):
    monkeypatch.setattr(rules, "MOST_SHOWN", 2)
    vote = opened()

    def check(n):
        who = Account.objects.get(pk=vote.voters[0].pk)
        picked = [vote.proposals[0].pk]
        return actions.spoil(vote.fresh(), picked, by=who, now=NOW, seed=f"{n:064x}")

    answers = at_once(*(lambda n=n: check(n) for n in range(6)))
    assert len(accepted(answers)) == 2
    assert {str(no)[:6] for no in answers if not isinstance(no, Ballot)} == {"您已抽检2次"}
    assert Ballot.objects.filter(fate="spoiled").count() == 2
    assert Voter.objects.get().shown == 2
    assert Entry.objects.filter(deed="ballot.spoil").count() == 2


def test_fifty_voters_cast_fifty_ballots():
    vote = opened(voters=50)
    answers = []
    for batch in range(0, 50, 10):
        hands = (hand(vote, who, vote.proposals[0]) for who in vote.voters[batch : batch + 10])
        answers += at_once(*hands)
    codes = {ballot.code for ballot in accepted(answers)}
    assert len(codes) == 50
    assert {b.code for b in Ballot.objects.all()} == codes
    assert queries.turnout(vote.fresh()) == (50, 50)
    assert queries.votes(count(vote)) == {
        vote.proposals[0].pk: 50,
        vote.proposals[1].pk: 0,
        vote.proposals[2].pk: 0,
    }


@pytest.mark.parametrize("revote", [True, False])
def test_one_key_is_one_ballot(revote):
    vote = opened(vote__revote=revote)
    answers = at_once(*[hand(vote, vote.voters[0], vote.proposals[0], seed="5" * 64)] * 8)
    assert len({ballot.code for ballot in accepted(answers)}) == 1
    assert len(accepted(answers)) == 8
    assert Ballot.objects.count() == 1
    assert Entry.objects.filter(deed__startswith="ballot.").count() == 1


def test_of_many_changes_at_once_one_ballot_stands():
    vote = opened(proposals=8)
    who = vote.voters[0]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    answers = at_once(*(hand(vote, who, chosen) for chosen in vote.proposals))
    assert len(accepted(answers)) == 8
    standing = Ballot.objects.get(fate="standing")
    assert code_behind(Voter.objects.get()) == standing.code
    assert Ballot.objects.filter(fate="replaced", box=b"").count() == 8
    assert sum(queries.votes(count(vote)).values()) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_what_is_acknowledged_is_counted_and_nothing_after_the_close(attempt):
    vote = opened(voters=12)
    for who in vote.voters[:4]:
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    hands = [hand(vote, who, vote.proposals[1]) for who in vote.voters]
    hands.insert(6, lambda: close(vote))
    answers = at_once(*hands)
    round = vote.fresh()
    stood = {b.code for b in Ballot.objects.filter(fate="standing")}
    changed = sum(isinstance(answers[n], Ballot) for n in range(4))
    fresh = sum(isinstance(answer, Ballot) for answer in answers[4:])
    assert {ballot.code for ballot in accepted(answers)} <= stood
    assert queries.turnout(round) == (4 + fresh, 12)
    round = counted(round, vote.after)
    assert queries.votes(round) == {
        vote.proposals[0].pk: 4 - changed,
        vote.proposals[1].pk: changed + fresh,
        vote.proposals[2].pk: 0,
    }
    refused = {str(answer) for answer in answers if isinstance(answer, Refused)}
    assert refused <= {"投票已经截止，不再接受选票"}
    with pytest.raises(Refused, match="投票已经截止"):
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    assert not Voter.objects.filter(open=True).exists()


def test_closed_by_two_hands_at_once_it_is_counted_once():
    vote = opened(voters=3)
    for who in vote.voters:
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    answers = at_once(*[lambda: close(vote)] * 4)
    assert [answer.stage for answer in answers] == ["vote"] * 4
    assert counted(vote.fresh(), vote.after).stage == "decision"
    assert [t.ballots for t in Tally.objects.all()] == [3]
    assert Entry.objects.filter(deed="vote.close").count() == 1


def test_two_keepers_at_the_same_moment_open_the_box_once():
    vote = opened(voters=3)
    for who in vote.voters:
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    close(vote)
    held = list(Keeper.objects.filter(round=vote.round).order_by("pk"))

    def give(n):
        who = Account.objects.get(pk=held[n].account_id)
        return lambda: actions.give_key(vote.fresh(), PASSPHRASES[n], by=who, now=vote.after)

    at_once(give(0), give(1), give(0), give(1))
    assert vote.fresh().stage == "decision"
    assert [t.ballots for t in Tally.objects.all()] == [3]
    assert Entry.objects.filter(deed="box.open").count() == 1


def test_a_line_is_struck_or_cast_and_never_both():
    for _attempt in range(4):
        vote = opened()
        line = Voter.objects.get(roll__round=vote.round)
        answers = at_once(
            hand(vote, vote.voters[0], vote.proposals[0]),
            lambda line=line, vote=vote: actions.strike(line, "迁往外地", by=vote.officer, now=NOW),
        )
        line.refresh_from_db()
        done = [not isinstance(answer, Refused) for answer in answers]
        assert done in ([True, False], [False, True])
        assert line.stage == (stages.CAST if done[0] else stages.STRUCK)
        assert Ballot.objects.filter(roll=line.roll).count() == done[0]


def test_two_workers_add_one_line():
    vote = opened()
    late = voter(vote.places[0])
    answers = at_once(
        *[
            lambda: actions.add(
                vote.fresh(), Account.objects.get(pk=late.pk), "漏录", by=vote.officer, now=NOW
            )
        ]
        * 4
    )
    assert sum(isinstance(answer, Voter) for answer in answers) == 1
    assert Voter.objects.filter(account=late).count() == 1


def test_the_table_of_ballots_keeps_no_order_of_arrival():
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor, pytest.raises(Exception, match="no such column: rowid"):
        cursor.execute("SELECT rowid FROM ballots_ballot")
