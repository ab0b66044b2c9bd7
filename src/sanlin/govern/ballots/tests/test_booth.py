"""The phone's way from the list to the receipt, by the real pages."""

import re

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, worker
from sanlin.govern.ballots import actions, queries
from sanlin.govern.ballots.models import Ballot, Voter
from sanlin.govern.ballots.tests.vote import close, count, counted, opened, ready
from sanlin.govern.proposals.models import Premise, Rivals
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.ground import clock
from sanlin.ground.accounts.models import Assistance
from sanlin.ground.accounts.session import ACTING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def page(name, vote, **query):
    return reverse(f"ballots:{name}", args=[vote.round.pk], query=query or None)


def press(client, vote, **buttons):
    return client.post(page("booth", vote), buttons)


def ready_on(client, vote):
    """The sealed ballot on the page of the last look, or nothing."""
    found = re.search(r'name="ready" value="([^"]*)"', text(client.get(page("review", vote))))
    return found[1] if found else ""


def confirm(client, vote, **more):
    return client.post(page("review", vote), {"ready": ready_on(client, vote), **more})


def draft(client, vote, who):
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return queries.draft_of(who, vote.round, cookies)


def text(answer):
    return answer.content.decode()


def test_from_the_list_to_the_receipt(client):
    vote = opened(proposals=3, vote__k=2)
    who, (one, two, three) = vote.voters[0], vote.proposals
    client.force_login(who)
    assert "已选 0/2" in text(client.get(page("booth", vote)))
    answer = press(client, vote, add=two.pk)
    assert (answer.status_code, answer.url) == (302, page("booth", vote) + f"#p{two.pk}")
    press(client, vote, add=three.pk)
    assert draft(client, vote, who) == {two.pk: 1, three.pk: 1}
    review = text(client.get(page("review", vote)))
    assert "尚未投出" in review
    assert "已选 2/2" in review
    assert Ballot.objects.count() == 0
    answer = confirm(client, vote)
    assert (answer.status_code, answer.url) == (302, page("receipt", vote))
    assert draft(client, vote, who) == {}
    ballot = Ballot.objects.get()
    receipt = text(client.get(page("receipt", vote)))
    assert ballot.receipt in receipt
    assert two.title not in receipt
    assert three.title not in receipt
    back = text(client.get(page("review", vote)))  # the button of the browser
    assert "已经投出" in back
    assert "尚未投出" not in back
    assert page("receipt", vote) in back
    round = count(vote)
    assert queries.votes(round) == {one.pk: 0, two.pk: 1, three.pk: 1}


def test_confirming_twice_is_one_ballot(client):
    vote = opened()
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    ready = ready_on(client, vote)
    for _again in range(2):
        answer = client.post(page("review", vote), {"ready": ready})
        assert answer.url == page("receipt", vote)
    assert Ballot.objects.count() == 1


def test_too_many_are_said_and_nothing_vanishes(client):
    vote = opened(proposals=3, vote__k=2)
    who = vote.voters[0]
    client.force_login(who)
    for p in vote.proposals[:2]:
        press(client, vote, add=p.pk)
    answer = press(client, vote, add=vote.proposals[2].pk)
    assert answer.status_code == 422
    assert "至多选2项，您选了3项，请去掉几项" in text(answer)
    assert draft(client, vote, who) == {p.pk: 1 for p in vote.proposals[:2]}
    press(client, vote, drop=vote.proposals[0].pk)
    assert draft(client, vote, who) == {vote.proposals[1].pk: 1}


def test_a_basket_keeps_to_the_budget(client):
    vote = opened(
        proposals=2,
        asked=30_000_00,
        vote__kind="knapsack",
        budget=50_000_00,
        tiers__shifan__money=None,
        tiers__pinpai__money=None,
        tiers__yumiao__money=None,
    )
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    assert "已用 ¥30,000 / ¥50,000" in text(client.get(page("booth", vote)))
    answer = press(client, vote, add=vote.proposals[1].pk)
    assert "合计¥60,000，超出预算¥50,000共¥10,000，请去掉几项" in text(answer)


