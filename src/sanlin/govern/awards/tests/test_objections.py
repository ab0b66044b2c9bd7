"""Objections block, are answered by somebody else, and change what hangs on the wall."""

from datetime import timedelta

import pytest

from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, resident
from sanlin.govern.awards import actions, rules
from sanlin.govern.awards.models import Award, Notice, Objection
from sanlin.govern.awards.queries import standing
from sanlin.ground.verdict import Refused

from .scene import HOUR, in_threads, to_decide

pytestmark = pytest.mark.django_db
TEXT = "这个团队去年已在别处拿过同样的钱。"


def noticed(shares=("1", "9/10", "4/5"), asked=20_000, **values):
    values = {"tiers__shifan__money": 50_000_00, **values}
    case = to_decide(list(shares), asked, **values)
    return case, case.noticed()


def neighbour(case):
    return resident(case.proposals[0].neighbourhood)


def test_an_open_objection_holds_everything_up():
    case, notice = noticed()
    award = case.award(0)
    objection = actions.object_to(award, TEXT, by=neighbour(case), now=NOW + HOUR)
    assert objection.number == 1
    after = notice.closes + HOUR
    assert rules.notices_are_over(case.round, now=NOW).reason == "公示期未满"
    assert rules.notices_are_over(case.round, now=after).reason == "还有1条异议没有答复"
    actions.reject(objection, "经核实，没有重复资助。", by=case.first, now=NOW + HOUR)
    assert rules.notices_are_over(case.round, now=after)
    assert [row.pk for row in standing(case.round)] == [case.award(0).pk, case.award(1).pk]


def test_upheld_cancels_and_the_next_on_the_list_moves_up():
    case, notice = noticed()
    objection = actions.object_to(case.award(0), TEXT, by=neighbour(case), now=NOW)
    with pytest.raises(Refused, match="不能改额"):
        actions.uphold(objection, "属实。", 100_00, by=case.first, now=NOW)
    actions.uphold(objection, "属实，取消立项。", by=case.first, now=NOW)
    assert case.results() == [("cancelled", 0), ("standing", 20_000), ("reserve", 0)]
    later = NOW + timedelta(days=2)
    supplement = actions.promote(case.award(2), by=case.second, now=later)
    assert case.results() == [("cancelled", 0), ("standing", 20_000), ("standing", 20_000)]
    assert supplement.award_id == case.award(2).pk
    assert supplement.closes > notice.closes
    assert not rules.notices_are_over(case.round, now=notice.closes + HOUR)
    assert rules.notices_are_over(case.round, now=supplement.closes)


def test_upheld_may_lower_the_grant_where_the_pack_says_change():
    case, _notice = noticed(objection__upheld="change")
    objection = actions.object_to(case.award(0), TEXT, by=neighbour(case), now=NOW)
    for wrong in (0, 20_000_00, 30_000_00):
        with pytest.raises(Refused, match="须低于原立项金额"):
            actions.uphold(objection, "部分属实。", wrong, by=case.first, now=NOW)
    actions.uphold(objection, "部分属实，核减五千元。", 15_000_00, by=case.first, now=NOW)
    assert case.award(0).grant == 15_000_00
    assert Notice.objects.filter(award=case.award(0)).get().snapshot["awards"][0]["note"] == (
        "部分属实，核减五千元。"
    )


def test_nobody_moves_up_without_a_free_place():
    case, _notice = noticed()
    with pytest.raises(Refused, match="没有空出的名额"):
        actions.promote(case.award(2), by=case.first, now=NOW)


def cancelled_first(case):
    Award.objects.filter(pk=case.award(0).pk).update(stage="cancelled", grant=0)


def test_nobody_moves_up_on_more_than_became_free():
    case = to_decide(["1", "9/10"], 20_000, 30_000, tiers__shifan__money=45_000_00)
    case.noticed()
    cancelled_first(case)
    with pytest.raises(Refused, match="空出的资金不足"):
        actions.promote(case.award(1), by=case.first, now=NOW)
    assert case.results() == [("cancelled", 0), ("reserve", 0)]


