"""Ballots that are opened as a check, and ballots that say an opinion on each proposal."""

import hashlib
import re

import pytest

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.models import Ballot, Voter
from sanlin.govern.ballots.tests.test_booth import confirm, page, press, ready_on, text
from sanlin.govern.ballots.tests.vote import count, opened
from sanlin.ground import clock
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots.tally import Opinions

pytestmark = pytest.mark.django_db
YES, NO, WHATEVER, FOLLOW = 1, 2, 3, 4


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


# --- spoil and show -------------------------------------------------------------------------------


def test_an_opened_ballot_shows_what_it_holds_and_can_never_be_cast(client):
    vote = opened()
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[1].pk)
    shown = text(client.get(page("review", vote)))
    ready = re.search(r'name="ready" value="([^"]*)"', shown)[1]
    promised = re.search(r"<output>([^<]*)</output>", shown)[1]
    code = re.search(r"\b[0-9a-f]{64}\b", shown)[0]
    answer = text(client.post(page("review", vote), {"ready": ready, "verb": "show"}))
    line = re.search(r"<code>([^<]*)</code>", answer)[1]
    assert line.startswith(f"sanlin-ballot-2:{vote.round.pk}:[[{vote.proposals[1].pk},1]]:")
    assert hashlib.sha256(line.encode()).hexdigest() == code
    assert promised in answer
    assert vote.proposals[1].title in answer
    assert (Ballot.objects.get().fate, Ballot.objects.get().code) == ("spoiled", code)
    assert Entry.objects.get(deed="ballot.spoil").told["data"] == {"code": code}
    assert Entry.objects.get(deed="ballot.spoil").told["by"] is None
    again = client.post(page("review", vote), {"ready": ready})
    assert (again.status_code, "已经抽检作废" in text(again)) == (422, True)
    assert Voter.objects.get().stage == "waiting"
    checked = text(client.post(page("check", vote), {"line": line}))
    assert promised in checked
    assert "已抽检作废" in checked
    assert "不是本轮的选票" in text(client.post(page("check", vote), {"line": line[1:]}))
    assert confirm(client, vote).status_code == 302
    assert sum(queries.votes(count(vote)).values()) == 1


def test_a_cast_ballot_is_not_opened_and_a_repeated_check_is_one(client):
    vote = opened()
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    ready = ready_on(client, vote)
    for _twice in range(2):
        assert (
            client.post(page("review", vote), {"ready": ready, "verb": "show"}).status_code == 200
        )
    assert Entry.objects.filter(deed="ballot.spoil").count() == 1
    ready = ready_on(client, vote)
    client.post(page("review", vote), {"ready": ready})
    answer = client.post(page("review", vote), {"ready": ready, "verb": "show"})
    assert (answer.status_code, "不能再抽检" in text(answer)) == (422, True)


def test_a_ready_ballot_is_its_voters_alone_and_shows_her_no_seed(client):
    vote = opened(voters=2)
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    ready = ready_on(client, vote)
    found = queries.read_ready(vote.voters[0], vote.round, ready)
    assert found.seed not in text(client.get(page("review", vote)))
    for junk in ("", "x", ready[:-4], ready[4:], "AAAA" + ready, "票", "\x00"):
        assert queries.read_ready(vote.voters[0], vote.round, junk) is None
        assert client.post(page("review", vote), {"ready": junk}).status_code == 422
    client.force_login(vote.voters[1])
    assert client.post(page("review", vote), {"ready": ready}).status_code == 422
    assert Ballot.objects.count() == 0


def test_what_was_looked_at_is_cast_whatever_another_tab_chose(client):
    vote = opened()
    one, two, _three = vote.proposals
    client.force_login(vote.voters[0])
    press(client, vote, add=one.pk)
    ready = ready_on(client, vote)
    press(client, vote, add=two.pk)
    client.post(page("review", vote), {"ready": ready})
    assert queries.votes(count(vote)) == {one.pk: 1, two.pk: 0, vote.proposals[2].pk: 0}


# --- opinions -------------------------------------------------------------------------------------

ASK = {
    "vote__kind": "stance",
    "vote__options": ["support", "against", "abstain", "follow"],
}


