"""A project's own small round: its pot is a head of the project, its payments are its spending."""

from datetime import timedelta

import pytest

from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.projects import actions, queries, rules
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.projects.tests.scene import (
    answers,
    awarded,
    fresh,
    leader,
    pay,
    project,
    receipt,
    signed,
)
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds import rules as round_rules
from sanlin.govern.rounds.rules.windows import spans_of
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.clock import local_day
from sanlin.ground.ui.words import day
from sanlin.ground.verdict import Refused

TODAY = local_day(NOW)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def mother():
    """A running project of 10,000 yuan that has received 5,000, with 7,000 planned on goods."""
    one = signed(project())
    pay(one, "first")
    return fresh(one)


def child(one, **more):
    return actions.open_child(one, answers(one, **more), by=officer(one.round.street), now=NOW)


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
    with pytest.raises(Refused):
        actions.open_child(one, answers(one), by=leader(one), now=NOW)


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


@pytest.mark.parametrize(
    ("decides", "wanted"),
    [
        ("score", ("call", "screening", "review", "running")),
        ("votes", ("call", "screening", "vote", "running")),
        ("blend", ("call", "screening", "review", "vote", "running")),
    ],
)
def test_a_handful_of_answers_is_all_that_a_small_round_needs(decides, wanted):
    one = mother()
    me = officer(one.round.street)
    made = child(one, decides=decides)
    round = made.round
    assert round_rules.lacking(round, now=NOW) == []
    assert tuple(spans_of(round)) == wanted
    round = rounds.open_call(round, by=me, now=NOW)
    told, as_before = round.rules, one.round.rules
    assert (told.budget, told.project_cap) == (3_000_00, 1_500_00)
    assert told.award.method == decides
    assert told.numbering == as_before.numbering
    assert (told.notice, told.objection) == (as_before.notice, as_before.objection)
    if decides != "score":
        assert (told.vote.unit, told.vote.min_age) == (
            as_before.vote.unit,
            as_before.vote.min_age,
        )
    first, last = (local_day(end) for end in spans_of(round)["running"])
    assert last == one.undertaking.ends
    assert told.windows["running"].days == (last - first).days + 1


def test_groups_need_a_week_to_carry_something_out():
    one = mother()
    early = answers(one, ends=TODAY + timedelta(days=20))
    with pytest.raises(rules.TooShort) as short:
        rules.draft_of(one, early, now=NOW)
    earliest = short.value.earliest
    (words,) = rules.child_faults(one, early, now=NOW).values()
    assert words == f"征集、决定和公示以后只剩几天，最早到{day(earliest)}"
    enough = answers(one, ends=earliest)
    assert rules.child_faults(one, enough, now=NOW) == {}
    first, last = rules.draft_of(one, enough, now=NOW).spans["running"]
    assert (local_day(last) - local_day(first)).days + 1 == 7


def test_fewer_groups_than_wanted_are_let_through_by_a_deed_of_its_own():
    one = mother()
    few = carried(one, 1_000_00, least=2)
    me = officer(one.round.street)
    (told,) = queries.children_of(one)
    assert (told.asked, told.least) == (1, 2)
    with pytest.raises(Refused, match="请填1到1之间的数"):
        actions.lower_least(few, 2, by=me, now=NOW)
    with pytest.raises(Refused):
        actions.lower_least(few, 1, by=leader(one), now=NOW)
    few = actions.lower_least(few, 1, by=me, now=NOW)
    actions.confirm(few.round, by=me, now=NOW)
    assert Project.objects.filter(round=few.round).count() == 1
    few = ChildRound.objects.get(pk=few.pk)
    with pytest.raises(Refused, match="已经立项"):
        actions.lower_least(few, 1, by=me, now=NOW)
