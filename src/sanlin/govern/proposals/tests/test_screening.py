"""The formal checks, one correction, one appeal, and what still waits."""

from datetime import date, timedelta

import pytest

from sanlin.commons.people.tests.scene import (
    NOW,
    auditor,
    judge,
    neighbourhood,
    officer,
    resident,
    worker,
)
from sanlin.govern.proposals import actions, jobs, rules, stages
from sanlin.govern.proposals.actions import Found
from sanlin.govern.proposals.models import Answer, Proposal, Result, Screening
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

from . import town
from .scene import proposal

pytestmark = pytest.mark.django_db
YES, NO = Found(Answer.FULFILLED), Found(Answer.NOT_FULFILLED)
FINE = {"heard": YES, "applicant": YES}
UNHEARD = {"heard": Found(Answer.NOT_FULFILLED, "请补会议记录"), "applicant": YES}


@pytest.fixture
def round():
    return town.open_round(round_stages.SCREENING)


@pytest.fixture
def zhou(round):
    return officer(round.street)


def screen(thing, result, findings, by, now=NOW, **words):
    return actions.screen(thing, Result(result), findings, by=by, now=now, **words)


def test_what_keeps_all_checks_is_admitted(round, zhou):
    admitted = screen(proposal(round, stages.SUBMITTED), "admit", FINE, zhou)
    assert admitted.stage == stages.ADMITTED
    row = Screening.objects.get()
    assert [(f.code, f.answer, f.correctable) for f in row.findings.all()] == [
        ("heard", "yes", True),
        ("applicant", "yes", False),
    ]
    assert (row.by, row.until, Entry.objects.get().deed) == (zhou, None, "proposal.screen")


@pytest.mark.parametrize(
    ("result", "findings", "words", "reason"),
    [
        ("admit", {"heard": YES}, {}, "还有1项审查事项没有判断"),
        ("admit", {"heard": YES, "applicant": NO}, {}, "有不符合的事项或不予受理理由，不能通过"),
        ("admit", FINE, {"refusals": ["private_matter"]}, "有不符合的事项或不予受理理由，不能通过"),
        ("return", FINE, {}, "没有不符合的事项，不需要退回补正"),
        (
            "return",
            {"heard": NO, "applicant": NO},
            {},
            "有不可补正的问题，不能退回补正，请不予受理",
        ),
        ("refuse", FINE, {"note": "见说明"}, "不予受理须选至少一条理由，或有不符合的事项"),
        ("refuse", FINE, {"refusals": ["private_matter"]}, "不予受理须写明说明，团队会看到"),
        (
            "refuse",
            FINE,
            {"refusals": ["x"], "note": "x"},
            "有不认识的审查事项或理由，请刷新后再填",
        ),
        ("admit", {**FINE, "x": YES}, {}, "有不认识的审查事项或理由，请刷新后再填"),
    ],
)
def test_a_conclusion_follows_from_the_answers(round, zhou, result, findings, words, reason):
    one = proposal(round, stages.SUBMITTED)
    with pytest.raises(Refused, match=reason):
        screen(one, result, findings, zhou, **words)
    assert (Proposal.objects.get().stage, Screening.objects.count()) == (stages.SUBMITTED, 0)


def test_one_correction_within_working_days(round, zhou):
    one = proposal(round, stages.SUBMITTED, asked=9_000_00, own_funds=1_000_00)
    one = screen(one, "return", UNHEARD, zhou)
    assert Screening.objects.get().until == date(2024, 4, 17)  # five working days after the 10th
    one = actions.save(one, "need", {"need": "附会议记录"}, version=0, by=one.author, now=NOW)
    late = NOW + timedelta(days=8)
    with pytest.raises(Refused, match="补正期限已过"):
        actions.resubmit(one, version=one.version, by=one.author, now=late)
    one = actions.resubmit(one, version=one.version, by=one.author, now=NOW + timedelta(days=7))
    assert (one.stage, one.need, one.number) == (stages.SUBMITTED, "附会议记录", 1)
    assert [r.why for r in one.revisions.all()] == ["submit", "resubmit"]
    with pytest.raises(Refused, match="只能退回补正一次，请通过或不予受理"):
        screen(one, "return", UNHEARD, zhou)
    assert screen(one, "admit", FINE, zhou).stage == stages.ADMITTED


def test_what_is_not_corrected_in_its_days_is_refused_by_the_clock(round, zhou):
    one = screen(proposal(round, stages.SUBMITTED), "return", UNHEARD, zhou)
    assert jobs.refuse_uncorrected(now=NOW + timedelta(days=7)) == 0
    assert jobs.refuse_uncorrected(now=NOW + timedelta(days=8)) == 1
    assert jobs.refuse_uncorrected(now=NOW + timedelta(days=8)) == 0
    one.refresh_from_db()
    last = Screening.objects.latest("turn")
    assert (one.stage, last.by, last.refusals) == (stages.REFUSED, None, [actions.UNCORRECTED])
    assert last.until == date(2024, 4, 23)


def refused(round, by):
    one = proposal(round, stages.SUBMITTED)
    return screen(one, "refuse", FINE, by, refusals=["private_matter"], note="属于单户")