def test_an_opinion_is_given_on_the_phone_changed_and_counted(client):
    vote = opened(voters=2, **ASK)
    one, two, three = vote.proposals
    client.force_login(vote.voters[0])
    assert "没有表态的视为弃权" in text(client.get(page("booth", vote)))
    press(client, vote, against=one.pk)
    press(client, vote, support=one.pk)
    press(client, vote, follow=two.pk)
    press(client, vote, support=three.pk)
    press(client, vote, drop=three.pk)
    assert "已表态 2/3 项" in text(client.get(page("booth", vote)))
    review = text(client.get(page("review", vote)))
    assert "<strong>同意</strong>" in review
    confirm(client, vote)
    actions.cast(vote.fresh(), {two.pk: YES, one.pk: NO}, by=vote.voters[1], now=NOW)
    round = count(vote)
    assert queries.stances(round) == {
        one.pk: Opinions(support=1, against=1),
        two.pk: Opinions(support=1, follow=1),
        three.pk: Opinions(silent=2),
    }
    assert queries.votes(round) == {one.pk: 1, two.pk: 2, three.pk: 0}
    assert queries.outvoted(round) == {one.pk, three.pk}
    shown = client.get(page("turnout", vote))
    assert [(r["votes"], r["opinions"], r["carried"]) for r in shown.context["results"]] == [
        (2, (0, 0), True),
        (1, (1, 0), False),
        (0, (0, 2), False),
    ]
    assert "未通过" in text(shown)


@pytest.mark.parametrize(("silence", "votes"), [("abstain", (1, 0, 0)), ("follow", (3, 0, 0))])
def test_silence_counts_as_the_pack_says(silence, votes):
    vote = opened(voters=3, **ASK, vote__silence=silence)
    one, two, _three = vote.proposals
    actions.cast(vote.fresh(), {one.pk: YES}, by=vote.voters[0], now=NOW)
    for who in vote.voters[1:]:
        actions.cast(vote.fresh(), {two.pk: WHATEVER}, by=who, now=NOW)
    assert tuple(queries.votes(count(vote)).values()) == votes


def test_where_silence_is_refused_every_proposal_wants_an_opinion():
    vote = opened(**ASK, vote__silence="refuse")
    one, two, three = vote.proposals
    with pytest.raises(Refused, match="每项都须表态，还差2项"):
        actions.cast(vote.fresh(), {one.pk: YES}, by=vote.voters[0], now=NOW)
    every = {one.pk: YES, two.pk: NO, three.pk: FOLLOW}
    actions.cast(vote.fresh(), every, by=vote.voters[0], now=NOW)
    assert rules.can_keep({one.pk: YES}, Voter.objects.get(), vote.fresh())


@pytest.mark.parametrize("opinion", [0, 4, 5, -1])
def test_an_opinion_that_the_pack_does_not_offer_is_refused(opinion):
    vote = opened(vote__kind="stance")
    with pytest.raises(Refused, match="第1号的意见不在选票上"):
        actions.cast(vote.fresh(), {vote.proposals[0].pk: opinion}, by=vote.voters[0], now=NOW)


@pytest.mark.parametrize(("carried", "lost"), [("any", 0), ("more_for", 1), ("half_of_cast", 2)])
def test_the_threshold_is_the_packs(carried, lost):
    vote = opened(voters=4, **ASK, vote__carried=carried)
    one, two, three = vote.proposals
    for who in vote.voters[:2]:
        actions.cast(vote.fresh(), {one.pk: YES, two.pk: YES}, by=who, now=NOW)
    actions.cast(vote.fresh(), {two.pk: YES, three.pk: NO}, by=vote.voters[2], now=NOW)
    actions.cast(vote.fresh(), {two.pk: WHATEVER}, by=vote.voters[3], now=NOW)
    assert len(queries.outvoted(count(vote))) == lost


def test_all_ballots_of_opinions_are_equally_long():
    vote = opened(voters=2, proposals=9, **ASK)
    actions.cast(vote.fresh(), {vote.proposals[0].pk: YES}, by=vote.voters[0], now=NOW)
    every = {p.pk: NO for p in vote.proposals}
    actions.cast(vote.fresh(), every, by=vote.voters[1], now=NOW)
    assert len({len(bytes(ballot.box)) for ballot in Ballot.objects.all()}) == 1
