"""What waits for whom, from the confirmation to the settlement."""

from datetime import date

import pytest

from sanlin.commons.funds import actions as funds
from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.tests.scene import NOW, officer, resident, worker
from sanlin.govern.projects import actions, queries
from sanlin.govern.projects.models import Project
from sanlin.govern.projects.rules import owed_back
from sanlin.govern.projects.tests.scene import (
    awarded,
    cashier,
    fresh,
    leader,
    mark,
    pay,
    project,
    receipt,
    reviewed,
    running_round,
    signed,
    told,
)
from sanlin.ground.clock import local_day
from sanlin.ground.verdict import Refused
from sanlin.kernel.ledger import DUTIES

pytestmark = pytest.mark.django_db


def titles(who):
    return [one.title for one in queries.waiting(who, now=NOW)]


def step(one):
    (found,) = queries.next_steps(leader(one), now=NOW)
    return found.words


def test_a_project_asks_each_side_for_the_next_thing():
    one = project()
    me, other, helper = officer(one.round.street), officer(one.round.street), worker(one.place)
    keeper, payer = officer(one.round.street), cashier(one)
    assert titles(me) == titles(helper) == ["签署1份协议"]
    assert step(one) == "签署协议"
    actions.sign(one, by=leader(one), now=NOW)
    assert step(one) == "看协议"
    actions.sign(one, by=helper, now=NOW)
    assert titles(helper) == []
    assert titles(payer) == []
    actions.sign(one, by=keeper, now=NOW)
    assert titles(me) == ["申请拨付1笔"]
    assert step(one) == "上传票据"
    actions.propose(one.instalments.get(key="first"), by=me, now=NOW)
    assert (titles(me), titles(other)) == ([], ["审批1笔拨款"])
    assert titles(payer) == []
    actions.approve(one.instalments.get(key="first"), by=other, now=NOW)
    (found,) = queries.waiting(payer, now=NOW)
    assert (found.title, found.why) == ("付款1笔", "潍坊新村街道")
    assert found.href == f"/streets/{one.round.street_id}/payments/?stage=to_pay"
    assert local_day(found.due) == one.instalments.get(key="first").due
    assert titles(other) == []
    actions.pay(one.instalments.get(key="first"), by=payer, now=NOW)
    assert titles(payer) == []
    made = receipt(one)
    assert titles(me) == titles(helper) == ["审核1张票据"]
    assert titles(payer) == []
    actions.return_receipt(made, "看不清楚", by=helper, now=NOW)
    assert step(one) == "补正退回的票据"
    told(one, "midterm")
    assert titles(me) == ["评估1份报告"]
    assert step(one) == "看项目"
    mark(one, 80)
    pay(one, "second")
    reviewed(one, "closing", 20)
    assert titles(me) == ["结算并结项"]
    (found,) = queries.next_steps(leader(one), now=NOW)
    assert found.why == "请把¥9,000退回街道，街道登记后即可结项"
    with pytest.raises(Refused, match="已经办过经办"):
        actions.give_back(one, 9_000_00, by=me, now=NOW)
    actions.give_back(one, 9_000_00, by=officer(one.round.street), now=NOW)
    actions.close(one, by=me, now=NOW)
    assert titles(me) == []


def test_what_a_stopped_project_owes_waits_for_whoever_books():
    one = signed(project())
    me = officer(one.round.street)
    pay(one, "first")
    sent = receipt(one, 1_000_00)
    actions.stop(fresh(one), "团队解散", by=me, now=NOW)
    books = officer(one.round.street)
    funds.entrust(one.fund, books, "book", by=me, now=NOW)
    assert titles(me) == ["审核1张票据"]
    assert titles(books) == []
    assert step(one) == "看项目"
    with pytest.raises(Refused, match="还有1张票据没有审核"):
        actions.give_back(fresh(one), 1, by=books, now=NOW)
    actions.accept(sent, by=worker(one.place), now=NOW)
    assert titles(me) == titles(cashier(one)) == []
    owed = fresh(one)
    (asked,) = queries.waiting_for_team(leader(one), now=NOW)
    assert asked.why.startswith("请把")
    (found,) = queries.waiting(books, now=NOW)
    where = f"/projects/{one.pk}/desk/"
    assert (found.title, found.why, found.href) == ("登记退款", str(one), where)
    left = owed_back(owed)
    actions.give_back(owed, left - 1, by=books, now=NOW)
    assert titles(books) == ["登记退款"]
    actions.give_back(owed, 1, by=books, now=NOW)
    assert titles(books) == []


def test_where_nobody_pays_the_officers_are_told_and_led_to_the_duties():
    one = project()
    me = officer(one.round.street)
    for hand in (leader(one), worker(one.place), officer(one.round.street)):
        actions.sign(one, by=hand, now=NOW)
    found = queries.waiting(me, now=NOW)
    assert [row.title for row in found] == ["安排出纳：1笔拨款还没有人付款", "申请拨付1笔"]
    assert found[0].href == f"/funds/{one.fund_id}/duties/"
    cashier(fresh(one))
    assert titles(me) == ["申请拨付1笔"]


def test_whoever_has_another_duty_is_not_asked():
    """What is entrusted waits for whoever it is entrusted to, and for nobody else."""
    one = project()
    street = one.round.street
    people = {kind: officer(street) for kind in DUTIES}
    funds.entrust_all(one.fund, people, by=people["handle"], now=NOW)

    def asked():
        return {kind: titles(who) for kind, who in people.items() if titles(who)}

    assert asked() == {"seal": ["签署1份协议"]}
    for hand in (leader(one), worker(one.place), people["seal"]):
        actions.sign(one, by=hand, now=NOW)
    assert asked() == {"handle": ["申请拨付1笔"]}
    part = one.instalments.get(key="first")
    actions.propose(part, by=people["handle"], now=NOW)
    assert asked() == {"approve": ["审批1笔拨款"]}
    actions.approve(part, by=people["approve"], now=NOW)
    assert asked() == {"pay": ["付款1笔"]}
    actions.pay(part, by=people["pay"], now=NOW)
    receipt(one)
    assert asked() == {kind: ["审核1张票据"] for kind in ("approve", "handle")}


