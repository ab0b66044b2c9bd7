"""The keys of the box: who takes them, what they open and when, and what is left when they are gone."""

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, at_the_desk, officer, worker
from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.models import Ballot, Keeper, Office, Roll, Share, Tally, Trace
from sanlin.govern.ballots.tests.test_secrecy import dump, holding
from sanlin.govern.ballots.tests.vote import PASSPHRASES, close, count, opened, ready, voter
from sanlin.govern.rounds.models import Round
from sanlin.ground import clock, keys
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time(monkeypatch):
    moment = [NOW]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


def page(name, vote):
    return reverse(f"ballots:{name}", args=[vote.round.pk])


def text(answer):
    return answer.content.decode()


def bare(**values):
    """A round at the door of its vote, with nobody keeping a key."""
    vote = ready(**values)
    Keeper.objects.filter(round=vote.round).delete()
    return vote


def keeper(vote, number):
    return Keeper.objects.filter(round=vote.round).order_by("pk")[number].account


def test_without_both_passphrases_the_vote_does_not_open():
    vote = bare()
    for n, who in enumerate((vote.officer, officer(vote.round.street))):
        verdict = rules.can_open_vote(vote.officer, vote.fresh(), now=NOW)
        assert verdict.reason == f"票箱还差{2 - n}位钥匙保管人设置口令（共2位）"
        actions.set_passphrase(vote.fresh(), PASSPHRASES[n], by=who, now=NOW)
    assert rules.can_open_vote(vote.officer, vote.fresh(), now=NOW)
    assert [one.office for one in rules.keepers(vote.fresh())] == ["street", "countersign"]


def test_one_officer_takes_one_key_and_others_none():
    vote = bare()
    for _again in range(2):
        actions.set_passphrase(vote.fresh(), PASSPHRASES[0], by=vote.officer, now=NOW)
    assert Keeper.objects.filter(round=vote.round).count() == 1
    helped = at_the_desk(vote.voters[0], worker(vote.places[0]))
    for who in (vote.voters[0], worker(vote.places[0]), officer(), helped):
        with pytest.raises(Refused):
            actions.set_passphrase(vote.fresh(), PASSPHRASES[1], by=who, now=NOW)
    third = officer(vote.round.street)
    actions.set_passphrase(vote.fresh(), PASSPHRASES[1], by=officer(vote.round.street), now=NOW)
    with pytest.raises(Refused, match="没有空着的、该由您保管的钥匙"):
        actions.set_passphrase(vote.fresh(), PASSPHRASES[1], by=third, now=NOW)


@pytest.mark.parametrize(
    "passphrase", ["short", "a - b - c - d - e - f", "a" * 30, "aaaaaabbbbbb", "           "]
)
def test_a_weak_passphrase_is_refused(passphrase):
    vote = bare()
    with pytest.raises(Refused):
        actions.set_passphrase(vote.fresh(), passphrase, by=vote.officer, now=NOW)
    assert not Keeper.objects.filter(round=vote.round).exists()


def test_two_of_three_are_a_street_a_committee_and_a_resident_and_any_two_open():
    for pair in ((0, 1), (1, 2), (2, 0)):
        vote = bare(vote__keys="two_of_three", voters=2)
        clerk, neighbour = worker(vote.places[0]), voter(vote.places[0])
        with pytest.raises(Refused, match="没有空着的"):
            actions.set_passphrase(vote.fresh(), PASSPHRASES[0], by=neighbour, now=NOW)
        with pytest.raises(Refused, match="不能是工作人员"):
            actions.name_supervisor(
                vote.fresh(), _posted(vote, neighbour), by=vote.officer, now=NOW
            )
        neighbour = voter(vote.places[0])
        actions.name_supervisor(vote.fresh(), neighbour, by=vote.officer, now=NOW)
        people = [vote.officer, clerk, neighbour]
        for who in people:
            actions.set_passphrase(vote.fresh(), f"passphrase-of-{who.pk}-x", by=who, now=NOW)
        assert [one.office for one in rules.keepers(vote.round)] == [
            Office.STREET,
            Office.COMMITTEE,
            Office.SUPERVISOR,
        ]
        actions.open_vote(vote.fresh(), by=vote.officer, now=NOW)
        assert Share.objects.filter(roll__round=vote.round).count() == 6
        actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
        close(vote)
        for n in pair:
            who = people[n]
            actions.give_key(vote.fresh(), f"passphrase-of-{who.pk}-x", by=who, now=vote.after)
        assert queries.votes(vote.fresh())[vote.proposals[0].pk] == 1


