"""A team's leader asks for a small round; the street opens it or returns it with a reason."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW, officer, resident
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.models import ChildRequest, ChildRound, Project
from sanlin.govern.projects.tests.scene import (
    answers,
    fresh,
    leader,
    pay,
    project,
    receipt,
    signed,
    told,
)
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.rules import can_follow
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.clock import local_day
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_time_of_the_round(monkeypatch, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.SIDE = f"{scene.__name__}.no_doors"
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: NOW)


def mother():
    one = signed(project())
    pay(one, "first")
    return fresh(one)


def ask(one, *, send=True, by=None, key="", now=NOW, **more):
    by = by or leader(one)
    return actions.ask_child(one, answers(one, **more), send=send, by=by, now=now, key=key)


def again(asked):
    return ChildRequest.objects.get(pk=asked.pk)


def test_a_leader_keeps_a_draft_sends_it_corrects_it_and_the_street_opens_it():
    one = mother()
    me = officer(one.round.street)
    asked = ask(one, send=False, amount=9_000_00)  # a draft may ask for too much
    assert (asked.stage, rules.flows(one).set_aside) == (stages.DRAFT, {})
    assert not rules.can_see_request(me, asked, now=NOW)
    assert ask(one, amount=2_000_00).pk == asked.pk
    asked = again(asked)
    assert asked.stage == stages.ASKED
    assert [w.title for w in queries.waiting(me, now=NOW)].count("办理子项目申请") == 1
    with pytest.raises(Refused, match="撤回以后才能改"):
        ask(one, send=False)
    actions.return_request(asked, "请写明给哪些小组", by=me, now=NOW)
    step = queries.waiting_for_team(leader(one), now=NOW)[0]
    assert (step.words, step.why) == ("改好子项目申请", "街道退回了子项目申请")
    asked = again(ask(one, purpose="给楼里的绿化小组"))
    assert (asked.stage, asked.note) == (stages.ASKED, "请写明给哪些小组")
    actions.withdraw_request(asked, by=leader(one), now=NOW)
    ask(one, purpose="给楼里的绿化小组")
    before = Entry.objects.count()
    opened = actions.open_request(asked, by=me, now=NOW)
    child = opened.child
    assert (child.purpose, child.amount, child.least) == ("给楼里的绿化小组", 3_000_00, 2)
    assert (child.round.stage, child.round.officer_values["project_cap"]) == ("draft", 1_500_00)
    assert child.round.pack_id == "zixiangmu"
    assert rules.flows(fresh(one)).set_aside == {"materials": 3_000_00}
    deeds = [line.deed for line in Entry.objects.order_by("pk")[before:]]
    assert deeds.count("projects.open_request") == 1
    rounds.open_call(child.round, by=me, now=NOW)
    with pytest.raises(Refused, match="现在是“街道已同意”"):
        actions.return_request(opened, "改主意了", by=me, now=NOW)


def test_what_does_not_do_is_refused_when_it_is_sent_and_again_when_it_is_opened():
    one = mother()
    today = local_day(NOW)
    wrong = {
        "还有¥7,000可以用于子项目": {"amount": 7_000_01, "cap": 1_00},
        "不能超过一共拿出的钱": {"cap": 3_000_01},
        "至少要有一个小组": {"least": 0},
        "要在今天以后": {"calls": today},
        "小组不能做得更晚": {"ends": one.undertaking.ends + timedelta(days=1)},
        "只剩几天": {"ends": today + timedelta(days=20)},
        "请把征集提前": {"calls": date.max},
        "已有同名轮次": {"name": one.round.name},
    }
    for words, more in wrong.items():
        with pytest.raises(Refused, match=words):
            ask(one, **more)
    assert not ChildRequest.objects.exists()
    asked = ask(one)
    receipt(one, 5_000_00, accepted=True)  # spent while the street thinks about it
    with pytest.raises(Refused, match="还有¥2,000可以用于子项目"):
        actions.open_request(asked, by=officer(one.round.street), now=NOW)
    actions.withdraw_request(asked, by=leader(one), now=NOW)
    ask(one, amount=2_000_00)
    late = NOW + timedelta(days=11)  # and the call was to end yesterday
    with pytest.raises(Refused, match="要在今天以后"):
        actions.open_request(asked, by=officer(one.round.street), now=late)
    assert not ChildRound.objects.exists()
    assert again(asked).stage == stages.ASKED


def test_only_the_leader_asks_and_only_another_hand_of_the_same_street_answers():
    one = mother()
    with pytest.raises(Refused):
        ask(one, by=resident())
    with pytest.raises(Refused):
        ask(one, by=officer(one.round.street))
    asked = ask(one)
    for stranger in (officer(), resident(), leader(one)):
        with pytest.raises(Refused):
            actions.open_request(asked, by=stranger, now=NOW)
    me = officer(one.round.street)
    Membership.objects.create(organisation=one.team, account=me, since=local_day(NOW))
    with pytest.raises(Refused, match="您是该团队的成员"):
        actions.open_request(asked, by=me, now=NOW)


def test_who_follows_a_leader_goes_on_with_her_request():
    one = mother()
    asked, before = ask(one, send=False), leader(one)
    today = local_day(NOW)
    Membership.objects.filter(organisation=one.team, account=before).update(until=today)
    after = resident(one.place)
    Membership.objects.create(organisation=one.team, account=after, leads=True, since=today)
    tomorrow = NOW + timedelta(days=1)
    before.memo.clear()
    with pytest.raises(Refused, match="负责人"):
        ask(one, by=before, now=tomorrow)
    assert ask(one, by=after, now=tomorrow).pk == asked.pk
    assert again(asked).by == after


def test_a_group_asks_for_no_round_of_its_own():
    one = mother()
    made = actions.open_child(one, answers(one), by=officer(one.round.street), now=NOW)
    ChildRound.objects.filter(pk=made.pk).update(round=one.round)
    with pytest.raises(Refused, match="子项目不能再开设子项目"):
        ask(fresh(one))


def test_nothing_is_opened_for_a_project_that_does_not_run():
    one = mother()
    asked, me = ask(one), officer(one.round.street)
    told(one, "midterm")
    with pytest.raises(Refused, match="实施期间"):
        actions.open_request(asked, by=me, now=NOW)
    actions.stop(fresh(one), "团队解散", by=me, now=NOW)
    assert "办理子项目申请" not in [w.title for w in queries.waiting(me, now=NOW)]
    with pytest.raises(Refused, match="实施期间"):
        actions.open_request(asked, by=me, now=NOW)
    with pytest.raises(Refused, match="实施期间"):
        actions.withdraw_request(asked, by=leader(one), now=NOW) and ask(one)


def test_a_double_press_and_two_officers_make_one_round():
    one = mother()
    asked = ask(one, key="a")
    assert ask(one, key="a") == asked
    first, second = officer(one.round.street), officer(one.round.street)
    made = actions.open_request(asked, by=first, now=NOW, key="b")
    assert actions.open_request(asked, by=first, now=NOW, key="b").child == made.child
    with pytest.raises(Refused, match="现在是“街道已同意”"):
        actions.open_request(asked, by=second, now=NOW)
    assert ChildRound.objects.count() == 1
    rounds.cancel(made.child.round, reason="改在明年再办", by=first, now=NOW)
    assert ask(one, name="小组微资助二").pk != asked.pk  # the pot is free again


def test_a_small_round_is_no_start_for_another_and_its_pack_none_for_a_street():
    one = mother()
    made = actions.open_child(one, answers(one), by=officer(one.round.street), now=NOW)
    small = open_round("running", on=one.round.street)
    small.pack_text = made.round.pack_text
    verdict = can_follow(officer(one.round.street), small, now=NOW)
    assert verdict.reason == "子项目的轮次由母项目开设，不能由它开启新一轮"


def post(client, page, pk, /, **fields):
    return client.post(reverse(f"projects:{page}", args=[pk]), fields)


def test_the_pages_of_a_request(client, django_assert_max_num_queries):
    one = mother()
    chief, me = leader(one), officer(one.round.street)
    client.force_login(chief)
    page = client.get(reverse("projects:project", args=[one.pk])).content.decode()
    assert reverse("projects:ask_child", args=[one.pk]) in page
    said = vars(answers(one)) | {"amount": "9000", "cap": "1500"}
    here = reverse("projects:ask_child", args=[one.pk])
    wrong = post(client, "ask_child", one.pk, **said).content.decode()
    assert "还有¥7,000可以用于子项目" in wrong
    assert 'value="9000"' in wrong
    assert post(client, "ask_child", one.pk, keep="1", **said).url == here
    with django_assert_max_num_queries(12):
        page = client.get(here).content.decode()
    assert 'value="9000"' in page
    sent = post(client, "ask_child", one.pk, **{**said, "amount": "3000"})
    (asked,) = ChildRequest.objects.all()
    where = reverse("projects:child_request", args=[asked.pk])
    assert sent.url == where
    with django_assert_max_num_queries(12):
        assert "撤回申请" in client.get(where).content.decode()
    client.force_login(officer())
    assert client.get(where).status_code == 403
    client.force_login(me)
    with django_assert_max_num_queries(12):
        page = client.get(where).content.decode()
    assert "同意，建立轮次" in page
    assert "请写明" not in page
    assert "请填写这一项" in post(client, "child_request", asked.pk, verb="return").content.decode()
    post(client, "child_request", asked.pk, verb="return", reason="请少拿一点")
    client.force_login(chief)
    assert "请少拿一点" in client.get(here).content.decode()
    post(client, "ask_child", one.pk, **{**said, "amount": "2000"})
    client.force_login(me)
    assert post(client, "child_request", asked.pk, verb="open").url == where
    (made,) = ChildRound.objects.all()
    page = client.get(where).content.decode()
    assert reverse("rounds:open", args=[made.round_id]) in page
    rounds.open_call(made.round, by=me, now=NOW)
    client.logout()
    assert "已有0个小组申报，至少2个" in client.get(f"/projects/{one.pk}/").content.decode()
    assert Project.objects.count() == 1