def test_returned_receipts_and_due_reports_wait_for_the_team_that_leads():
    one = signed(project())
    who = leader(one)
    span = one.undertaking
    span.starts, span.ends = date(2024, 4, 1), date(2024, 4, 30)
    span.save()

    def asked(at):
        return [(step.words, step.why) for step in queries.waiting_for_team(who, now=at)]

    assert asked(NOW) == []
    half = NOW.replace(day=16, month=4)
    assert asked(half) == [("提交中期报告", "项目时间已经过半")]
    actions.return_receipt(receipt(one), "看不清楚", by=worker(one.place), now=NOW)
    assert asked(half) == [("补正退回的票据", "有票据被退回"), ("提交中期报告", "项目时间已经过半")]
    actions.return_report(told(one, "midterm"), "请写清人次", by=officer(one.round.street), now=NOW)
    assert asked(NOW)[1:] == [("提交中期报告", "报告被退回，请改好后再交")]
    reviewed(one, "midterm", 80)
    assert asked(half)[1:] == []
    assert asked(NOW.replace(day=2, month=5))[1:] == [
        ("提交结项报告", "项目已于2024年4月30日 (周二)到期")
    ]
    member = resident(one.place)
    Membership.objects.create(organisation=one.team, account=member, since=date(2024, 1, 1))
    assert queries.waiting_for_team(member, now=half) == []
    assert len(queries.next_steps(member, now=half)) == 1


def test_what_is_asked_for_comes_first_and_what_is_over_last():
    """Of the projects of whoever leads several, in whatever order they were granted."""
    asked, quiet, over = Project.objects.whole().filter(round=running_round(1, 1, 1)).order_by("pk")
    who = leader(asked)
    for one in (quiet, over):
        Membership.objects.create(
            organisation=one.team, account=who, leads=True, since=date(2024, 1, 1)
        )
    for one in (asked, quiet, over):
        signed(one)
    actions.return_receipt(receipt(asked, 1), "看不清楚", by=worker(asked.place), now=NOW)
    actions.stop(fresh(over), "团队解散", by=officer(over.round.street), now=NOW)
    found = [(it.project.pk, it.waits) for it in queries.next_steps(who, now=NOW)]
    assert found == [(asked.pk, True), (quiet.pk, False), (over.pk, False)]


def test_nothing_waits_for_others():
    one = project()
    for who in (officer(), worker(), resident(one.place)):
        assert titles(who) == []
        assert queries.next_steps(who, now=NOW) == []


@pytest.mark.parametrize("count", [1, 3])
def test_waiting_is_read_in_a_constant_number_of_queries(count, django_assert_num_queries):
    round = running_round(*[9_000_00 + n for n in range(count)])
    for one in Project.objects.whole():
        signed(one)
        receipt(one)
        told(one, "midterm")
    me = officer(round.street)
    with django_assert_num_queries(3):
        found = queries.waiting(me, now=NOW)
    assert [one.title for one in found] == [
        f"申请拨付{count}笔",
        f"评估{count}份报告",
        f"审核{count}张票据",
    ]


def test_a_round_s_money_before_and_after_it_is_confirmed():
    round = awarded(10_000_00, 8_000_00)
    assert queries.position_of_round(round) == queries.Money(20_000_00, 18_000_00, 0)
    assert queries.fund_of(round) is None
    actions.confirm(round, by=officer(round.street), now=NOW)
    one = signed(Project.objects.whole().get(grant=10_000_00))
    pay(one, "first")
    money = queries.position_of_round(round)
    assert (money.approved, money.paid, money.left) == (18_000_00, 5_000_00, 13_000_00)
    actions.stop(one, "团队解散", by=officer(round.street), now=NOW)
    actions.give_back(one, 5_000_00, by=officer(round.street), now=NOW)
    money = queries.position_of_round(round)
    assert (money.paid, money.returned) == (0, 5_000_00)


def test_running_costs_wait_for_whoever_approves_and_pays_them():
    one = signed(project())
    payer = cashier(one)
    me, other = officer(one.round.street), officer(one.round.street)
    before = {who: titles(who) for who in (me, other, payer)}
    cost = funds.ask_running(one.fund, 100_00, "议事会茶水", by=me, now=NOW)
    assert (titles(me), titles(payer)) == (before[me], before[payer])
    (found,) = [it for it in queries.waiting(other, now=NOW) if "运行经费" in it.title]
    assert (found.title, found.why) == ("审批1笔运行经费", one.fund.name)
    assert found.href == f"/funds/{one.fund_id}/running/"
    cost = funds.approve_running(cost, by=other, now=NOW)
    assert titles(other) == before[other]
    assert "付款1笔运行经费" in titles(payer)
    funds.pay_running(cost, by=payer, now=NOW)
    assert titles(payer) == before[payer]


def test_grades_carry_over():
    one = signed(project())
    reviewed(one, "midterm", 80)
    reviewed(one, "closing", 95)
    (row,) = queries.carried(one.round)
    assert (row.grade, row.consequence) == ("优秀", ("showcase", "next_tier"))
    assert (row.next_tier, row.barred_until) == ("示范类", None)
    assert queries.consequence_words(row.consequence) == "展示推广、下一年可申报更高类别"
    assert fresh(one).grade_name == "优秀"