def _posted(vote, who):
    """The resident with a post besides: she cannot supervise."""
    from sanlin.commons.people.models import Post, PostKind  # noqa: PLC0415

    Post.objects.create(
        account=who, kind=PostKind.JUDGE, street=vote.round.street, since=NOW.date()
    )
    return type(who).objects.get(pk=who.pk)


def test_one_keeper_opens_nothing_however_often():
    vote = opened()
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    one = keeper(vote, 0)
    with pytest.raises(Refused, match="投票截止以前，谁都不能打开票箱"):
        actions.give_key(vote.fresh(), PASSPHRASES[0], by=one, now=NOW)
    close(vote)
    assert actions.give_key(vote.fresh(), PASSPHRASES[0], by=one, now=vote.after).stage == "vote"
    with pytest.raises(Refused, match="您的口令已经输入，等待"):
        actions.give_key(vote.fresh(), PASSPHRASES[0], by=one, now=vote.after)
    with pytest.raises(Refused, match="口令不对"):
        actions.give_key(vote.fresh(), PASSPHRASES[0], by=keeper(vote, 1), now=vote.after)
    with pytest.raises(Refused, match="等待钥匙保管人输入口令"):
        actions.give_key(vote.fresh(), PASSPHRASES[1], by=vote.voters[0], now=vote.after)
    assert not Tally.objects.exists()
    assert vote.fresh().roll.counted_at is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_private_key_is_never_written(monkeypatch, order):
    """Whatever the order, before, between and after, the key of the box stands in no cell."""
    made = []
    new_box = keys.new_box
    monkeypatch.setattr(keys, "new_box", lambda: made.append(new_box()) or made[-1])
    vote = opened()
    private = made[0][0]
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    close(vote)
    for step in order:
        _nowhere(private)
        actions.give_key(vote.fresh(), PASSPHRASES[step], by=keeper(vote, step), now=vote.after)
    _nowhere(private)
    assert vote.fresh().stage == "decision"
    lines = [e.deed for e in Entry.objects.filter(log=f"round/{vote.round.pk}").order_by("seq")]
    assert lines[-4:] == ["box.key", "box.key", "box.open", "round.move"]


def _nowhere(private):
    for share in Share.objects.all():
        assert private not in bytes(share.sealed)
        assert private not in bytes(share.opened)
    assert holding(dump(), private.hex()) == set()


def test_a_box_that_was_tampered_with_is_counted_as_broken_and_said():
    vote = opened(voters=4)
    one, two, _three = vote.proposals
    cast = [actions.cast(vote.fresh(), [one.pk], by=who, now=NOW) for who in vote.voters]
    roll = Roll.objects.get(round=vote.round)
    key = bytes(roll.key)
    Ballot.objects.filter(pk=cast[0].pk).update(box=b"junk" * 30)
    Ballot.objects.filter(pk=cast[1].pk).update(box=keys.seal(b"\0" * 32 + b"[[1,1]]", key))
    false = bytes(32) + f"[[{two.pk},9]]".encode()
    code = "0" * 63 + "1"
    Ballot.objects.create(code=code, roll=roll, channel="web", box=keys.seal(false, key))
    count(vote)
    assert queries.votes(vote.fresh()) == {one.pk: 2, two.pk: 0, vote.proposals[2].pk: 0}
    assert vote.fresh().roll.broken == 3
    assert Entry.objects.get(deed="box.open").told["data"] == {
        "broken": 3,
        "counted": 2,
        "paper": 0,
    }


