"""What pages of projects ask the database, whatever they list."""

import re

import pytest

from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.projects import actions
from sanlin.govern.projects.models import Project
from sanlin.govern.projects.tests.pages import go, text
from sanlin.govern.projects.tests.scene import (
    answers,
    approved,
    awarded,
    fresh,
    leader,
    pay,
    project,
    receipt,
    running_round,
    signed,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_time_of_the_round")]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("list", 9),
        ("payments", 10),
        ("sheet", 5),
        ("circles", 10),
        ("close_round", 8),
        ("round_receipts", 8),
        ("round_reports", 6),
    ],
)
def test_lists_take_a_constant_number_of_queries(
    client, count, name, queries, django_assert_num_queries
):
    round = running_round(*[9_000_00 + n for n in range(count)])
    made = list(Project.objects.whole())
    for one in made:
        signed(one)
        pay(one, "first")
        receipt(one, 100_00)
        told(one, "midterm")
    me = officer(round.street)
    circle = actions.make_circle(round, "一组", by=me, now=NOW)
    actions.assign(circle, made, by=me, now=NOW)
    client.force_login(me)
    client.get(go(name, round.pk))
    with django_assert_num_queries(queries):
        page = client.get(go(name, round.pk))
    assert all(str(one) in text(page) for one in made)


@pytest.mark.parametrize("count", [1, 3])
def test_what_a_street_has_to_pay_takes_eight_queries(client, count, django_assert_num_queries):
    round = running_round(*[9_000_00 + n for n in range(count)])
    made = list(Project.objects.whole())
    for one in made:
        approved(signed(one), "first")
    client.force_login(made[0].fund.duties.get(kind="pay").account)
    where = go("street_payments", round.street_id)
    client.get(where)
    with django_assert_num_queries(8):
        page = text(client.get(where))
    assert all(str(one) in page for one in made)
    assert re.findall(r'name="verb" value="(\w+)"', page) == ["pay"]
    client.force_login(worker(made[0].place))
    assert 'name="verb"' not in text(client.get(where))
    client.force_login(officer(round.street))
    found = re.findall(r'name="verb" value="(\w+)"', text(client.get(where)))
    assert found == ["propose", "approve"]
    client.force_login(made[0].fund.duties.get(kind="pay").account)
    answer = client.get(where + "?stage=to_pay&format=xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")


def test_a_fund_without_a_cashier_says_so_and_where_to_name_one(client):
    one = project()
    street = one.round.street
    for hand in (leader(one), worker(one.place), officer(street)):
        actions.sign(one, by=hand, now=NOW)
    approved(fresh(one), "first")
    me = officer(street)
    client.force_login(me)
    door = f'href="/funds/{one.fund_id}/duties/"'
    for page in (go("desk", one.pk), go("payments", one.round.pk), "/desk/"):
        assert door in text(client.get(page)), page
    assert "还没有人负责出纳，付不了款" in text(client.get(go("desk", one.pk)))
    client.force_login(worker(one.place))
    page = text(client.get(go("payments", one.round.pk)))
    assert "请街道工作人员安排" in page
    assert door not in page
    client.force_login(me)
    where, hand = f"/funds/{one.fund_id}/duties/", officer(street)
    assert "请至少为一个岗位选一个人" in text(client.post(where, {"pay": ""}))
    twice = text(client.post(where, {"pay": hand.pk, "seal": hand.pk}))
    assert "不能再负责保管印鉴" in twice
    assert not one.fund.duties.exists()
    assert "已安排" in text(client.post(where, {"pay": hand.pk, "seal": me.pk}, follow=True))
    assert one.fund.duties.count() == 2
    assert door not in text(client.get(go("payments", one.round.pk)))


@pytest.mark.parametrize("count", [1, 3])
def test_my_projects_take_a_constant_number_of_queries(client, count, django_assert_num_queries):
    round = awarded(*[9_000_00 + n for n in range(count)])
    team = round.decisions.get().awards.first().proposal.team
    for award in round.decisions.get().awards.all():
        award.proposal.team = team
        award.proposal.save()
    actions.confirm(round, by=officer(round.street), now=NOW)
    client.force_login(leader(Project.objects.whole().first()))
    client.get(go("mine"))
    with django_assert_num_queries(5):
        page = text(client.get(go("mine")))
    assert page.count("签署后才能拨款") == count


@pytest.mark.parametrize("count", [1, 3])
def test_receipts_take_a_constant_number_of_queries(client, count, django_assert_num_queries):
    one = signed(project())
    for _n in range(count):
        receipt(one, 100_00)
    client.force_login(leader(one))
    client.get(go("receipts", one.pk))
    with django_assert_num_queries(8):
        page = text(client.get(go("receipts", one.pk)))
    assert page.count('class="cell-title">花盆') == count


def test_a_desk_on_which_a_payment_can_be_asked_for_takes_ten_queries(
    client, django_assert_num_queries
):
    one = signed(project())
    client.force_login(officer(one.round.street))
    client.get(go("desk", one.pk))
    with django_assert_num_queries(10):
        page = text(client.get(go("desk", one.pk)))
    assert "申请拨付" in page


def test_a_desk_with_all_that_it_can_show_takes_twelve_queries(client, django_assert_num_queries):
    one = signed(project())
    pay(one, "first")
    told(one, "midterm")
    me = officer(one.round.street)
    actions.review(one.reports.get(), 80, "请继续", by=me, now=NOW)
    actions.open_child(fresh(one), answers(one), by=me, now=NOW)
    client.force_login(me)
    client.get(go("desk", one.pk))
    client.post(go("close", one.pk))  # which is refused, in a message
    with django_assert_num_queries(12):
        page = client.get(go("desk", one.pk))
    assert len(list(page.context["messages"])) == 1
    assert all(words in text(page) for words in ("申请拨付", "小组微资助"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_project_with_small_rounds_takes_eleven_queries_of_its_leader(
    client, count, django_assert_num_queries
):
    one = signed(project())
    pay(one, "first")
    for n in range(count):
        asked = answers(one, name=f"第{n}轮", amount=1_500_00)
        actions.open_child(one, asked, by=officer(one.round.street), now=NOW)
    asked = answers(one, name="再办一轮", amount=1_500_00)
    actions.ask_child(one, asked, send=True, by=leader(one), now=NOW)
    client.force_login(leader(one))
    client.get(go("project", one.pk))
    with django_assert_num_queries(11):
        page = text(client.get(go("project", one.pk)))
    assert "再办一轮" in page
    assert "待街道办理" in page
