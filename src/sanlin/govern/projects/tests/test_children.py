"""A project's own small round: its pot is a head of the project, its payments are its spending."""

import pytest

from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.projects import actions, queries, rules
from sanlin.govern.projects.actions.children import Child
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.projects.tests.scene import (
    awarded,
    fresh,
    leader,
    pay,
    project,
    receipt,
    signed,
)
from sanlin.govern.rounds.tests.scene import PACK, open_round, pack_text
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def mother():
    """A running project of 10,000 yuan that has received 5,000, with 7,000 planned on goods."""
    one = signed(project())
    pay(one, "first")
    return fresh(one)


def child(one, *, amount=3_000_00, least=2, head="materials", name="小组微资助"):
    asked = Child(name, pack_text(PACK), head, amount, least)
    return actions.open_child(one, asked, by=officer(one.round.street), now=NOW)


def carried(one, *grants, least=2):
    """The mother's round carried to its confirmation, one group a grant."""
    made = child(one, least=least)
    round = open_round("notice", on=one.round.street)
    ChildRound.objects.filter(pk=made.pk).update(round=round)
    awarded(*grants, round=round)
    return ChildRound.objects.select_related("round__street").get(pk=made.pk)


def test_the_pot_is_a_head_of_the_mothers_plan():
    one = mother()
    receipt(one, 4_500_00, accepted=True)
    with pytest.raises(Refused, match="还有¥2,500可以用于子项目"):
        child(one)
    made = child(one, amount=2_500_00)
    assert made.round.officer_values["budget"] == 2_500_00
    assert rules.flows(fresh(one)).set_aside == {"materials": 2_500_00}
    more = receipt(one, 1_00)
    with pytest.raises(Refused, match="须先申请变更"):
        actions.accept(more, by=worker(one.place), now=NOW)


def test_only_an_officer_of_a_running_project_opens_one():
    one = project()
    with pytest.raises(Refused, match="实施期间"):
        child(one)
    one = signed(one)
    asked = Child("小组", pack_text(PACK), "materials", 1_000_00, 2)
    with pytest.raises(Refused):
        actions.open_child(one, asked, by=leader(one), now=NOW)


def test_too_few_groups_or_too_much_money_stop_the_confirmation():
    few = carried(mother(), 1_000_00, least=2)
    with pytest.raises(Refused, match="至少要有2个小组申报，现在只有1个"):
        actions.confirm(few.round, by=officer(few.round.street), now=NOW)
    much = carried(mother(), 2_000_00, 1_500_00)
    with pytest.raises(Refused, match="合计¥3,500，超过母项目预留的¥3,000"):
        actions.confirm(much.round, by=officer(much.round.street), now=NOW)


def test_what_groups_are_paid_is_spending_of_the_mother():
    one = mother()
    made = carried(one, 1_000_00, 1_200_00)
    before = position(one.fund)
    actions.confirm(made.round, by=officer(made.round.street), now=NOW)
    groups = list(Project.objects.whole().filter(round=made.round).order_by("number"))
    assert [group.fund_id for group in groups] == [one.fund_id] * 2
    assert queries.fund_of(made.round) == one.fund
    first = signed(groups[0])
    assert position(one.fund) == before
    part = pay(first, "first")
    told = position(one.fund)
    assert (told.cash, told.cost, told.owed) == (before.cash, before.cost, before.owed)
    assert wrong_books(one.fund) == []
    money = rules.flows(fresh(one))
    assert money.spent == {"materials": part.amount}
    assert money.set_aside == {"materials": 3_000_00 - part.amount}
    (row,) = queries.with_money(Project.objects.filter(pk=one.pk))
    assert row.spent == part.amount
    with pytest.raises(Refused, match="子项目不能再开设子项目"):
        child(first)
    with pytest.raises(Refused, match="还没有结束"):
        actions.stop(one, "团队解散", by=officer(one.round.street), now=NOW)


def test_a_mother_gives_no_more_than_she_holds():
    one = signed(project())
    made = carried(one, 2_000_00, 500_00)
    actions.confirm(made.round, by=officer(made.round.street), now=NOW)
    group = signed(Project.objects.whole().filter(round=made.round).order_by("number")[0])
    with pytest.raises(Refused, match="母项目手里只有¥0"):
        pay(group, "first")


def test_what_a_group_returns_goes_back_to_the_mother():
    one = mother()
    made = carried(one, 1_000_00, 1_200_00)
    actions.confirm(made.round, by=officer(made.round.street), now=NOW)
    group = signed(Project.objects.whole().filter(round=made.round).order_by("number")[0])
    part = pay(group, "first")
    me = officer(one.round.street)
    before = position(one.fund)
    actions.stop(group, "小组解散", by=me, now=NOW)
    actions.give_back(group, part.amount, by=me, now=NOW)
    assert position(one.fund) == before
    assert rules.flows(fresh(one)).spent == {"materials": 0}
    assert wrong_books(one.fund) == []
    assert group.award.stage == award_stages.STANDING


def test_a_groups_payment_is_taken_back_to_the_mother():
    one = mother()
    made = carried(one, 1_000_00, 1_200_00)
    actions.confirm(made.round, by=officer(made.round.street), now=NOW)
    group = signed(Project.objects.whole().filter(round=made.round).order_by("number")[0])
    before = position(one.fund)
    part = pay(group, "first")
    me = officer(one.round.street)
    handed_on = one.instalments.get(key="first")
    with pytest.raises(Refused, match="已经拨给子项目的小组"):
        actions.take_back_payment(handed_on, "户名写错", by=me, now=NOW)
    actions.take_back_payment(part, "户名写错", by=me, now=NOW)
    assert position(one.fund) == before
    assert sum(rules.flows(fresh(one)).spent.values()) == 0
    assert rules.flows(fresh(group)).paid == 0
    assert wrong_books(one.fund) == []
    actions.take_back_payment(handed_on, "户名写错", by=me, now=NOW)
    assert position(one.fund).paid == 0
    with pytest.raises(Refused, match="母项目手里只有¥0"):
        pay(group, "first")