def test_destroyed_keys_leave_codes_that_open_to_nothing(client, time):
    vote = opened()
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    count(vote)
    time[0] = vote.after
    client.force_login(vote.officer)
    for stage, said in (("notice", "确认立项以后才能销毁钥匙"), ("running", "")):
        Round.objects.filter(pk=vote.round.pk).update(stage=stage)
        assert said in rules.can_destroy_keys(vote.officer, vote.fresh(), now=vote.after).reason
    press = {"verb": "destroy", "key": "a"}
    assert "请先勾选确认" in text(client.post(page("vote", vote), press))
    assert Share.objects.count() == 2
    assert client.post(page("vote", vote), {**press, "sure": "1"}).status_code == 302
    assert (Share.objects.count(), Trace.objects.count()) == (0, 0)
    assert [bytes(ballot.box) for ballot in Ballot.objects.all()] == [b""]
    assert queries.votes(vote.fresh())[vote.proposals[0].pk] == 1
    assert "钥匙已于" in text(client.get(page("turnout", vote)))
    assert Entry.objects.get(deed="keys.destroy").told["data"] == {"shares": 2}


def test_the_pages_lead_two_keepers_from_passphrase_to_count(client, time):
    vote = bare()
    second = officer(vote.round.street)
    for who, passphrase in ((vote.officer, PASSPHRASES[0]), (second, PASSPHRASES[1])):
        client.force_login(who)
        shown = text(client.get(page("keys", vote)))
        assert "这次投票作废，只能重新投票" in shown
        posted = {"passphrase": passphrase, "again": passphrase, "key": f"k{who.pk}"}
        assert client.post(page("keys", vote), posted).status_code == 422
        wrong = {**posted, "again": "another-passphrase", "sure": "on"}
        answer = client.post(page("keys", vote), wrong)
        assert "两遍口令不一样" in text(answer)
        assert passphrase not in text(answer)
        answer = client.post(page("keys", vote), {**posted, "sure": "on"})
        assert answer.status_code == 302
    actions.open_vote(vote.fresh(), by=vote.officer, now=NOW)
    answer = client.post(page("box", vote), {"passphrase": PASSPHRASES[1], "verb": "try"})
    assert answer.status_code == 302
    answer = client.post(page("box", vote), {"passphrase": PASSPHRASES[0], "verb": "try"})
    assert "口令不对" in text(answer)
    actions.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    close(vote)
    time[0] = vote.after
    assert [open_ for _key, open_ in queries.keys_awaited(second)] == [True]
    assert client.post(page("box", vote), {"passphrase": PASSPHRASES[1]}).status_code == 302
    assert queries.keys_awaited(second) == []
    assert "等待" in text(client.get(page("box", vote)))
    client.force_login(vote.officer)
    assert client.post(page("box", vote), {"passphrase": PASSPHRASES[0]}).status_code == 302
    assert "票箱已经打开" in text(client.get(page("box", vote)))
    client.force_login(vote.voters[0])
    assert client.get(page("keys", vote)).status_code == 200
    assert client.post(page("box", vote), {"passphrase": PASSPHRASES[0]}).status_code == 422


def test_a_keeper_is_let_go_only_before_the_vote(client):
    vote = ready()
    one = Keeper.objects.filter(round=vote.round).order_by("pk")[0]
    client.force_login(vote.officer)
    address = reverse("ballots:drop", args=[one.pk])
    assert client.post(address, {"key": "a"}).status_code == 302
    assert Keeper.objects.filter(round=vote.round).count() == 1
    later = opened()
    client.force_login(later.officer)
    held = Keeper.objects.filter(round=later.round).order_by("pk")[0]
    assert client.post(reverse("ballots:drop", args=[held.pk])).status_code == 403


@pytest.fixture
def bare_frame(settings):
    settings.MENU = settings.SIDE = settings.FOOT = "sanlin.govern.ballots.tests.vote.no_doors"


def test_queries_of_the_keys(client, django_assert_max_num_queries, bare_frame):
    vote = ready()
    client.force_login(vote.officer)
    with django_assert_max_num_queries(12):
        client.get(page("keys", vote))
    actions.open_vote(vote.fresh(), by=vote.officer, now=NOW)
    close(vote)
    with django_assert_max_num_queries(12):
        client.get(page("box", vote))