def test_an_appeal_goes_to_another_officer_and_ends_there(round, zhou):
    one = refused(round, zhou)
    one = actions.appeal(one, "六户共用", by=one.author, now=NOW)
    qian = officer(round.street)
    with pytest.raises(Refused, match="申诉须由另一位工作人员复核"):
        screen(one, "admit", {}, zhou, note="同意")
    with pytest.raises(Refused, match="复核须写明说明，团队会看到"):
        screen(one, "admit", {}, qian)
    with pytest.raises(Refused, match="复核只能通过或维持不予受理"):
        screen(one, "return", {}, qian, note="补")
    upheld = screen(one, "refuse", {}, qian, note="仍属单户")
    assert (upheld.stage, Screening.objects.latest("turn").until) == (stages.REFUSED, None)
    with pytest.raises(Refused, match="已经申诉过一次，复核结论为最终结论"):
        actions.appeal(upheld, "再来", by=one.author, now=NOW)


def test_an_appeal_may_lead_to_admission(round, zhou):
    one = refused(round, zhou)
    one = actions.appeal(one, "六户共用", by=one.author, now=NOW)
    assert screen(one, "admit", {}, officer(round.street), note="理由成立").stage == stages.ADMITTED


def test_an_appeal_is_for_the_team_and_within_its_days(round, zhou):
    one = refused(round, zhou)
    assert Screening.objects.get().until == date(2024, 4, 15)
    with pytest.raises(Refused, match="的负责人可以办理"):
        actions.appeal(one, "我来", by=resident(one.neighbourhood), now=NOW)
    with pytest.raises(Refused, match="申诉期限已过"):
        actions.appeal(one, "晚了", by=one.author, now=NOW + timedelta(days=6))
    assert (
        actions.appeal(one, "按时", by=one.author, now=NOW + timedelta(days=5)).stage
        == stages.APPEALED
    )


def test_who_screens(round, zhou):
    one = proposal(round, stages.SUBMITTED)
    street = round.street

    def reason(who, thing=one):
        return rules.can_screen(who, thing, now=NOW).reason

    assert reason(zhou) == ""
    only = f"只有{street}的工作人员可以办理"
    for who in (
        officer(),
        judge(street),
        worker(one.neighbourhood),
        resident(one.neighbourhood),
        one.author,
    ):
        assert reason(who) == only
    member = officer(street)
    one.team.memberships.create(account=member, since=NOW.date())
    assert reason(member) == "您是该团队成员，须回避，请由其他工作人员审查"
    assert reason(zhou, proposal(round, stages.ADMITTED)) == "这份提案现在没有待审查的内容"
    later = town.open_round(round_stages.REVIEW, on=street, name="二")
    assert reason(zhou, proposal(later, stages.SUBMITTED)) == "形式审查已经结束"


def test_who_sees_what_at_each_stage(round, zhou):
    one = proposal(round, stages.SUBMITTED)
    street, place = round.street, one.neighbourhood
    member = resident(place)
    one.team.memberships.create(account=member, since=NOW.date())
    people = {
        "leader": one.author,
        "member": member,
        "officer": zhou,
        "worker": worker(place),
        "auditor": auditor(street.district),
        "other worker": worker(neighbourhood(street)),
        "other officer": officer(),
        "judge": judge(street),
        "neighbour": resident(place),
    }
    team, staff = {"leader", "member"}, {"officer", "worker", "auditor"}
    expected = {
        stages.DRAFT: team,
        stages.SUBMITTED: team | staff,
        stages.RETURNED: team | staff,
        stages.REFUSED: team | staff,
        stages.APPEALED: team | staff,
        stages.WITHDRAWN: team | staff,
        stages.ADMITTED: set(people),
    }
    seen = {}
    for stage in stages.PROPOSAL.stages():
        thing = proposal(round, stage, team=one.team)
        seen[stage] = {name for name, who in people.items() if rules.can_see(who, thing, now=NOW)}
    assert seen == expected
    never_handed_in = proposal(round, stages.DRAFT, team=one.team)
    actions.withdraw(never_handed_in, by=one.author, now=NOW)
    never_handed_in.refresh_from_db()
    assert not rules.can_see(zhou, never_handed_in, now=NOW)


def test_what_still_waits_before_screening_is_done(round, zhou):
    def reason(now=NOW):
        return rules.screening_is_done(round, now=now).reason

    assert reason() == ""
    waiting = [proposal(round, stages.SUBMITTED) for _n in range(3)]
    proposal(round, stages.DRAFT)
    assert reason() == "还有 3 件未审查"
    screen(waiting[0], "admit", FINE, zhou)
    returned = screen(waiting[1], "return", UNHEARD, zhou)
    assert reason() == "还有 1 件未审查"
    refused = screen(waiting[2], "refuse", FINE, zhou, refusals=["private_matter"], note="单户")
    assert reason() == "还有 1 件在补正"
    actions.withdraw(returned, by=returned.author, now=NOW)
    assert reason() == "还有 1 件在申诉期内"
    assert reason(NOW + timedelta(days=6)) == ""
    actions.appeal(refused, "请再看", by=refused.author, now=NOW)
    assert reason(NOW) == "还有 1 件未审查"


def test_advice_is_given_by_judges_and_staff_who_are_not_of_the_team():
    round = town.open_round(round_stages.REVIEW)
    one = proposal(round)

    def reason(who):
        return rules.can_advise(who, one, now=NOW).reason

    assert [reason(who) for who in (judge(round.street), officer(round.street))] == ["", ""]
    only = "只有评委和工作人员可以提优化建议"
    assert [reason(who) for who in (judge(), resident(one.neighbourhood), one.author)] == [only] * 3
    own = judge(round.street)
    one.team.memberships.create(account=own, since=NOW.date())
    assert reason(own) == "您是该团队成员，不能给自己提建议"
