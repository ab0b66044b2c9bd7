"""Paper and online at once, two booths, the last sheet: the same on SQLite and PostgreSQL."""

import pytest

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries, stages
from sanlin.govern.ballots.models import Ballot, Booth, Fate, Voter
from sanlin.govern.ballots.tests.test_races import at_once, hand
from sanlin.govern.ballots.tests.vote import booth, close, opened
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def done(answers):
    return [not isinstance(answer, Refused) for answer in answers]


def sentences(answers):
    return {str(answer) for answer in answers if isinstance(answer, Refused)}


@pytest.mark.parametrize("attempt", range(4))
@pytest.mark.parametrize("before", [False, True])
def test_online_and_on_paper_at_once_is_one_vote(attempt, before):
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    if before:
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    answers = at_once(
        hand(vote, who, vote.proposals[1]),
        lambda: stand.mark(who),
        hand(vote, who, vote.proposals[2]),
    )
    assert isinstance(answers[1], Booth)
    assert sentences(answers) <= {"您已在投票站领了纸质票，以纸质票为准，不能再在网上投"}
    assert stand.line(who).stage == stages.PAPER
    assert stand.account() == (10, 1, 0, 0, 0)
    assert not Ballot.objects.filter(fate=Fate.STANDING).exists()
    taken = Entry.objects.filter(deed="ballot.override").count()
    assert taken == Ballot.objects.filter(fate=Fate.OVERRIDDEN).count() <= 1
    assert taken or not before
    assert queries.turnout(vote.fresh()) == (1, 1)


def test_two_booths_mark_one_voter_once():
    vote = opened()
    one, two, who = booth(vote), booth(vote), vote.voters[0]
    answers = at_once(*[lambda: one.mark(who), lambda: two.mark(who)] * 3)
    assert done(answers).count(True) == 1
    assert sentences(answers) == {"已领过纸质票，每人一票"}
    assert one.fresh().issued + two.fresh().issued == 1
    assert Entry.objects.filter(deed="vote.paper").count() == 1


def test_the_last_sheet_is_handed_out_once():
    vote = opened(voters=6)
    stand = booth(vote, sheets=2)
    answers = at_once(*(lambda who=who: stand.mark(who) for who in vote.voters))
    assert done(answers).count(True) == 2
    assert sentences(answers) == {"空白选票已经发完，请再领一批"}
    assert stand.account() == (2, 2, 0, 0, 0)
    assert Voter.objects.filter(stage=stages.PAPER).count() == 2


def test_of_the_last_sheet_a_spoiled_one_or_a_voter_gets_it():
    vote = opened(voters=2)
    stand = booth(vote, sheets=2)
    stand.mark(vote.voters[0])
    answers = at_once(
        lambda: stand.mark(vote.voters[1]),
        lambda: actions.spoil_sheet(stand.fresh(), by=stand.second, now=NOW),
    )
    assert sorted(done(answers)) == [False, True]
    assert stand.account() in ((2, 2, 0, 0, 0), (2, 2, 1, 0, 0))


@pytest.mark.parametrize("attempt", range(3))
def test_what_was_handed_out_is_counted_and_nothing_after_the_close(attempt):
    vote = opened(voters=8)
    stand = booth(vote)
    hands = [lambda who=who: stand.mark(who) for who in vote.voters]
    hands.insert(4, lambda: close(vote))
    answers = at_once(*hands)
    del answers[4]
    assert sentences(answers) <= {"投票已经截止，不再接受选票"}
    handed = done(answers).count(True)
    assert stand.account() == (10, handed, 0, 0, 0)
    assert queries.turnout(vote.fresh()) == (handed, 8)
    assert not Voter.objects.exclude(shift=None, marker=None, open=False).exists()


def test_a_wrong_mark_is_taken_back_once():
    vote = opened()
    stand, who = booth(vote), vote.voters[0]
    stand.mark(who)
    line = stand.line(who)
    answers = at_once(*[lambda: actions.withdraw_paper(line, "记错", by=stand.second, now=NOW)] * 4)
    assert done(answers).count(True) == 1
    assert stand.account() == (10, 0, 0, 0, 0)


def test_two_sign_and_one_of_them_settles_the_booth():
    vote = opened()
    stand = booth(vote)
    close(vote)
    actions.close_booth(stand.fresh(), actions.Counts(10, 0, "A-2"), by=stand.first, now=vote.after)
    answers = at_once(
        *(
            lambda who=who: actions.sign_booth(stand.fresh(), by=who, now=vote.after)
            for who in (stand.first, stand.second, stand.first)
        )
    )
    assert done(answers).count(True) == 2
    assert stand.fresh().stage == stages.SIGNED
    assert stand.row.signings.count() == 2