def test_a_ranking_can_be_put_in_order(client):
    vote = opened(proposals=3, vote__kind="rank", vote__k=3)
    who, (one, two, three) = vote.voters[0], vote.proposals
    client.force_login(who)
    for p in (one, two, three):
        press(client, vote, add=p.pk)
    press(client, vote, up=three.pk, review="1")
    assert list(draft(client, vote, who)) == [one.pk, three.pk, two.pk]
    confirm(client, vote)
    assert queries.votes(count(vote)) == {one.pk: 3, two.pk: 1, three.pk: 2}


def test_points_are_shared_out(client):
    vote = opened(proposals=2, vote__kind="points", vote__points=3)
    who, (one, two) = vote.voters[0], vote.proposals
    client.force_login(who)
    press(client, vote, add=one.pk)
    press(client, vote, more=one.pk)
    press(client, vote, add=two.pk)
    assert "已分 3/3 点" in text(client.get(page("booth", vote)))
    answer = press(client, vote, more=two.pk)
    assert "共3点，您分了4点，请减去1点" in text(answer)
    confirm(client, vote)
    assert queries.votes(count(vote)) == {one.pk: 2, two.pk: 1}


def test_a_change_replaces_the_first_ballot(client):
    vote = opened()
    who, (one, two, _three) = vote.voters[0], vote.proposals
    client.force_login(who)
    press(client, vote, add=one.pk)
    confirm(client, vote)
    assert "您已经投过一票" in text(client.get(page("booth", vote)))
    press(client, vote, add=two.pk)
    confirm(client, vote)
    assert queries.votes(count(vote)) == {one.pk: 0, two.pk: 1, vote.proposals[2].pk: 0}


def test_without_change_the_booth_says_so(client):
    vote = opened(vote__revote=False)
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    assert "投出后不能更改" in text(client.get(page("review", vote)))
    confirm(client, vote)
    assert "您已经投过票，本轮投出后不能更改" in text(client.get(page("booth", vote)))
    answer = press(client, vote, add=vote.proposals[1].pk)
    assert answer.status_code == 422
    answer = confirm(client, vote)
    assert answer.status_code == 422
    assert Ballot.objects.count() == 1


def test_nothing_chosen_is_no_ballot(client):
    vote = opened()
    client.force_login(vote.voters[0])
    answer = confirm(client, vote)
    assert answer.status_code == 422
    assert "请至少选1项" in text(answer)


def test_htmx_gets_the_list_alone(client):
    vote = opened()
    client.force_login(vote.voters[0])
    answer = client.post(
        page("booth", vote), {"add": vote.proposals[0].pk}, headers={"hx-request": "true"}
    )
    assert answer.status_code == 200
    assert "<html" not in text(answer)
    assert "已选 1/" in text(answer)
    assert queries.cookie_name(vote.round) in answer.cookies


def test_the_draft_is_mine_and_on_this_device_alone(client):
    vote = opened(voters=2)
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    kept = client.cookies[queries.cookie_name(vote.round)].value
    cookie = client.cookies[queries.cookie_name(vote.round)]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert queries.draft_of(vote.voters[1], vote.round, {cookie.key: kept}) == {}
    assert queries.draft_of(vote.voters[0], vote.round, {cookie.key: kept + "x"}) == {}
    session = {str(value) for value in client.session.items()}
    assert not any(str(vote.proposals[0].pk) in value and "ballot" in value for value in session)


