"""A relative casts with the voter's consent: one ballot, both named, for this vote alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, at_the_desk, worker
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.models import Ballot, Mandate, Voter
from sanlin.govern.ballots.tests.test_booth import confirm, page, press, ready_on, text
from sanlin.govern.ballots.tests.vote import close, count, opened
from sanlin.ground import clock
from sanlin.ground.accounts.session import LENT
from sanlin.ground.journal.actions import pseudonym
from sanlin.ground.journal.models import HOUSE, Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def lent(client, vote, old, near):
    """`old` asks `near`, who begins to act for her."""
    mandate = actions.give_mandate(vote.fresh(), near, by=old, now=NOW)
    client.force_login(near)
    client.post(reverse("ballots:use", args=[mandate.pk]), {"key": "use"})
    return mandate


def test_a_relative_casts_the_voters_one_ballot_and_both_are_named(client):
    vote = opened(voters=2)
    old, near = vote.voters
    client.force_login(old)
    posted = {"who": near.username, "key": "a"}
    assert "请本人确认自愿" in text(client.post(page("mandate", vote), posted))
    assert client.post(page("mandate", vote), {**posted, "sure": "on"}).status_code == 302
    client.force_login(near)
    assert old.name in text(client.get(page("mandate", vote)))
    mandate = Mandate.objects.get()
    client.post(reverse("ballots:use", args=[mandate.pk]), {"key": "b"})
    assert f"正在为{old.name}代办" in text(client.get(page("booth", vote)))
    press(client, vote, add=vote.proposals[0].pk)
    assert confirm(client, vote).status_code == 302
    assert "请把回执打印或抄给本人" in text(client.get(page("receipt", vote)))
    lines = {line.account: (line.stage, line.hand) for line in Voter.objects.all()}
    assert lines == {old: ("cast", near), near: ("waiting", None)}
    client.post(reverse("accounts:stop_acting"))
    assert LENT not in client.session
    press(client, vote, add=vote.proposals[1].pk)
    confirm(client, vote)
    assert queries.votes(count(vote)) == {p.pk: int(n < 2) for n, p in enumerate(vote.proposals)}
    told = {e.deed: e.told for e in Entry.objects.filter(log=HOUSE, deed__startswith="mandate.")}
    names = [pseudonym(HOUSE, who.pk) for who in (old, near)]
    assert [told["mandate.give"]["by"], told["mandate.give"]["data"]["hand"]] == names
    assert [told["mandate.use"]["data"]["person"], told["mandate.use"]["by"]] == names
    assert told["mandate.use"]["at"] == "2024-04-10T02:00:00Z"
    help_ = Entry.objects.get(deed="ballot.help")
    assert help_.told["data"]["helper"] == names[1]


def test_the_name_is_lent_for_the_ballot_alone_and_for_half_an_hour(client, time):
    vote = opened(voters=2)
    old, near = vote.voters
    lent(client, vote, old, near)
    assert "正在为" not in text(client.get("/"))
    press(client, vote, add=vote.proposals[0].pk)
    ready = ready_on(client, vote)
    time[0] = NOW + timedelta(minutes=30)
    assert client.post(page("review", vote), {"ready": ready}).status_code == 422
    assert Ballot.objects.count() == 0
    assert "正在为" not in text(client.get(page("booth", vote)))


def test_what_was_taken_back_is_over_at_once(client):
    vote = opened(voters=3)
    old, near, other = vote.voters
    mandate = lent(client, vote, old, near)
    press(client, vote, add=vote.proposals[0].pk)
    ready = ready_on(client, vote)
    actions.end_mandate(mandate, by=old, now=NOW)
    assert client.post(page("review", vote), {"ready": ready}).status_code == 422
    assert not Ballot.objects.exists()
    client.force_login(other)
    for verb in ("use", "end"):
        assert client.post(reverse(f"ballots:{verb}", args=[mandate.pk])).status_code == 403


def test_the_voters_own_ballot_replaces_the_relatives_and_never_are_there_two(client):
    vote = opened(voters=2)
    old, near = vote.voters
    lent(client, vote, old, near)
    press(client, vote, add=vote.proposals[0].pk)
    confirm(client, vote)
    actions.cast(vote.fresh(), [vote.proposals[1].pk], by=old, now=NOW)
    assert Voter.objects.get(account=old).hand is None
    assert sum(queries.votes(count(vote)).values()) == 1


def test_a_worker_writes_down_what_a_voter_says_at_the_desk_and_is_not_asked_herself():
    vote = opened(voters=2)
    old, near = vote.voters
    clerk = worker(vote.places[0])
    acting = at_the_desk(old, clerk)
    with pytest.raises(Refused, match="经办的工作人员不能同时是受托人"):
        actions.give_mandate(vote.fresh(), clerk, by=acting, now=NOW)
    mandate = actions.give_mandate(vote.fresh(), near, by=acting, now=NOW)
    assert (mandate.person, mandate.hand, mandate.witness) == (old, near, clerk)
    with pytest.raises(Refused, match="已经委托了一位亲友"):
        actions.give_mandate(vote.fresh(), clerk, by=old, now=NOW)


def test_nobody_collects_votes():
    vote = opened(voters=6)
    *olds, near = vote.voters
    with pytest.raises(Refused, match="不能委托自己"):
        actions.give_mandate(vote.fresh(), near, by=near, now=NOW)
    for old in olds[:3]:
        actions.give_mandate(vote.fresh(), near, by=old, now=NOW)
    with pytest.raises(Refused, match="已经受3人委托"):
        actions.give_mandate(vote.fresh(), near, by=olds[3], now=NOW)
    close(vote)
    with pytest.raises(Refused, match="投票已经截止"):
        actions.give_mandate(vote.fresh(), near, by=olds[4], now=NOW)
    mandate = Mandate.objects.first()
    with pytest.raises(Refused, match="投票已经截止"):
        actions.use_mandate(Mandate.objects.get(pk=mandate.pk), by=near, now=NOW)