def test_nobody_moves_up_over_the_cap_of_its_community():
    here, there = neighbourhood(), neighbourhood()
    shares, places = ["1", "9/10", "4/5"], [here, there, there]
    case = to_decide(shares, 20_000, places=places, community_cap=30_000_00)
    case.noticed()
    cancelled_first(case)
    with pytest.raises(Refused, match="上限"):
        actions.promote(case.award(2), by=case.first, now=NOW)
    assert case.results() == [("cancelled", 0), ("standing", 20_000), ("reserve", 0)]


def test_who_may_object_and_when():
    case, notice = noticed()
    award = case.award(0)
    assert rules.can_object(resident(), award, now=NOW).reason == (
        "只有本街道的居民和团队成员可以提出异议"
    )
    waiting = resident(case.proposals[0].neighbourhood, verified_on=None)
    assert not rules.can_object(waiting, award, now=NOW)
    assert rules.can_object(neighbour(case), award, now=NOW)
    assert rules.can_object(neighbour(case), award, now=notice.closes).reason == (
        "公示期已过或尚未开始，不能提出异议"
    )
    assert rules.can_object(case.proposals[1].author, award, now=NOW)


def test_one_waiting_objection_a_person_and_award():
    case, _notice = noticed()
    who = neighbour(case)
    first = actions.object_to(case.award(0), TEXT, by=who, now=NOW)
    with pytest.raises(Refused, match="正在处理"):
        actions.object_to(case.award(0), TEXT, by=who, now=NOW)
    assert actions.object_to(case.award(1), TEXT, by=who, now=NOW).number == 2
    actions.reject(first, "经核实不属实。", by=case.first, now=NOW)
    assert actions.object_to(case.award(0), TEXT, by=who, now=NOW).number == 3


def test_nobody_answers_herself():
    case, _notice = noticed()
    both = officer(case.round.street, account=neighbour(case))
    objection = actions.object_to(case.award(0), TEXT, by=both, now=NOW)
    assert rules.can_answer(both, objection, now=NOW).reason == "不能答复自己提出的异议"


def test_the_pages(client):
    case, _notice = noticed()
    award = case.award(0)
    who = neighbour(case)
    page = f"/awards/{award.pk}/object/"
    assert client.get(page).status_code == 302  # to sign in
    client.force_login(who)
    assert client.get(page).status_code == 403  # the real clock is long past the notice
    objection = actions.object_to(award, TEXT, by=who, now=NOW)
    client.logout()
    public = client.get(f"/rounds/{case.round.pk}/notice/").content.decode()
    assert "第1号" in public
    assert TEXT not in public
    assert who.name not in public
    client.force_login(case.second)
    answer = f"/objections/{objection.pk}/"
    for door, up in ((answer, "objections"), (f"/awards/{award.pk}/", "notice")):
        way = f'<a href="/rounds/{case.round.pk}/{up}/">‹ '
        assert way in client.get(door).content.decode(), door
    assert "请先改好" in client.post(answer, {"verdict": "so", "answer": ""}).content.decode()
    told = {"verdict": "reject", "answer": "经核实不属实。", "key": "k"}
    assert client.post(answer, told).status_code == 302
    assert Objection.objects.get().stage == "rejected"
    public = client.get(f"/rounds/{case.round.pk}/notice/").content.decode()
    assert "经核实不属实。" in public


@pytest.mark.django_db(transaction=True)
def test_many_objections_at_once_are_numbered_one_by_one():
    case, _notice = noticed()
    people = [neighbour(case) for _ in range(6)]

    def complain(n):
        actions.object_to(Award.objects.get(pk=case.award(0).pk), TEXT, by=people[n], now=NOW)
        return "filed"

    assert in_threads(6, complain) == ["filed"] * 6
    numbers = Objection.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_a_free_place_is_taken_once():
    case, _notice = noticed(["1", "9/10", "4/5", "7/10"], asked=20_000)
    objection = actions.object_to(case.award(0), TEXT, by=neighbour(case), now=NOW)
    actions.uphold(objection, "属实，取消立项。", by=case.first, now=NOW)

    def promote(n):
        try:
            actions.promote(Award.objects.get(pk=case.award(2).pk), by=case.first, now=NOW)
        except Refused:
            return "refused"
        return "up"

    assert in_threads(4, promote) == ["refused", "refused", "refused", "up"]
    assert [stage for stage, _ in case.results()] == [
        "cancelled",
        "standing",
        "standing",
        "reserve",
    ]