def test_a_helped_ballot_names_both_and_the_draft_ends_with_the_browser(client):
    vote = opened()
    helper = worker(vote.places[0])
    client.force_login(helper)
    session = client.session
    session[ACTING] = Assistance.objects.create(
        person=vote.voters[0], hand=helper, reason="本人到场办理", started_at=NOW
    ).pk
    session.save()
    press(client, vote, add=vote.proposals[0].pk)
    assert client.cookies[queries.cookie_name(vote.round)]["max-age"] == ""
    confirm(client, vote)
    assert "请把回执打印或抄给本人" in text(client.get(page("receipt", vote)))
    assert (Ballot.objects.get().channel, Voter.objects.get().hand) == ("web", helper)


def test_own_neighbourhood_stands_first_and_every_other_once_at_the_head():
    vote = opened(places=4, voters=24, proposals=12)
    lines = Voter.objects.filter(neighbourhood=vote.places[0]).order_by("pk")
    roll = lines[0].roll
    heads = []
    for line in Voter.objects.order_by("pk"):
        slate = queries.slate_for(line, roll)
        own = [bid.community == line.neighbourhood_id for bid in slate]
        assert own == [True] * 3 + [False] * 9
        assert {bid.key for bid in slate} == {p.pk for p in vote.proposals}
        heads.append(slate[3].key)
    assert len(set(heads)) > 9


def test_where_only_the_own_neighbourhood_counts_no_other_can_be_chosen(client):
    vote = opened(places=2, voters=2, proposals=2, vote__own_community_only=True)
    client.force_login(vote.voters[0])
    shown = text(client.get(page("booth", vote)))
    assert vote.proposals[0].title in shown
    assert vote.proposals[1].title not in shown
    answer = press(client, vote, add=vote.proposals[1].pk)
    assert "第2号不是您所在居民区的提案，请去掉它" in text(answer)


def test_a_stranger_sees_the_list_and_is_asked_to_sign_in(client):
    vote = opened()
    shown = text(client.get(page("booth", vote)))
    assert vote.proposals[0].title in shown
    assert "登录后才能投票" in shown
    assert press(client, vote, add=vote.proposals[0].pk).status_code == 422


def test_before_the_vote_there_is_no_booth(client):
    vote = ready()
    client.force_login(vote.voters[0])
    for name in ("booth", "review", "receipt", "receipts", "turnout"):
        assert client.get(page(name, vote)).status_code == 403


@pytest.mark.parametrize(
    "posted",
    [
        {"add": "999999999999999999999999"},
        {"add": "-1"},
        {"add": "1; DROP TABLE"},
        {"add": "\x00"},
        {"add": "９"},
        {"add": "٣"},
        {"add": ""},
        {"drop": "12345"},
        {"up": "12345"},
        {"nothing": "x" * 100_000},
        {"add": ["1x", "2", "3x"]},
        {"add": "123456789"},
    ],
)
@pytest.mark.parametrize("signed", [True, False])
def test_hostile_presses_meet_a_sentence(client, posted, signed):
    vote = opened()
    if signed:
        client.force_login(vote.voters[0])
    for name in ("booth", "review"):
        answer = client.post(page(name, vote), posted)
        assert answer.status_code in (302, 422)
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize(
    "cookie", ["", "x", "\x00", "a:b:c", "{}", "." * 5000, "eyJhIjoxfQ:1abc:def"]
)
def test_hostile_cookies_are_no_draft(client, cookie):
    vote = opened()
    client.force_login(vote.voters[0])
    for name in (queries.cookie_name(vote.round), f"receipt-{vote.round.pk}"):
        client.cookies[name] = ""  # newer Pythons would refuse to send what a hostile browser sends
        client.cookies[name].set(name, "", client.cookies.value_encode(cookie)[1])
    for name in ("booth", "review", "receipt"):
        assert client.get(page(name, vote)).status_code == 200
    assert confirm(client, vote).status_code == 422


@pytest.mark.parametrize(
    "code", ["", "x", "\x00", "0000-0000-0000-0000", "' OR 1=1 --", "票" * 999, "O" * 16]
)
def test_any_receipt_may_be_asked_for(client, code):
    vote = opened()
    assert client.post(page("receipts", vote), {"code": code}).status_code == 200
    assert client.post(page("check", vote), {"line": code}).status_code == 200


