"""The desk: what waits, the rounds I work for, a round at a glance."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.tests import scene
from sanlin.front.desk import queries
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.models import Booth, Duty, Shift
from sanlin.govern.ballots.tests.vote import close, opened
from sanlin.govern.growth import actions as growth
from sanlin.govern.growth.models import Meeting
from sanlin.govern.growth.models.circles import Wanted
from sanlin.govern.projects.models import Circle, Project
from sanlin.govern.projects.tests.scene import running_round
from sanlin.govern.proposals.tests.scene import proposal, team
from sanlin.govern.reviews import actions as reviews
from sanlin.govern.reviews.tests.scene import sealed
from sanlin.govern.rounds.models import Round, Window
from sanlin.govern.rounds.tests.scene import draft, open_round
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.harmony.voices import actions as voices

pytestmark = pytest.mark.django_db
NOW = scene.NOW


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def street():
    return scene.street()


@pytest.fixture
def officer(street):
    return scene.officer(street)


def client(account):
    it = Client()
    it.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return it


def titles(who):
    return [(one.title, one.why) for one in queries.waiting_for(who, now=NOW)]


def test_nothing_waits_says_so(officer):
    page = client(officer).get("/desk/").content.decode()
    assert "现在没有事情等您办理" in page


def test_a_shared_page_is_the_desks_for_staff_and_the_phones_for_residents(street, officer):
    for who, frame in ((officer, "desk"), (scene.resident(scene.neighbourhood(street)), "phone")):
        page = client(who).get("/tasks/").content.decode()
        assert f'<body class="{frame}">' in page
        assert ('<nav class="side"' in page) == (frame == "desk")


def test_a_voice_waits_until_it_is_answered(street, officer):
    said = voices.Said("question", "几点开门")
    voice = voices.speak(street, said, sender_mark="x", by=None, now=NOW - timedelta(days=16))
    assert titles(officer) == [("答复1条意见", "潍坊新村街道收到，还没有答复")]
    page = client(officer).get("/desk/").content.decode()
    assert "1件已过期" in page
    voices.answer(voice, text="九点", by=officer, now=NOW)
    assert titles(officer) == []
    assert titles(scene.officer()) == []


def test_newcomers_wait_for_their_committee_alone(street, officer):
    place = scene.neighbourhood(street)
    scene.resident(place, verified_on=None)
    scene.resident(place, verified_on=None)
    scene.resident(place)
    assert titles(scene.worker(place)) == [
        ("核实2位居民", "潍坊二村居民区有居民自行登记，等待核实")
    ]
    assert titles(officer) == []


def test_proposals_without_a_conclusion_wait_for_the_officer(street, officer):
    round = open_round("screening", by=officer, on=street)
    for stage in ("submitted", "submitted", "admitted"):
        proposal(round, stage)
    assert ("审查2份提案", round.name) in titles(officer)


def test_many_things_of_one_kind_stand_in_one_row():
    alike = [
        queries.Waiting("结项", f"/{n}/", NOW if n else None, f"项目{n}") for n in range(3, -1, -1)
    ]
    numbered = [queries.Waiting(f"答复{n}", f"/o/{n}/", None, "甲", "答复异议") for n in range(4)]
    few = [queries.Waiting("签署", f"/s/{n}/", None, "甲") for n in range(3)]
    rows = queries.folded([few[0], *alike, *numbered, *few[1:]])
    assert rows == [
        few[0],
        queries.Fold("结项", alike),
        queries.Fold("答复异议", numbered),
        *few[1:],
    ]
    assert (rows[1].due, rows[2].due) == (NOW, None)


@pytest.mark.parametrize(("count", "rows"), [(3, 3), (4, 1)])
def test_rounds_that_wait_for_the_same_are_opened_in_place(street, officer, count, rows):
    made = [open_round("screening", by=officer, on=street) for _n in range(count)]
    for round in made:
        proposal(round, "submitted", team=team(scene.neighbourhood(street))[0])
    page = client(officer).get("/desk/").content.decode()
    table = page[page.index("<tbody") : page.index("</tbody>")]
    assert table.count("审查1份提案") == rows
    assert [f'href="/rounds/{one.pk}/proposals/' in table for one in made] == [True] * count
    assert f"共{count}件" in page


def test_a_round_at_a_glance(street, officer):
    round = open_round("screening", by=officer, on=street)
    places = [scene.neighbourhood(street, name) for name in ("潍坊一村居民区", "潍坊二村居民区")]
    tiers = [tier.key for tier in round.rules.tiers]
    for place, tier, asked in (
        (places[0], tiers[0], 9_000_00),
        (places[0], tiers[0], 1_000_00),
        (places[1], tiers[2], 500_00),
    ):
        proposal(round, "submitted", team=team(place)[0], tier=tier, asked=asked)
    shown = queries.glance(round, who=officer, now=NOW)
    assert (shown["asked"], shown["proposals"]) == (10_500_00, 3)
    assert shown["counts"].columns == tuple(tier.name for tier in round.rules.tiers)
    assert shown["counts"].labels == ("潍坊一村居民区", "潍坊二村居民区")
    assert shown["counts"].values == ((2, 0, 0), (0, 0, 1))
    assert shown["sums"].values == ((10_000_00, 0, 0), (0, 0, 500_00))
    page = client(officer).get(f"/desk/rounds/{round.pk}/").content.decode()
    assert "¥10,500" in page


def test_a_draft_shows_what_is_missing_before_it_may_open(street, officer):
    round = draft(by=officer, on=street)
    page = client(officer).get(f"/desk/rounds/{round.pk}/").content.decode()
    assert "还没有定起止日期" in page


def test_who_may_look_at_a_round(street, officer):
    round = open_round("call", by=officer, on=street)
    expected = {
        200: (officer, scene.worker(scene.neighbourhood(street)), scene.judge(street)),
        403: (scene.officer(), scene.resident(scene.neighbourhood(street))),
    }
    for status, people in expected.items():
        for who in people:
            assert client(who).get(f"/desk/rounds/{round.pk}/").status_code == status
    assert Client().get(f"/desk/rounds/{round.pk}/").status_code == 302
    assert Client().get("/desk/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_reads_as_often_for_three_as_for_one(
    street, officer, rows, django_assert_num_queries
):
    for _n in range(rows):
        round = open_round("screening", by=officer, on=street)
        for _m in range(rows):
            proposal(round, "submitted", team=team(scene.neighbourhood(street))[0])
    page = client(officer)
    with django_assert_num_queries(9):
        page.get("/desk/")
    with django_assert_num_queries(10):
        page.get(f"/desk/rounds/{round.pk}/")


@pytest.mark.parametrize("rows", [1, 3])
def test_rounds_whose_time_is_over_are_counted_together(
    street, officer, rows, monkeypatch, django_assert_num_queries
):
    for _n in range(rows):
        running_round(1_000_00, 2_000_00, on=street, by=officer)
    later = NOW + timedelta(days=900)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = client(officer)
    with django_assert_num_queries(10):
        page.get("/desk/")
    ready = Round.objects.order_by("pk").last()
    Project.objects.filter(round=ready).update(stage="stopped", stop_reason="搬走了")
    waiting = [(one.title, one.why) for one in queries.waiting_for(officer, now=later)]
    assert ("结束本轮", ready.name) in waiting
    assert sum(title == "结束本轮" for title, _why in waiting) == 1


def many(like, stage, count):
    """Rounds like this one, with its dates, at a stage of their own."""
    windows = list(like.windows.all())
    for n in range(count):
        one = Round.objects.get(pk=like.pk)
        one.pk, one._state.adding = None, True
        one.name, one.stage = f"{stage}{n}", stage
        one.save(force_insert=True)
        for row in windows:
            Window.objects.create(round=one, stage=row.stage, opens=row.opens, closes=row.closes)


@pytest.mark.parametrize("each", [1, 3, 30])
def test_the_worklist_asks_the_same_whatever_the_number_of_rounds_and_their_stages(
    street, officer, each, monkeypatch, django_assert_num_queries
):
    like = open_round("review", by=officer, on=street)
    proposal(like)
    place = scene.neighbourhood(street)
    scene.judge(street, account=officer)
    scene.worker(place, account=officer)
    officer = type(officer).objects.get(pk=officer.pk)
    reviews.appoint(like, officer, by=scene.officer(street), now=NOW)
    for stage in ("call", "screening", "vote", "decision", "notice", "running"):
        many(like, stage, each)
    page = client(officer)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=900))
    with django_assert_num_queries(12):
        told = page.get("/desk/").content.decode()
    late = NOW + timedelta(days=900)
    waiting = [one.title for one in queries.waiting_for(officer, now=late)]
    assert {title: waiting.count(title) for title in sorted(set(waiting))} == {
        "看收到的提案": each,
        "开始评审": each,
        "结束投票": each,
        "计算、签署并公示结果": each,
        "确认结果，开始签约": each,
        "结束本轮": each,
        "评1份提案": 1,
    }
    assert f"running{each - 1}" in told


def test_a_step_waits_until_what_others_owe_is_done(street, officer, monkeypatch):
    round = open_round("review", by=officer, on=street)
    judges = [scene.judge(street) for _n in range(5)]
    for one in judges:
        reviews.appoint(round, one, by=officer, now=NOW)
        reviews.pledge(round, by=one, now=NOW)
    made = [proposal(round), proposal(round)]
    late = NOW + timedelta(days=900)

    def waits():
        who = type(officer).objects.get(pk=officer.pk)
        return [one.title for one in queries.waiting_for(who, now=late) if one.why == round.name]

    def owed():
        who = type(officer).objects.get(pk=judges[0].pk)
        return [one.title for one in queries.waiting_for(who, now=NOW)]

    assert (waits(), owed()) == ([], ["评2份提案"])
    reviews.recuse(made[0], "邻居", by=judges[0], now=NOW)
    assert owed() == ["评1份提案"]
    for each in made:
        for one in judges[each == made[0] :]:
            sealed(each, one)
    assert (waits(), owed()) == (["进入优化"], [])


LINK = re.compile(r'href="(/[^"#?]*)')


@pytest.mark.parametrize(
    "stage",
    ["draft", "call", "screening", "review", "vote", "decision", "notice", "running", "closed"],
)
def test_no_way_from_a_round_leads_nowhere(street, officer, stage):
    round = open_round(stage, by=officer, on=street)
    it = client(officer)
    pages = (f"/desk/rounds/{round.pk}/", f"/r/{round.pk}/")
    ways = {way for page in pages for way in LINK.findall(it.get(page).content.decode())}
    wrong = {
        way: answer.status_code
        for way in sorted(ways)
        if not way.startswith("/static/")
        and (answer := it.get(way, follow=True)).status_code not in (200, 403)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "kind", ["COMMITTEE_WORKER", "SOCIAL_WORKER", "JUDGE", "AUDITOR", "DISTRICT_ADMIN"]
)
def test_no_way_from_a_round_is_shut_to_whoever_is_offered_it(street, officer, kind):
    round, kind = open_round("running", by=officer, on=street), PostKind[kind]
    where = {
        PostKind.COMMITTEE_WORKER: lambda: scene.neighbourhood(street),
        PostKind.AUDITOR: lambda: street.district,
        PostKind.DISTRICT_ADMIN: lambda: street.district,
    }
    it = client(scene.post(kind, where.get(kind, lambda: street)()))
    pages = ("/desk/", f"/desk/rounds/{round.pk}/")
    ways = {way for page in pages for way in LINK.findall(it.get(page).content.decode())}
    wrong = {
        way: answer.status_code
        for way in sorted(ways)
        if not way.startswith("/static/")
        and (answer := it.get(way, follow=True)).status_code != 200
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "stage", ["call", "screening", "review", "vote", "decision", "notice", "running", "closed"]
)
def test_no_way_from_a_public_page_is_shut(street, officer, stage):
    round = open_round(stage, by=officer, on=street)
    ways = set(LINK.findall(Client().get(f"/r/{round.pk}/").content.decode()))
    wrong = {
        way: answer.status_code
        for way in sorted(ways)
        if not way.startswith("/static/")
        and (answer := Client().get(way, follow=True)).status_code != 200
    }
    assert wrong == {}


def test_a_request_to_void_a_vote_waits_for_the_administrator(
    monkeypatch, django_assert_num_queries
):
    vote = opened(voters=2)
    close(vote)
    monkeypatch.setattr(clock, "now", lambda: vote.after)
    admin = scene.district_admin(vote.round.street.district)
    stranger = scene.district_admin(scene.street().district)
    told = {"now": vote.after}
    assert [
        one.title for one in queries.waiting_for(Account.objects.get(pk=admin.pk), **told)
    ] == []
    ballots.ask_void(vote.fresh(), "两位保管人的口令纸条都被水浸毁", by=vote.officer, **told)

    def words(who):
        return {
            one.title: one.href
            for one in queries.waiting_for(Account.objects.get(pk=who.pk), **told)
            if "作废" in one.title
        }

    page = reverse("ballots:void", args=[vote.round.pk])
    assert words(admin) == {"同意作废投票": page}
    assert words(vote.officer) == {"已提出作废投票，等区管理员同意": page}
    assert words(stranger) == {}
    desk = client(admin)
    desk.get("/desk/")
    with django_assert_num_queries(11):
        shown = desk.get("/desk/").content.decode()
    assert f'href="{page}"' in shown
    ballots.agree_void(vote.fresh(), by=admin, **told)
    assert words(admin) == words(vote.officer) == {}


# --- what lies ahead ---


def ahead(who, part):
    who = type(who).objects.get(pk=who.pk)
    return [(one.title, one.note, one.state) for one in part(who, now=NOW)]


def test_a_social_worker_sees_the_teams_at_her_side(street, officer, django_assert_num_queries):
    xu = scene.post(PostKind.SOCIAL_WORKER, street)
    round = running_round(1_000_00, 2_000_00, 3_000_00, on=street, by=officer)
    projects = list(Project.objects.filter(round=round).order_by("pk"))
    group = Circle.objects.create(round=round, name="一组")
    Project.objects.filter(pk__in=[one.pk for one in projects[:2]]).update(circle=group)
    Project.objects.filter(round=round).update(stage="running")
    projects[0].refresh_from_db()
    asked = [Wanted("把账目贴出来", NOW.date() - timedelta(days=1))]
    growth.visit(projects[0], NOW.date(), "看过", asked, by=officer, now=NOW)
    meeting = Meeting.objects.create(
        round=round, circle=group, title="认识大家", at=NOW + timedelta(days=2), place="居委会"
    )
    assert ahead(xu, queries.beside) == [
        ("小组", "1个小组", "1个还没有组长"),
        ("老带新结对", "0对结对", ""),
        ("改进建议", "1条还没有办结", "1条逾期"),
        ("走访", "3个项目在实施", "2个还没有走访"),
    ]
    assert [title for title, _note, _state in ahead(xu, queries.days)] == ["会议 · 认识大家"]
    assert titles(xu) == [("1条改进建议逾期", round.name)]
    desk = client(xu)
    desk.get("/desk/")
    with django_assert_num_queries(8):
        page = desk.get("/desk/").content.decode()
    for where in (f"/r/{round.pk}/", f"/rounds/{round.pk}/growth/", f"/meetings/{meeting.pk}/"):
        assert f'href="{where}"' in page
    assert ahead(officer, queries.beside) == []


def test_a_draft_is_not_shown_to_whoever_may_not_see_it(street, officer):
    kinds = (PostKind.SOCIAL_WORKER, PostKind.MERCHANT, PostKind.JUDGE)
    people = [scene.post(kind, street) for kind in kinds]
    round = draft(by=officer, on=street)
    assert [len(ahead(one, queries.rounds)) for one in people] == [0, 0, 1]
    assert ahead(officer, queries.rounds)[0][0] == round.name
    auditor = scene.post(PostKind.AUDITOR, street.district)
    assert len(ahead(auditor, queries.rounds)) == 1
    assert ahead(scene.post(PostKind.AUDITOR, scene.street().district), queries.rounds) == []


def test_a_shift_at_a_booth_stands_among_the_days_to_keep():
    vote = opened(voters=1)
    booth = Booth.objects.create(round=vote.round, number=1, name="一号站", place="大厅")
    shift = Shift.objects.create(booth=booth, starts=NOW, ends=NOW + timedelta(hours=3))
    xu = scene.post(PostKind.SOCIAL_WORKER, vote.round.street)
    assert ahead(xu, queries.days) == []
    Duty.objects.create(shift=shift, account=xu)
    assert [(title, state) for title, _note, state in ahead(xu, queries.days)] == [
        ("投票站值班 · 一号站", "正在进行")
    ]


@pytest.mark.parametrize("kind", list(PostKind))
@pytest.mark.parametrize(
    "stage", ["draft", "call", "review", "vote", "notice", "running", "closed"]
)
def test_every_stage_says_something_to_whoever_holds_a_post(street, officer, kind, stage):
    where = {
        PostKind.COMMITTEE_WORKER: lambda: scene.neighbourhood(street),
        PostKind.AUDITOR: lambda: street.district,
        PostKind.DISTRICT_ADMIN: lambda: street.district,
    }
    who = scene.post(kind, where.get(kind, lambda: street)())
    assert queries.to_come(type(who).objects.get(pk=who.pk), now=NOW)
    make = draft if stage == "draft" else partial(open_round, stage)
    make(by=officer, on=street)
    hidden = stage == "draft" and kind in (PostKind.SOCIAL_WORKER, PostKind.MERCHANT)
    assert [bool(note) for _title, note, _state in ahead(who, queries.rounds)] == (
        [] if hidden else [True]
    )
