import pytest

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries, stages
from sanlin.govern.ballots.jobs import close_votes
from sanlin.govern.ballots.models import Ballot, Roll, Tally, Voter
from sanlin.govern.ballots.tests.vote import close, count, counted, opened
from sanlin.govern.rounds.stages import DECISION, VOTE
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots.tally import Merged

pytestmark = pytest.mark.django_db


def test_opening_fixes_slate_and_roll():
    vote = opened(places=2, voters=3, proposals=2)
    roll = Roll.objects.get(round=vote.round)
    assert vote.fresh().stage == VOTE
    assert roll.slate == [[p.pk, p.number, 10_000_00, p.neighbourhood_id] for p in vote.proposals]
    assert [(v.account_id, v.stage) for v in roll.voters.order_by("account")] == [
        (v.pk, stages.WAITING) for v in vote.voters
    ]
    assert queries.turnout(vote.round) == (0, 3)


def test_a_ballot_is_counted():
    vote = opened(voters=2, proposals=2)
    one, two = vote.proposals
    actions.cast(vote.fresh(), [one.pk, two.pk], by=vote.voters[0], now=NOW)
    actions.cast(vote.fresh(), [two.pk], by=vote.voters[1], now=NOW)
    round = count(vote)
    assert queries.votes(round) == {one.pk: 1, two.pk: 2}
    assert queries.turnout(round) == (2, 2)
    assert queries.ballots(round) == Merged(((((one.pk, 1), (two.pk, 1)), 1), (((two.pk, 1),), 1)))


def test_only_the_last_ballot_counts():
    vote = opened(proposals=2)
    who, (one, two) = vote.voters[0], vote.proposals
    first = actions.cast(vote.fresh(), [one.pk], by=who, now=NOW, seed="a" * 64)
    second = actions.cast(vote.fresh(), [two.pk], by=who, now=NOW, seed="b" * 64)
    assert first.code != second.code
    assert Ballot.objects.get(pk=first.code).fate == "replaced"
    again = actions.cast(vote.fresh(), [one.pk], by=who, now=NOW, seed="a" * 64)
    assert (again.code, again.fate) == (first.code, "replaced")
    assert queries.votes(count(vote)) == {one.pk: 0, two.pk: 1}


@pytest.mark.parametrize("paper", [True, False])
def test_without_revote_a_second_ballot_is_refused_and_a_link_is_kept_for_paper_alone(paper):
    vote = opened(vote__revote=False, vote__paper=paper)
    who, (one, two, _three) = vote.voters[0], vote.proposals
    first = actions.cast(vote.fresh(), [one.pk], by=who, now=NOW, seed="a" * 64)
    assert bool(Voter.objects.get().link) is paper
    with pytest.raises(Refused, match="您已经投过票，本轮投出后不能更改"):
        actions.cast(vote.fresh(), [two.pk], by=who, now=NOW)
    again = actions.cast(vote.fresh(), [one.pk], by=who, now=NOW, seed="a" * 64)
    assert again == first
    assert Ballot.objects.count() == 1


def test_closing_twice_changes_nothing():
    vote = opened()
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    close(vote)
    lines = Entry.objects.count()
    close(vote)
    assert close_votes(now=vote.after) == 0
    assert (Entry.objects.count(), Tally.objects.count()) == (lines, 0)


def test_the_clock_closes_what_is_due():
    vote = opened()
    assert close_votes(now=NOW) == 0
    assert close_votes(now=vote.after) == 1
    assert (vote.fresh().stage, vote.fresh().roll.closed_at) == (VOTE, vote.after)


def test_nobody_sees_votes_before_the_count():
    vote = opened()
    for _when in ("open", "closed"):
        for ask in (queries.votes, queries.ballots):
            with pytest.raises(Refused, match="开箱计票以前，谁都看不到票数"):
                ask(vote.round)
        close(vote)
    assert counted(vote.fresh(), vote.after).stage == DECISION