def test_a_receipt_is_found_by_anybody(client):
    vote = opened()
    who, (one, two, _three) = vote.voters[0], vote.proposals
    first = actions.cast(vote.fresh(), [one.pk], by=who, now=NOW)
    second = actions.cast(vote.fresh(), [two.pk], by=who, now=NOW)

    def ask(code):
        return text(client.post(page("receipts", vote), {"code": code}))

    assert "在票箱里，开箱后计入" in ask(second.receipt.lower())
    assert "已被同一选民后来的一票替换" in ask(first.receipt)
    assert "本轮没有" in ask("0000-0000-0000-0000")
    close(vote)
    assert "在票箱里，开箱后计入" in ask(second.receipt)
    counted(vote.fresh(), vote.after)
    assert "已经计入" in ask(second.receipt)


@pytest.fixture
def bare_frame(settings):
    settings.MENU = settings.SIDE = settings.FOOT = "sanlin.govern.ballots.tests.vote.no_doors"


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_booth_do_not_grow(client, django_assert_num_queries, bare_frame, n):
    vote = opened(places=n, voters=1, proposals=n)
    client.force_login(vote.voters[0])
    with django_assert_num_queries(10):
        client.get(page("booth", vote))


def told_together(vote):
    """The first excludes the second; the third needs the first and the fourth."""
    one, two, three, four = vote.proposals
    Rivals.objects.create(round=vote.round, reason="同一块空地").proposals.set([one, two])
    for needed in (four, one):
        Premise.objects.create(round=vote.round, proposal=three, needs=needed, reason="先通水")


def test_a_card_says_what_excludes_it_and_what_it_needs(client):
    vote = opened(proposals=4)
    told_together(vote)
    one, two, three, four = vote.proposals
    client.force_login(vote.voters[0])
    press(client, vote, add=three.pk)
    shown = text(client.get(page("booth", vote)))
    cards = dict(re.findall(r'<section class="card" id="p(\d+)">(.*?)</section>', shown, re.S))
    said = {
        int(key): re.findall(r"<p><strong>([^<]+)</strong></p>", card)
        for key, card in cards.items()
    }
    assert said == {
        one.pk: [f"与第2号《{two.title}》最多入选一项"],
        two.pk: [f"与第1号《{one.title}》最多入选一项"],
        three.pk: [f"以第1号《{one.title}》、第4号《{four.title}》入选为前提"],
        four.pk: [],
    }
    assert said[three.pk][0] in text(client.get(page("review", vote)))


def test_what_is_needed_and_stands_on_no_ballot_is_named_as_such(client):
    vote = opened(proposals=2)
    one, two = vote.proposals
    away = proposal(vote.round, neighbourhood=vote.places[0])
    Rivals.objects.create(round=vote.round, reason="同一块空地").proposals.set([one, away])
    Premise.objects.create(round=vote.round, proposal=two, needs=away, reason="先通水")
    client.force_login(vote.voters[0])
    shown = text(client.get(page("booth", vote)))
    assert f"以《{away.title}》（不在选票上）入选为前提" in shown
    assert "最多入选一项" not in shown


def test_queries_of_the_cast(client, django_assert_num_queries, bare_frame):
    vote = opened()
    client.force_login(vote.voters[0])
    press(client, vote, add=vote.proposals[0].pk)
    ready = ready_on(client, vote)
    with django_assert_num_queries(
        14
    ):  # two of them read what is frozen, at the first ballot alone
        client.post(page("review", vote), {"ready": ready})


def test_the_list_is_a_form_with_one_button_a_card(client):
    vote = opened(proposals=3)
    client.force_login(vote.voters[0])
    shown = text(client.get(page("booth", vote)))
    assert sorted(map(int, re.findall(r'name="add" value="(\d+)"', shown))) == [
        p.pk for p in vote.proposals
    ]
