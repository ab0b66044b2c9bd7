"""A vote whose box nobody can open is given up by two people, in words that everybody reads."""

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, district_admin, officer
from sanlin.govern.ballots import actions, rules
from sanlin.govern.ballots.models import Ballot, Share, Trace, Voiding
from sanlin.govern.ballots.tests.vote import PASSPHRASES, close, count, opened
from sanlin.govern.rounds.stages import CANCELLED, VOTE
from sanlin.ground import clock, lots
from sanlin.ground.journal.models import Checkpoint, Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
WHY = "两位保管人的口令纸条都被水浸毁，找了三天没有备份"


@pytest.fixture
def shut(monkeypatch):
    """A closed vote with one ballot in its box."""
    vote = opened(voters=2)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    close(vote)
    monkeypatch.setattr(clock, "now", lambda: vote.after)
    return vote


def told(vote, who):
    return {"by": who, "now": vote.after}


def test_an_officer_asks_and_the_district_agrees(shut):
    admin = district_admin(shut.round.street.district)
    actions.ask_void(shut.fresh(), WHY, **told(shut, shut.officer))
    assert shut.fresh().stage == VOTE
    assert Share.objects.count() == 2
    ended = actions.agree_void(shut.fresh(), **told(shut, admin))
    assert (ended.stage, ended.cancel_reason) == (CANCELLED, WHY)
    assert (Share.objects.count(), Trace.objects.count()) == (0, 0)
    assert {bytes(ballot.box) for ballot in Ballot.objects.all()} == {b""}
    assert shut.fresh().roll.keys_gone_at == shut.after
    lines = Entry.objects.filter(log=f"round/{shut.round.pk}").order_by("seq")
    deeds = [entry.deed for entry in lines]
    assert deeds[-3:] == ["vote.ask_void", "vote.void", "round.void"]
    assert WHY not in b"".join(bytes(entry.body) for entry in lines).decode()
    assert Checkpoint.objects.filter(why="vote.void").count() == 1
    with pytest.raises(Refused):
        actions.give_key(shut.fresh(), PASSPHRASES[0], **told(shut, shut.officer))


def test_neither_alone_nor_too_early_nor_without_words(shut):
    admin = district_admin(shut.round.street.district)
    other = officer(shut.round.street)
    with pytest.raises(Refused, match="还没有提出"):
        actions.agree_void(shut.fresh(), **told(shut, admin))
    with pytest.raises(Refused, match="至少10个字"):
        actions.ask_void(shut.fresh(), "丢了", **told(shut, other))
    actions.ask_void(shut.fresh(), WHY, **told(shut, other))
    with pytest.raises(Refused, match="已经提出"):
        actions.ask_void(shut.fresh(), WHY, **told(shut, shut.officer))
    with pytest.raises(Refused, match="须由区管理员同意"):
        actions.agree_void(shut.fresh(), **told(shut, shut.officer))
    with pytest.raises(Refused):
        actions.agree_void(shut.fresh(), **told(shut, shut.voters[0]))
    assert shut.fresh().stage == VOTE
    early = opened()
    assert not rules.can_ask_void(early.officer, early.fresh(), now=NOW)


def test_a_box_that_was_opened_after_all_cannot_be_void():
    vote = opened(voters=2)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    count(vote)
    with pytest.raises(Refused, match="已经打开并计票"):
        actions.ask_void(vote.fresh(), WHY, **told(vote, vote.officer))


def test_the_pages_ask_and_agree_and_everybody_reads_why(shut, client):
    admin = district_admin(shut.round.street.district)
    page = reverse("ballots:void", args=[shut.round.pk])
    client.force_login(shut.officer)
    assert "口令丢了" in client.get(reverse("ballots:vote", args=[shut.round.pk])).content.decode()
    answer = client.post(page, {"reason": "丢了"})
    assert (answer.status_code, "丢了" in answer.content.decode()) == (422, True)
    assert client.post(page, {"reason": WHY}).status_code == 302
    assert Voiding.objects.get().asked_by == shut.officer
    answer = client.post(page, {"verb": "agree"})
    assert (answer.status_code, "须由区管理员同意" in answer.content.decode()) == (422, True)
    client.force_login(admin)
    assert WHY in client.get(page).content.decode()
    assert client.post(page, {"verb": "agree"}).status_code == 302
    assert "另开一轮" in client.get(page).content.decode()
    client.logout()
    public = client.get(reverse("rounds:rules", args=[shut.round.pk])).content.decode()
    assert WHY in public
    client.force_login(shut.voters[0])
    assert client.get(page).status_code == 403
    mine = client.get(reverse("ballots:booth", args=[shut.round.pk])).content.decode()
    assert "投票已经作废，投过的票都不计" in mine


def test_nobody_opens_ballots_without_end(monkeypatch):
    monkeypatch.setattr(rules, "MOST_SHOWN", 2)
    vote = opened()
    shown = {"by": vote.voters[0], "now": NOW}
    for _n in range(2):
        actions.spoil(vote.fresh(), [vote.proposals[0].pk], seed=lots.new_secret(), **shown)
    with pytest.raises(Refused, match="已抽检2次"):
        actions.spoil(vote.fresh(), [vote.proposals[0].pk], seed=lots.new_secret(), **shown)
    assert Ballot.objects.count() == 2
    actions.cast(vote.fresh(), [vote.proposals[0].pk], **shown)
