"""What may be done when growing, by whom, and what the database itself forbids."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from sanlin.commons.orgs.models import Bar, Membership, Rung
from sanlin.commons.people.tests.scene import LONG_AGO, NOW, judge, officer, resident, worker
from sanlin.govern.growth import actions, queries, rules
from sanlin.govern.growth.actions.closing import Said
from sanlin.govern.growth.models import (
    Advice,
    Aside,
    Came,
    Juror,
    Pair,
    Score,
    Slot,
    Wanted,
)
from sanlin.govern.growth.tests.scene import (
    LATER,
    called,
    chairs,
    circle,
    fresh,
    leader,
    marked,
    marks,
    running,
    session,
    slots,
    survey,
)
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.models import Instalment, Report
from sanlin.govern.projects.tests.scene import mark, project, reviewed, told
from sanlin.govern.proposals import actions as proposals
from sanlin.govern.proposals.models import Content
from sanlin.govern.proposals.rules import can_begin_for, missing
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

pytestmark = pytest.mark.django_db
SOON = NOW.date() + timedelta(days=10)
GLAD = Said(True, True, False, 5)


# --- circles -------------------------------------------------------------------------------------


def test_a_leader_is_confirmed_by_more_than_half_of_the_teams():
    members = running(1_000_00, 2_000_00, 3_000_00)
    made = circle(members)
    assert not rules.confirmed(made)
    for one in members[:2]:
        assert not rules.confirmed(made)
        actions.back(made, one.team, by=leader(one), now=NOW)
    assert rules.confirmed(made)
    with pytest.raises(Refused, match="已经认可"):
        actions.back(made, members[0].team, by=leader(members[0]), now=NOW)
    actions.recommend(made, leader(members[1]), by=officer(made.round.street), now=NOW)
    assert not rules.confirmed(made)


def test_only_teams_of_the_circle_agree_to_its_leader():
    members = running(1_000_00, 2_000_00)
    made = circle(members[:1])
    with pytest.raises(Refused, match="只有组内的团队"):
        actions.back(made, members[1].team, by=leader(members[1]), now=NOW)
    with pytest.raises(Refused, match="负责人"):
        actions.back(made, members[0].team, by=leader(members[1]), now=NOW)


def test_a_meeting_is_told_once_after_it_began():
    members = running(1_000_00, 2_000_00)
    made = circle(members)
    head = leader(members[0])
    meeting = actions.call_meeting(made, "怎样浇水", LATER, "客堂间", by=head, now=NOW)
    came = [Came(members[0].team.name, 3), Came(members[1].team.name, 2)]
    with pytest.raises(Refused, match="还没有开始"):
        actions.tell_meeting(meeting, "排好了班", came, by=head, now=NOW)
    with pytest.raises(Refused, match="到会"):
        actions.tell_meeting(meeting, "排好了班", [], by=head, now=LATER)
    actions.tell_meeting(meeting, "排好了班", came, by=head, now=LATER)
    assert sum(one.people for one in meeting.attendances.all()) == 5
    with pytest.raises(Refused, match="已经记录"):
        actions.tell_meeting(meeting, "再来一次", came, by=head, now=LATER)


def test_strangers_call_no_meeting():
    (one,) = running()
    made = circle([one])
    with pytest.raises(Refused, match="组长和街道"):
        actions.call_meeting(made, "怎样浇水", LATER, "客堂间", by=resident(one.place), now=NOW)
    with pytest.raises(Refused, match="只有"):
        actions.call_joint_meeting(one.round, "联席", LATER, "三楼", by=leader(one), now=NOW)


def test_a_visit_leaves_advice_that_the_team_does():
    members = running(1_000_00, 2_000_00)
    circle(members)
    guide, other = leader(members[0]), members[1]
    other = fresh(other)
    made = actions.visit(
        other, NOW.date(), "花箱缺水", [Wanted("排浇水班", SOON)], by=guide, now=NOW
    )
    one = Advice.objects.select_related("project__undertaking__organisation").get(visit=made)
    assert [row.text for row in queries.open_advice([other.team.pk])] == ["排浇水班"]
    with pytest.raises(Refused, match="负责人"):
        actions.do_advice(one, "已经排好", by=guide, now=NOW)
    actions.do_advice(one, "已经排好", by=leader(other), now=NOW)
    assert queries.open_advice([other.team.pk]) == []
    with pytest.raises(Refused, match="已经办结"):
        actions.do_advice(one, "再办一次", by=leader(other), now=NOW)


def test_nobody_visits_her_own_project_or_from_outside_the_circle():
    members = running(1_000_00, 2_000_00)
    circle(members[:1])
    with pytest.raises(Refused, match="自己的项目"):
        actions.visit(fresh(members[0]), NOW.date(), "很好", by=leader(members[0]), now=NOW)
    with pytest.raises(Refused, match="只有小组组长"):
        actions.visit(fresh(members[1]), NOW.date(), "很好", by=leader(members[0]), now=NOW)
    staff = worker(members[1].place)
    assert actions.visit(fresh(members[1]), NOW.date(), "很好", by=staff, now=NOW)


def test_advice_that_is_done_has_a_word():
    (one,) = running()
    actions.visit(one, NOW.date(), "缺水", [Wanted("排班", SOON)], by=worker(one.place), now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Advice.objects.update(done_at=NOW)


# --- pairs ---------------------------------------------------------------------------------------


def pair():
    old, new = running(1_000_00, 2_000_00)
    by = officer(old.round.street)
    return old, new, actions.pair(old.round, old.team, new.team, "学会记账", by=by, now=NOW)


def test_a_pair_ends_with_a_word_of_both():
    old, new, made = pair()
    actions.log_entry(made, NOW.date(), "一起对账", by=leader(old), now=NOW)
    actions.end(made, "愿意再带", by=leader(old), now=NOW)
    assert Pair.objects.get(pk=made.pk).ended_at is None
    with pytest.raises(Refused, match="已经写过"):
        actions.end(made, "又一句", by=leader(old), now=NOW)
    actions.end(made, "学会了", by=leader(new), now=NOW)
    ended = Pair.objects.get(pk=made.pk)
    assert (ended.mentor_word, ended.novice_word, ended.ended_at) == ("愿意再带", "学会了", NOW)
    with pytest.raises(Refused, match="已经结束"):
        actions.log_entry(ended, NOW.date(), "再对账", by=leader(old), now=NOW)


def test_one_mentor_a_novice_and_nobody_mentors_themselves():
    old, new, _made = pair()
    told_by = {"by": officer(old.round.street), "now": NOW}
    with pytest.raises(Refused, match="已有老团队带"):
        actions.pair(old.round, old.team, new.team, "再来", **told_by)
    with pytest.raises(Refused, match="自己结对"):
        actions.pair(old.round, old.team, old.team, "自己", **told_by)


# --- midterm -------------------------------------------------------------------------------------


def test_a_session_opens_with_enough_jurors_and_something_to_hear():
    (one,) = running()
    made = session([one], jurors=2, opened=False)
    by = officer(one.round.street)
    with pytest.raises(Refused, match="还差1位评委"):
        actions.open_pitching(made, by=by, now=NOW)
    actions.invite(made, judge(one.round.street), "supervision", by=by, now=NOW)
    with pytest.raises(Refused, match="还没有到"):
        actions.open_pitching(made, by=by, now=NOW - timedelta(days=2))
    assert actions.open_pitching(made, by=by, now=NOW).stage == "open"


def test_the_mean_of_the_jurors_is_the_mark_of_the_report_and_moves_the_money():
    (one,) = running()
    made = session([one])
    slot = marked(made, "7", "8", "7.5")
    assert slot.mark == 75
    report = Report.objects.get(pk=slot.report_id)
    assert (report.stage, report.mark, report.grade) == ("reviewed", 75, "on_track")
    assert Instalment.objects.get(project=one, condition="midterm").stage == "due"


def test_a_failed_pitch_holds_the_next_instalment():
    (one,) = running()
    slot = marked(session([one]), "5", "5", "5.5")
    assert slot.mark == 52
    assert Instalment.objects.get(project=one, key="first").stage == "held"
    by = officer(one.round.street)
    actions.lay_down(slot, [Wanted("补齐签到", SOON)], by=by, now=NOW)
    assert Advice.objects.get(slot=slot).project_id == one.pk
    second = session([fresh(one)])
    assert marked(second, "8", "8", "8").mark == 80
    assert Instalment.objects.get(project=one, key="first").stage == "due"


def test_a_juror_scores_once_every_line_and_within_bounds():
    (one,) = running()
    made = session([one])
    slot = called(made)
    me = chairs(made)[0]
    lacking = dict.fromkeys(marks(slot))
    with pytest.raises(Refused, match="每一项"):
        actions.score(slot, lacking, by=me, now=NOW)
    with pytest.raises(Refused, match="超出范围"):
        actions.score(slot, marks(slot, "11"), by=me, now=NOW)
    actions.score(slot, marks(slot), by=me, now=NOW)
    with pytest.raises(Refused, match="已经打过分"):
        actions.score(slot, marks(slot, "9"), by=me, now=NOW)
    kept = Score.objects.get(slot=slot)
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(slot=slot, juror=kept.juror, halves={}, at=NOW)


def test_only_jurors_score_and_only_what_is_heard():
    members = running(1_000_00, 2_000_00)
    made = session(members)
    called(made)
    second = slots(made)[1]
    with pytest.raises(Refused, match="评委本人"):
        actions.score(second, marks(second), by=judge(made.round.street), now=NOW)
    with pytest.raises(Refused, match="汇报时"):
        actions.score(second, marks(second), by=chairs(made)[0], now=NOW)
    with pytest.raises(Refused, match="上一项"):
        actions.call(second, by=officer(made.round.street), now=NOW)


def test_a_member_of_the_team_has_to_step_aside():
    (one,) = running()
    made = session([one], jurors=4)
    slot = called(made)
    me = chairs(made)[0]
    Membership.objects.create(organisation=one.team, account=me, since=LONG_AGO)
    with pytest.raises(Refused, match="须回避"):
        actions.score(slot, marks(slot), by=me, now=NOW)
    actions.step_aside(slot, "我是团队成员", by=me, now=NOW)
    assert Aside.objects.get().juror.account_id == me.pk
    (heard,) = queries.heard(made)
    assert (heard.sheets, heard.expected) == (0, 3)


def test_the_mark_waits_for_enough_sheets():
    (one,) = running()
    made = session([one])
    slot = called(made)
    by = officer(one.round.street)
    for account in chairs(made)[:2]:
        actions.score(slot, marks(slot), by=account, now=NOW)
    with pytest.raises(Refused, match="还差1份打分"):
        actions.make_mark(slot, "", by=by, now=NOW)
    with pytest.raises(Refused, match="不能退回"):
        actions.put_back(slot, by=by, now=NOW)
    with pytest.raises(Refused, match="还有1个项目"):
        actions.close(made, by=by, now=NOW)


def test_the_tally_shows_means_by_line():
    (one,) = running()
    slot = marked(session([one]), "7", "8", "9")
    lines, mean = queries.tally(slots(slot.pitching)[0])
    assert [line.mean for line in lines] == [Fraction(8)] * 4
    assert mean == 80


def test_findings_are_counted_over_the_round():
    members = running(1_000_00, 2_000_00)
    by = officer(members[0].round.street)
    first = marked(session(members[:1]), "8", "8", "8")
    second = marked(session(members[1:]), "8", "8", "8")
    actions.tick(first, ["late_pay", "few"], by=by, now=NOW)
    actions.tick(second, ["late_pay"], by=by, now=NOW)
    found = queries.findings_of(members[0].round)
    assert [(one.key, n, of) for one, n, of in found][:3] == [
        ("late_pay", 2, 2),
        ("few", 1, 2),
        ("papers", 0, 2),
    ]
    with pytest.raises(Refused, match="清单里没有"):
        actions.tick(first, ["charm"], by=by, now=NOW)


def test_a_chair_that_has_marked_stays(client):
    (one,) = running()
    made = session([one])
    slot = called(made)
    me = chairs(made)[0]
    actions.score(slot, marks(slot), by=me, now=NOW)
    by = officer(one.round.street)
    rows = Juror.objects.select_related("pitching__round__street", "account")
    with pytest.raises(Refused, match="不能移除"):
        actions.dismiss(rows.get(account=me), by=by, now=NOW)
    client.force_login(by)
    shown = client.get(f"/pitchings/{made.pk}/").content.decode()
    kept, *others = [f"/jurors/{rows.get(account=who).pk}/dismiss/" for who in chairs(made)]
    assert (kept in shown, [one in shown for one in others]) == (False, [True, True])
    actions.dismiss(rows.get(account=chairs(made)[1]), by=by, now=NOW)
    assert Juror.objects.count() == 2


def test_one_pitch_at_a_time_is_a_constraint():
    made = session(running(1_000_00, 2_000_00))
    called(made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(place=2).update(stage="called", called_at=NOW)


# --- closing -------------------------------------------------------------------------------------


def test_one_answer_a_code_and_nobody_else_knows_it():
    (one,) = running()
    made = survey(one)
    code = rules.code_of(made, 1)
    with pytest.raises(Refused, match="不对"):
        actions.answer(made, 1, "00000000", GLAD, by=None, now=NOW)
    with pytest.raises(Refused, match="不对"):
        actions.answer(made, 4, rules.code_of(made, 4), GLAD, by=None, now=NOW)
    actions.answer(made, 1, code, GLAD, by=None, now=NOW)
    with pytest.raises(Refused, match="已经用过"):
        actions.answer(made, 1, code, GLAD, by=None, now=NOW)
    assert [number for number, _code in queries.slips_of(made)] == [2, 3]


def test_what_residents_say_is_counted_by_question():
    (one,) = running()
    made = survey(one)
    actions.answer(made, 1, rules.code_of(made, 1), GLAD, by=None, now=NOW)
    by = worker(one.place)
    actions.key_in(made, Said(True, False, True, 2), 3, by=by, now=NOW)
    told_us = queries.said_of(made)
    assert (told_us.answers, told_us.by_code, told_us.by_paper) == (4, 1, 3)
    assert (told_us.knows, told_us.took_part, told_us.benefits) == (4, 1, 3)
    assert told_us.content == (0, 3, 0, 0, 1)
    assert (told_us.share(told_us.took_part), told_us.content_share) == (25, 25)
    actions.close_survey(made, by=by, now=NOW)
    with pytest.raises(Refused, match="已经截止"):
        actions.key_in(made, GLAD, 1, by=by, now=NOW)
    with pytest.raises(Refused, match="已经截止"):
        actions.answer(made, 2, rules.code_of(made, 2), GLAD, by=None, now=NOW)


def test_the_team_asks_no_residents_about_itself():
    (one,) = running()
    with pytest.raises(Refused, match="只有"):
        actions.open_survey(one, 10, by=leader(one), now=NOW)
    staff = worker(one.place)
    Membership.objects.create(organisation=one.team, account=staff, since=LONG_AGO)
    with pytest.raises(Refused, match="您是该团队的成员"):
        actions.open_survey(one, 10, by=staff, now=NOW)


def test_an_acceptance_sheet_is_filled_in_once():
    (one,) = running()
    by = officer(one.round.street)
    made = actions.accept(one, ["papers", "goals"], 12, "", by=by, now=NOW)
    assert made.ticks == ["goals", "papers"]
    with pytest.raises(Refused, match="已经填写"):
        actions.accept(fresh(one), [], 0, "", by=by, now=NOW)
    (other,) = running()
    with pytest.raises(Refused, match="清单里没有"):
        actions.accept(other, ["charm"], 0, "", by=officer(other.round.street), now=NOW)


# --- years ---------------------------------------------------------------------------------------


def closed(points: int, tier: str = "pinpai"):
    one = project("closing")
    type(one).objects.filter(pk=one.pk).update(tier=tier)
    mark(fresh(one), points)
    return fresh(one)


def test_a_good_grade_lets_the_team_apply_one_tier_higher():
    assert Rung.objects.get(organisation=closed(95).team).tier == "shifan"
    kept = Rung.objects.get(organisation=closed(85).team)
    assert (kept.tier, kept.risen) == ("pinpai", False)
    top = Rung.objects.get(organisation=closed(95, "shifan").team)
    assert (top.tier, top.risen) == ("shifan", False)


def next_round(one, **values):
    round = open_round("call", on=one.round.street, name="下一年", **values)
    type(round).objects.filter(pk=round.pk).update(year=2025)
    round.year = 2025
    return round


def test_the_next_proposal_begins_at_the_tier_that_was_earned():
    one = closed(95)
    round = next_round(one)
    drafted = proposals.begin(round, team=one.team, place=one.place, by=leader(one), now=NOW)
    assert drafted.draft.tier == "shifan"


def test_where_the_pack_says_so_nobody_skips_a_tier():
    one = closed(85)
    round = next_round(one, ladder=True)
    drafted = proposals.begin(round, team=one.team, place=one.place, by=leader(one), now=NOW)
    assert drafted.draft.tier == "pinpai"
    told_us = [it.sentence for it in missing(drafted, Content(tier="shifan"))]
    assert "按2024年的评估，本团队今年最高可申报“品牌类”" in told_us
    told_us = [it.sentence for it in missing(drafted, Content(tier="yumiao"))]
    assert not any("最高可申报" in it for it in told_us)


def test_a_breach_bars_the_team_for_the_years_of_the_rules():
    (one,) = running()
    by = officer(one.round.street)
    projects.stop(one, "收款后失联", breach=True, by=by, now=NOW)
    bar = Bar.objects.get(organisation=one.team)
    assert bar.until == date(2024 + one.round.rules.ban_years + 1, 1, 1)
    round = next_round(one)
    refused = can_begin_for(leader(one), round, one.team, one.place, now=NOW)
    assert refused.reason == f"{one.team}在2028年1月1日前不得申报：{one.number}违约：收款后失联"


def test_a_project_that_is_stopped_without_a_breach_bars_nobody():
    (one,) = running()
    projects.stop(one, "主动放弃了", by=officer(one.round.street), now=NOW)
    assert Bar.objects.count() == 0


def test_a_poor_grade_costs_the_last_instalment_and_bars_nobody_here():
    one = closed(40)
    assert Bar.objects.count() == 0  # this programme withholds the last instalment and no more
    assert Instalment.objects.get(project=one, key="last").stage == "withheld"


def test_the_year_is_read_in_figures():
    members = running(10_000_00, 20_000_00)
    round = members[0].round
    before = queries.year_of(round)
    assert (before.unjudged, queries.proposal_for(before, 40_000_00)) == (2, None)
    for one, points in zip(members, (90, 40), strict=True):
        reviewed(fresh(one), "midterm", 80)
        told(fresh(one), "closing")
        mark(fresh(one), points)
    year = queries.year_of(round)
    assert (year.book.projects, year.book.passed, year.book.granted) == (2, 1, 30_000_00)
    proposed = queries.proposal_for(year, 40_000_00)
    assert (proposed.places, proposed.mean, proposed.cap) == (1, 40_000_00, 40_000_00)
    stand = {one.key: one.stand for one in year.tiers}
    assert (sum(stand.values()), stand["shifan"]) == (1, 1)
    caps = {tier.key: tier.cap for tier in round.rules.tiers}
    tiers = queries.tiers_for(year, caps["shifan"] * 3)
    assert [one.cap for one in tiers] == [3 * caps[one.key] for one in tiers]
    assert [(one.key, one.places) for one in tiers if one.places] == [("shifan", 1)]


def test_figures_go_into_the_draft_that_follows():
    one = closed(95)
    by = officer(one.round.street)
    type(one.round).objects.filter(pk=one.round_id).update(stage="closed")
    before = type(one.round).objects.select_related("street").get(pk=one.round_id)
    draft = rounds.create(
        before.street, "2025年", 2025, before.pack_text, previous=before, by=by, now=NOW
    )
    changed = actions.take_over(draft, {"project_cap": 35_000_00}, {}, by=by, now=NOW)
    assert changed.officer_values["project_cap"] == 35_000_00
    with pytest.raises(Refused, match="不能改"):
        actions.take_over(draft, {}, {"tiers.shifan.places": 3}, by=by, now=NOW)


def test_a_dossier_holds_the_years_of_a_team():
    members = running(1_000_00, 2_000_00)
    made = circle(members)
    one = members[0]
    meeting = actions.call_meeting(made, "怎样浇水", NOW, "客堂间", by=leader(one), now=NOW)
    actions.tell_meeting(meeting, "排班", [Came(one.team.name, 2)], by=leader(one), now=NOW)
    actions.visit(
        fresh(one), NOW.date(), "好", [Wanted("排班", SOON)], by=worker(one.place), now=NOW
    )
    found = queries.dossier(one.team, now=NOW)
    assert (found.granted, found.meetings, found.visits) == (1_000_00, 1, 1)
    assert [(it.advice, it.done) for it in found.standings] == [(1, 0)]


def test_a_session_that_was_closed_is_over():
    (one,) = running()
    made = session([one])
    marked(made, "8", "8", "8")
    by = officer(one.round.street)
    assert actions.close(made, by=by, now=NOW).stage == "closed"
    with pytest.raises((Refused, NotNow)):
        actions.open_pitching(made, by=by, now=NOW)
