"""The front door: what is on, what waits, what was decided."""

import pytest
from django.test import Client

from sanlin.commons.people.tests import scene
from sanlin.front.portal import queries
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.queries import cookie_name, pack_draft
from sanlin.govern.ballots.tests.vote import opened, ready
from sanlin.govern.proposals.tests.scene import proposal, team
from sanlin.govern.rounds.tests.scene import draft, open_round
from sanlin.ground import clock

pytestmark = pytest.mark.django_db
NOW = scene.NOW


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def street():
    return scene.street()


def client(account=None, **cookies):
    it = Client()
    if account:
        it.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    for name, value in cookies.items():
        it.cookies[name] = str(value)
    return it


def test_nothing_is_on_says_so():
    page = Client().get("/").content.decode()
    assert "还没有街道开始征集" in page


def test_a_visitor_sees_all_streets_and_may_choose_one(street):
    here = open_round("call", on=street, name="这边的轮次")
    open_round("call", on=scene.street("洋泾街道"), name="那边的轮次")
    draft(on=street, name="还没公布的轮次")
    page = Client().get("/").content.decode()
    assert ("这边的轮次" in page, "那边的轮次" in page, "还没公布" in page) == (True, True, False)
    it = client()
    it.post("/street/", {"street": street.pk})
    page = it.get("/").content.decode()
    assert ("这边的轮次" in page, "那边的轮次" in page) == (True, False)
    assert f"/r/{here.pk}/" in page
    it.post("/street/", {"street": ""})
    assert "那边的轮次" in it.get("/").content.decode()


@pytest.mark.parametrize("chosen", ["x", "9" * 40, "-1", "٣", "1 or 1", "\x00"])
def test_a_strange_choice_is_no_choice(street, chosen):
    open_round("call", on=street)
    it = client()
    assert it.post("/street/", {"street": chosen}).status_code == 302
    assert it.get("/").status_code == 200
    assert client(street="9" * 40).get("/").status_code == 200


def test_a_resident_sees_her_own_street(street):
    who = scene.resident(scene.neighbourhood(street))
    open_round("call", on=street, name="这边的轮次")
    open_round("call", on=scene.street("洋泾街道"), name="那边的轮次")
    page = client(who, street=999).get("/").content.decode()
    assert ("这边的轮次" in page, "那边的轮次" in page) == (True, False)
    assert "看哪个街道" not in page


def test_a_draft_and_a_returned_proposal_wait_for_their_leader(street):
    round = open_round("call", on=street)
    mine, leader = team(scene.neighbourhood(street))
    draft = proposal(round, "draft", team=mine)
    proposal(round, "returned", team=mine, title="屋顶菜园")
    proposal(round, "submitted", team=mine, title="交了的")
    proposal(round, "draft", title="别人的")
    found = queries.unfinished(queries.my_proposals(leader, now=NOW), now=NOW)
    assert [(one.title, one.state) for one in found] == [
        ("屋顶菜园", "退回补正"),
        (draft.draft.title, "草稿"),
    ]


def test_a_vote_waits_until_it_is_cast():
    vote = opened(voters=1)
    who = vote.voters[0]
    [line] = queries.votes(who, [vote.fresh()], cookies={}, now=NOW)
    assert (line.state, line.note) == ("尚未投票", "您还没有投票 · 2024年4月18日止 还剩8天")
    chosen = {vote.proposals[0].pk: 1}
    cookies = {cookie_name(vote.round): pack_draft(who, vote.round, chosen)}
    [line] = queries.votes(who, [vote.fresh()], cookies=cookies, now=NOW)
    assert (line.state, line.note) == (
        "尚未投出",
        "您选了1项，还没有投出 · 2024年4月18日止 还剩8天",
    )
    ballots.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    assert queries.votes(who, [vote.fresh()], cookies={}, now=NOW) == []
    assert queries.votes(scene.person(), [vote.fresh()], cookies={}, now=NOW) == []


def test_a_residents_supervisor_is_told_of_her_key():
    vote = ready(voters=2, vote__keys="two_of_three")
    who = vote.voters[0]
    ballots.name_supervisor(vote.fresh(), who, by=vote.officer, now=NOW)
    told = [queries.keys_of_boxes(one, [vote.fresh()], now=NOW) for one in vote.voters]
    assert [[(line.href, line.note) for line in lines] for lines in told] == [
        [(f"/rounds/{vote.round.pk}/keys/", "请设置票箱钥匙的口令")],
        [],
    ]
    assert "请设置票箱钥匙的口令" in client(who).get("/").content.decode()


def test_the_front_page_of_a_voter_takes_eight_questions(django_assert_num_queries):
    vote = opened(voters=1)
    page = client(vote.voters[0])
    with django_assert_num_queries(8):
        assert "尚未投票" in page.get("/").content.decode()


def test_a_round_whose_vote_waits_for_me_is_named_once():
    vote = opened(voters=2)
    named = f">{vote.round.name}<"
    page = client(vote.voters[0]).get("/").content.decode()
    assert (page.count(named), "正在进行" in page) == (1, False)
    assert f'href="/rounds/{vote.round.pk}/ballot/"' in page
    ballots.cast(vote.fresh(), [vote.proposals[0].pk], by=vote.voters[0], now=NOW)
    page = client(vote.voters[0]).get("/").content.decode()
    assert (page.count(named), "正在进行" in page) == (1, True)
    assert f'href="/r/{vote.round.pk}/"' in page


@pytest.mark.parametrize(
    "stage", ["call", "screening", "review", "vote", "decision", "notice", "running", "closed"]
)
def test_a_round_has_its_page_at_every_stage(street, stage):
    round = open_round(stage, on=street)
    page = Client().get(f"/r/{round.pk}/")
    assert page.status_code == 200
    assert page.content.decode().count('aria-current="step"') == (stage != "closed")
    assert page.content.decode().count('class="button primary"') <= 1


def test_a_draft_is_not_for_residents(street):
    round = draft(on=street)
    who = scene.resident(scene.neighbourhood(street))
    assert client(who).get(f"/r/{round.pk}/").status_code == 403
    assert Client().get(f"/r/{round.pk}/").status_code == 302
    assert client(round.street.post_set.get().account).get(f"/r/{round.pk}/").status_code == 200


def test_my_things(street):
    round = open_round("call", on=street)
    mine, leader = team(scene.neighbourhood(street))
    proposal(round, "submitted", team=mine, title="屋顶菜园")
    page = client(leader).get("/mine/").content.decode()
    assert "屋顶菜园" in page
    assert "现在没有事情等着您" in page
    assert Client().get("/mine/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_front_page_reads_as_often_for_three_as_for_one(
    street, rows, django_assert_num_queries
):
    mine, leader = team(scene.neighbourhood(street))
    for _n in range(rows):
        round = open_round("call", on=street)
        open_round("running", on=street)
        proposal(round, "draft", team=mine)
    with django_assert_num_queries(4):
        assert Client().get("/").status_code == 200
    page = client(leader)
    with django_assert_num_queries(12):
        page.get("/")
    with django_assert_num_queries(7):
        page.get(f"/r/{round.pk}/")


def test_who_works_here_is_sent_to_the_desk_instead_of_told_that_nothing_waits(street):
    page = client(scene.judge(street)).get("/mine/").content.decode()
    assert "现在没有事情等着您" not in page
    assert "工作上等您办理的，在上面的“工作台”里" in page
