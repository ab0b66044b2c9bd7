"""A training: who may do what, what the room says, and its pages."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, resident, worker
from sanlin.commons.people.tests.test_actions import at_once
from sanlin.ground.verdict import Refused
from sanlin.harmony.training import actions
from sanlin.harmony.training.models import Idea, Question, Session, SignUp

pytestmark = pytest.mark.django_db
BEGIN = NOW + timedelta(days=7)
SOON = date(2024, 5, 1)


@pytest.fixture(autouse=True)
def at_the_time(monkeypatch, settings):
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: NOW)


@pytest.fixture
def place():
    return neighbourhood()


def planned(place, seats=2, **fields):
    told = {
        "title": "怎样记账",
        "programme": "看例子，做练习",
        "opens": BEGIN,
        "closes": BEGIN + timedelta(hours=3),
        "place": "三楼",
        "seats": seats,
        **fields,
    }
    made = actions.plan(place.street, actions.Planned(**told), by=officer(place.street), now=NOW)
    return Session.objects.select_related("street").get(pk=made.pk)


def idea(made, stage="sent"):
    one = actions.send_idea(made, "放到傍晚", by=None, now=BEGIN)
    by = officer(made.street)
    if stage in {"shown", "taken"}:
        actions.move_idea(one, "show", by=by, now=BEGIN)
    if stage == "taken":
        actions.take_idea(one, "花园小组", SOON, by=by, now=BEGIN)
    return Idea.objects.select_related("session__street").get(pk=one.pk)


def test_only_an_officer_plans_and_the_end_comes_after_the_beginning(place):
    with pytest.raises(Refused, match="只有"):
        actions.plan(
            place.street,
            actions.Planned("题", "内容", BEGIN, BEGIN + timedelta(hours=1), "三楼", 5),
            by=worker(place),
            now=NOW,
        )
    with pytest.raises(Refused, match="结束须在开始之后"):
        planned(place, closes=BEGIN)


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_taken_once_beforehand_and_on_the_spot(place):
    made = planned(place, seats=1)
    ahead = [resident(place) for _each in range(3)]
    told = at_once(*(lambda me=me: str(actions.sign_up(made, by=me, now=NOW)) for me in ahead))
    assert len([one for one in told if "名额已满" in one]) == 2
    late = [resident(place) for _each in range(2)]
    free = planned(place, seats=1)
    told = at_once(*(lambda me=me: str(actions.come(free, by=me, now=BEGIN)) for me in late))
    assert [free.signups.count(), made.signups.count()] == [1, 1]


def test_seats_run_out_and_nobody_takes_two(place):
    made = planned(place, seats=1)
    me = resident(place)
    actions.sign_up(made, by=me, now=NOW)
    with pytest.raises(Refused, match="您已经报名"):
        actions.sign_up(made, by=me, now=NOW)
    with pytest.raises(Refused, match="名额已满"):
        actions.sign_up(made, by=resident(place), now=NOW)
    with pytest.raises(Refused, match="已经开始"):
        actions.sign_up(planned(place), by=me, now=BEGIN)


def test_who_came_is_ticked(place):
    made = planned(place)
    first, second = (actions.sign_up(made, by=resident(place), now=NOW) for _each in range(2))
    by = officer(place.street)
    with pytest.raises(Refused, match="还没有开始"):
        actions.note_who_came(made, [first.pk], by=by, now=NOW)
    actions.note_who_came(made, [first.pk], by=by, now=BEGIN)
    actions.note_who_came(made, [second.pk], [first.pk], by=by, now=BEGIN)
    assert list(SignUp.objects.order_by("pk").values_list("came", flat=True)) == [False, True]


def test_whoever_comes_says_so_on_the_phone_and_may_take_a_free_seat(place):
    made = planned(place, seats=2)
    first, second, third = (resident(place) for _each in range(3))
    signed = actions.sign_up(made, by=first, now=NOW)
    with pytest.raises(Refused, match="开始前一小时"):
        actions.come(made, by=first, now=BEGIN - timedelta(hours=2))
    assert actions.come(made, by=first, now=BEGIN - timedelta(minutes=30)).pk == signed.pk
    with pytest.raises(Refused, match="您已经签到"):
        actions.come(made, by=first, now=BEGIN)
    actions.come(made, by=second, now=BEGIN)
    with pytest.raises(Refused, match="名额已满"):
        actions.come(made, by=third, now=BEGIN)
    with pytest.raises(Refused, match="开始前一小时"):
        actions.come(made, by=third, now=BEGIN + timedelta(hours=4))
    assert list(SignUp.objects.order_by("pk").values_list("came", flat=True)) == [True, True]


def test_who_came_by_phone_is_not_lost_when_an_officer_ticks_an_older_list(place):
    made = planned(place)
    first, second = resident(place), resident(place)
    asked = actions.sign_up(made, by=first, now=NOW)
    actions.sign_up(made, by=second, now=NOW)
    actions.come(made, by=second, now=BEGIN)
    actions.note_who_came(made, [asked.pk], by=officer(place.street), now=BEGIN)
    assert SignUp.objects.filter(came=True).count() == 2


def test_ideas_come_in_while_it_lasts(place):
    made = planned(place)
    with pytest.raises(Refused, match="还没有开始"):
        actions.send_idea(made, "放到傍晚", by=None, now=NOW)
    with pytest.raises(Refused, match="已经结束"):
        actions.send_idea(made, "放到傍晚", by=None, now=BEGIN + timedelta(days=2))
    with pytest.raises(Refused, match="请写下"):
        actions.send_idea(made, "  ", by=None, now=BEGIN)


def test_an_idea_is_read_shown_taken_and_done(place):
    one = idea(planned(place), "taken")
    by = officer(place.street)
    with pytest.raises(Refused, match="怎么落实"):
        actions.finish_idea(one, "", by=by, now=BEGIN)
    actions.finish_idea(one, "已经放到傍晚", by=by, now=BEGIN)
    kept = Idea.objects.get(pk=one.pk)
    assert (kept.stage, kept.owner, kept.due, kept.word) == (
        "done",
        "花园小组",
        SOON,
        "已经放到傍晚",
    )
    with pytest.raises(Refused, match="不能这样办"):
        actions.move_idea(kept, "hide", by=by, now=BEGIN)


def test_what_is_taken_has_an_owner_by_law(place):
    one = idea(planned(place), "shown")
    with pytest.raises(IntegrityError), transaction.atomic():
        Idea.objects.filter(pk=one.pk).update(stage="taken")


def test_an_expert_answers_once(place):
    asked = actions.ask(planned(place), "能不能列支？", by=None, now=BEGIN)
    by = officer(place.street)
    actions.advise(asked, "财务专家", "可以", by=by, now=BEGIN)
    with pytest.raises(Refused, match="已经答复"):
        actions.advise(asked, "财务专家", "不可以", by=by, now=BEGIN)
    assert Question.objects.get().advice == "可以"


def page(client, name, *args, **sent):
    where = reverse(f"training:{name}", args=args)
    answer = client.post(where, sent, follow=True) if sent else client.get(where)
    return answer.content.decode()


def test_an_officer_plans_by_the_page(client, place):
    client.force_login(officer(place.street))
    said = {"title": "怎样记账", "programme": "例子", "place": "三楼", "seats": "0"}
    said |= {"opens": "2024-04-20T14:00", "closes": "2024-04-20T16:00"}
    assert "怎样记账" in page(client, "plan", place.street_id, **said)
    assert Session.objects.count() == 0
    assert "培训已公布" in page(client, "plan", place.street_id, **{**said, "seats": "20"})
    assert "已报0人，共20个名额" in page(client, "street", place.street_id)


def test_a_resident_signs_up_and_speaks_by_phone(client, place, monkeypatch):
    made = planned(place)
    client.force_login(resident(place))
    assert "已报名" in page(client, "session", made.pk, verb="sign_up")
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: BEGIN)
    assert "已签到" in page(client, "session", made.pk, verb="come")
    there = page(client, "session", made.pk)
    assert "我到了" not in there
    assert (there.count('id="idea_text"'), there.count('id="ask_text"')) == (1, 1)
    assert "审看后上墙" in page(client, "session", made.pk, verb="idea", text="放到傍晚")
    assert "放到傍晚" not in page(client, "wall", made.pk)
    actions.move_idea(Idea.objects.get(), "show", by=officer(place.street), now=BEGIN)
    assert "放到傍晚" in page(client, "wall", made.pk)
    assert "问题已交给专家" in page(client, "session", made.pk, verb="ask", text="能列支吗")


def test_the_desk_leads_from_an_idea_to_its_end(client, place, monkeypatch):
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: BEGIN)
    made = planned(place)
    one = idea(made)
    client.force_login(officer(place.street))
    assert "待审" in page(client, "desk", made.pk)
    assert "请先勾选到场的人" in page(client, "desk", made.pk, verb="came")
    page(client, "idea", one.pk, verb="show")
    page(client, "idea", one.pk, verb="take", owner="花园小组", due="2024-05-01")
    page(client, "idea", one.pk, verb="finish", word="已经办了")
    assert Idea.objects.get().stage == "done"
    client.force_login(resident(place))
    assert client.get(reverse("training:desk", args=[made.pk])).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_wall_reads_as_often_for_three_as_for_one(
    client, place, rows, django_assert_num_queries
):
    made = planned(place)
    for _each in range(rows):
        idea(made, "shown")
    with django_assert_num_queries(3):
        page(client, "wall", made.pk)
