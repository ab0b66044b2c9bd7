"""Every page by whoever it is for; lists read as often for three as for one."""

import json
from datetime import timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from sanlin.commons.orgs import actions as orgs
from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW, auditor, officer, resident, worker
from sanlin.govern.growth import actions, queries, rules
from sanlin.govern.growth.actions.closing import Said
from sanlin.govern.growth.models import (
    Advice,
    Answer,
    Meeting,
    Pair,
    Pitching,
    Score,
    Survey,
    Visit,
)
from sanlin.govern.growth.tests.scene import (
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
    told,
)
from sanlin.govern.projects.models import Project, Receipt
from sanlin.govern.projects.tests.scene import mark, receipt, reviewed
from sanlin.govern.rounds import actions as rounds
from sanlin.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_time_of_the_round(monkeypatch, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: NOW)


def go(name, *args):
    return reverse(f"growth:{name}", args=args)


def page(client, name, *args, **sent):
    where = go(name, *args)
    answer = client.post(where, sent, follow=True) if sent else client.get(where)
    return answer.content.decode()


def test_a_circle_from_its_leader_to_its_first_visit(client):
    members = running(1_000_00, 2_000_00)
    made = circle(members)
    client.force_login(leader(members[1]))
    assert "已认可组长" in page(client, "circle", made.pk, verb="back")
    client.force_login(leader(members[0]))
    said = {"title": "怎样浇水", "at": "2024-04-09T14:00", "place": "客堂间"}
    assert "会议已通知" in page(client, "meet", made.pk, **said)
    meeting = Meeting.objects.get()
    before = meeting.at - timedelta(days=1)
    coming = queries.waiting_for_team(leader(members[1]), now=before)
    assert [(one.title, one.why) for one in coming] == [
        ("小组会议：怎样浇水", "2024年4月9日 (周二) · 客堂间")
    ]
    assert "请填写到会" in page(client, "meeting", meeting.pk, notes="排好了班")
    assert "会议记录已保存" in page(client, "meeting", meeting.pk, notes="排好了班", came0="2")
    said = {"day": "2024-04-10", "notes": "花箱缺水", "advice1": "排浇水班", "due1": ""}
    assert "请填这条建议何日前做到" in page(client, "visit", members[1].pk, **said)
    assert "花箱缺水" in page(client, "visit", members[1].pk, **said)
    assert "已列为项目待办" in page(
        client, "visit", members[1].pk, **{**said, "due1": "2024-05-01"}
    )
    one = Advice.objects.get()
    client.force_login(leader(members[1]))
    mine = queries.waiting_for_team(leader(members[1]), now=NOW)
    assert [one.title for one in mine] == ["排浇水班"]
    assert "排浇水班" in client.get(f"/projects/{members[1].pk}/").content.decode()
    assert "已办结" in page(client, "advice", one.pk, word="排好了")
    assert queries.waiting_for_team(leader(members[1]), now=NOW) == []


def test_no_name_of_a_person_stands_on_the_circles_page(client):
    members = running(1_000_00)
    made = circle(members)
    name = leader(members[0]).name
    assert name not in page(client, "circle", made.pk)
    client.force_login(leader(members[0]))
    assert name in page(client, "circle", made.pk)


def test_a_pair_is_made_and_kept_by_pages(client):
    old, new = running(1_000_00, 2_000_00)
    client.force_login(officer(old.round.street))
    said = {"mentor": old.team.pk, "novice": new.team.pk, "goals": "学会记账"}
    assert "已结对" in page(client, "pairs", old.round_id, **said)
    made = Pair.objects.get()
    client.force_login(leader(new))
    assert "已记录" in page(client, "pair", made.pk, verb="log", day="2024-04-10", text="对账")
    assert "结束语已保存" in page(client, "pair", made.pk, verb="end", word="学会了")


def test_a_session_from_the_plan_to_the_mark(client):
    members = running(1_000_00)
    made = session(members, opened=False)
    by = officer(made.round.street)
    client.force_login(by)
    assert "评议会开始" in page(client, "pitching", made.pk, verb="open")
    slot = slots(made)[0]
    assert "开始汇报，评委可以打分" in page(client, "slot", slot.pk, verb="call")
    assert "还差3份打分" in page(client, "slot", slot.pk)
    lines = dict.fromkeys(marks(slot), "8")
    for account in chairs(made):
        client.force_login(account)
        assert "去打分" in page(client, "seat", made.pk)
        assert "必填" not in page(client, "score", slot.pk)
        wrong = page(client, "score", slot.pk, verb="score", **{**lines, next(iter(lines)): "88"})
        assert "请填0到10之间" in wrong
        assert "打分已提交" in page(client, "score", slot.pk, verb="score", **lines)
    assert Score.objects.count() == 3
    client.force_login(by)
    assert "已评定" in page(client, "slot", slot.pk, verb="mark", note="很好")
    page(client, "slot", slot.pk, verb="tick", findings="few")
    assert "1个（100%）" in page(client, "pitchings", made.round_id)
    said = {"verb": "lay_down", "advice1": "补签到", "due1": "2024-05-01"}
    assert "已列为项目待办" in page(client, "slot", slot.pk, **said)
    assert "评议会结束" in page(client, "pitching", made.pk, verb="close")
    client.logout()
    assert "80" in page(client, "wall", made.pk)


def test_the_projector_shows_the_clock_and_nobodys_marks(client):
    members = running(1_000_00, 2_000_00)
    made = session(members)
    slot = called(made)
    actions.score(slot, marks(slot, "3.5"), by=chairs(made)[0], now=NOW)
    told = page(client, "wall", made.pk)
    assert "7:00" in told
    assert "1 / 3 位评委已打分" in told
    assert "3.5" not in told
    assert chairs(made)[0].name not in told


def test_a_juror_steps_aside_on_the_phone(client):
    made = session(running(1_000_00))
    slot = called(made)
    client.force_login(chairs(made)[0])
    assert "已回避这一项" in page(client, "score", slot.pk, verb="aside", reason="我给他们上过课")
    client.force_login(resident())
    assert client.get(go("score", slot.pk)).status_code == 403


def test_residents_answer_with_a_slip_once_and_without_a_name(client):
    (one,) = running()
    client.force_login(officer(one.round.street))
    assert "调查已开始" in page(client, "closing", one.pk, verb="ask", slips="2")
    made = Survey.objects.select_related("project").get()
    assert rules.code_of(made, 1) in page(client, "slips", made.pk)
    client.logout()
    where = (made.pk, 1, rules.code_of(made, 1))
    assert "不对" in page(client, "answer", made.pk, 1, "00000000")
    yes = {"knows": "yes", "took_part": "no", "benefits": "yes"}
    assert "总的来说" in page(client, "answer", *where, **yes)
    assert Answer.objects.count() == 0
    assert "谢谢您" in page(client, "answer", *where, **yes, content="4")
    assert "已经用过" in page(client, "answer", *where, **yes, content="4")
    assert Answer.objects.count() == 1
    assert client.get(go("answer", 999_999, 1, "00000000")).status_code == 404
    client.force_login(worker(one.place))
    said = {"verb": "key_in", **yes, "content": "5", "sheets": "3"}
    assert "纸质问卷已录入" in page(client, "closing", one.pk, **said)
    assert "4份问卷：扫码1份，纸质3份" in page(client, "closing", one.pk)
    assert "调查已截止" in page(client, "closing", one.pk, verb="close")


def test_an_acceptance_sheet_by_the_page(client):
    (one,) = running()
    client.force_login(officer(one.round.street))
    said = {"verb": "accept", "ticks": ["goals", "papers"], "people": "12"}
    assert "验收单已填写" in page(client, "closing", one.pk, **said)
    assert "书面确认的受益人12人" in page(client, "closing", one.pk)


def test_two_officers_lift_a_bar_by_the_dossier(client):
    (one,) = running()
    first, second = officer(one.round.street), officer(one.round.street)
    until = (NOW + timedelta(days=300)).date()
    made = orgs.bar(one.team, until, "违约没有整改", by=first, now=NOW)
    told = page(client, "dossier", one.team.pk)
    assert "前不得申报" in told
    assert "违约没有整改" not in told
    client.force_login(first)
    assert "违约没有整改" in page(client, "dossier", one.team.pk)
    assert "已提请" in page(client, "bar", made.pk, reason="已经补齐并退款")
    assert "批准提前解除" not in page(client, "dossier", one.team.pk)
    client.force_login(second)
    short = page(client, "bar", made.pk, verb="refuse", reason="不")
    assert "不同意的理由" in short
    assert "已不同意" in page(client, "bar", made.pk, verb="refuse", reason="款还没有退到账")
    client.force_login(first)
    assert "上次提请没有同意：款还没有退到账" in page(client, "dossier", one.team.pk)
    page(client, "bar", made.pk, reason="现在款已经到账")
    client.force_login(second)
    assert "禁报已提前解除" in page(client, "bar", made.pk, verb="lift")


def test_the_years_page_is_for_staff(client):
    (one,) = running()
    assert client.get(go("year", one.round_id)).status_code == 302
    client.force_login(auditor(one.round.street.district))
    assert "还有1个项目没有评定等次" in page(client, "year", one.round_id)


def judged_year():
    """A closed year of two projects that passed with money left, and the draft that follows it."""
    members = running(10_000_00, 20_000_00)
    for one in members:
        reviewed(fresh(one), "midterm", 80)
        told(fresh(one), "closing")
        mark(fresh(one), 85)
    round = members[0].round
    by = officer(round.street)
    type(round).objects.filter(pk=round.pk).update(stage="closed")
    before = type(round).objects.select_related("street").get(pk=round.pk)
    draft = rounds.create(
        before.street, "2025年", 2025, before.pack_text, previous=before, by=by, now=NOW
    )
    return before, draft, by


def test_each_proposed_figure_is_taken_typed_over_or_left(client):
    before, draft, by = judged_year()
    client.force_login(by)
    shown = page(client, "year", before.pk)
    assert "写入草稿“2025年”" in shown
    assert "同上一轮；继续做的团队没有剩下钱" in shown
    year = queries.year_of(before)
    budget = year.total
    assert budget == before.rules.budget
    offered = queries.values_for(
        queries.proposal_for(year, budget), queries.tiers_for(year, budget), budget, draft
    )
    assert {"budget", "project_cap"} <= set(offered)
    seen = " ".join(f"{path}={value}" for path, value in offered.items())
    assert f'value="{seen}"' in shown

    said = {"take": ["budget"], "seen": seen, "budget": "三十", "project_cap": "1"}
    told = page(client, "year", before.pk, **said)
    assert "请填金额，例如“12000”或“1.2万”" in told
    assert "填了数，却没有勾选" in told
    assert 'value="三十"' in told
    stale = page(client, "year", before.pk, take=["budget"], seen="budget=1", budget="9万")
    assert "账目刚刚有变化" in stale
    assert 'value="9万"' in stale
    assert "没有选择要采用的数值" in page(client, "year", before.pk, seen=seen)
    against = {"take": ["budget", "project_cap"], "seen": seen}
    higher = page(client, "year", before.pk, **against, budget="1万", project_cap="2万")
    assert "¥20,000 高于" in higher
    held = draft.officer_values
    assert type(draft).objects.get(pk=draft.pk).officer_values == held

    done = page(client, "year", before.pk, **against, project_cap="3.5万")
    assert "已写入草稿" in done
    values = type(draft).objects.get(pk=draft.pk).officer_values
    assert values == {**held, "budget": budget, "project_cap": 35_000_00}
    line = json.loads(bytes(Entry.objects.filter(deed="growth.take_over").get().body))
    assert line["data"]["proposed"] == {"budget": budget}
    assert line["data"]["typed"] == {"project_cap": 35_000_00}
    again = page(client, "year", before.pk)
    assert "¥35,000" in again


def test_what_teams_left_unspent_lowers_the_proposed_total(client):
    before, _draft, by = judged_year()
    for one in Project.objects.filter(round=before):
        Project.objects.filter(pk=one.pk).update(stage="running")
        made = receipt(fresh(one), 1_000_00, accepted=True)
        Receipt.objects.filter(pk=made.pk).update(amount=one.grant * 9 // 10)
    Project.objects.filter(round=before).update(stage="closed")
    year = queries.year_of(before)
    assert year.habit == Fraction(1, 10)
    assert year.total == before.rules.budget * 9 // 10 // 1_000_00 * 1_000_00
    assert (year.book.granted, year.book.spent) == (30_000_00, 27_000_00)
    tiers = [one for one in year.tiers if one.book.projects]
    assert sum(one.book.unspent for one in tiers) == 3_000_00
    client.force_login(by)
    shown = page(client, "year", before.pk)
    assert "通常用不完的10%" in shown
    other = client.get(go("year", before.pk) + "?budget=12345").content.decode()
    assert "按您填的¥12,345算" in other
    assert "按您填的这笔钱" in other


@pytest.mark.parametrize("rows", [1, 3])
def test_the_years_page_reads_as_often_for_three_as_for_one(
    client, rows, django_assert_num_queries
):
    (one, *_rest) = running(*[1_000_00] * rows)
    client.force_login(officer(one.round.street))
    with django_assert_num_queries(7):
        page(client, "year", one.round_id)


def test_staff_see_how_far_each_project_is_and_strangers_do_not(client):
    one, other = running(1_000_00, 2_000_00)
    actions.visit(fresh(one), NOW.date(), "看过", by=worker(one.place), now=NOW)
    sheet = survey(one)
    for content in (5, 2):
        actions.key_in(sheet, Said(True, True, True, content), 1, by=worker(one.place), now=NOW)
    actions.accept(fresh(other), ["goals"], 3, "", by=officer(other.round.street), now=NOW)
    assert client.get(go("progress", one.round_id)).status_code == 302
    client.force_login(officer(one.round.street))
    told = page(client, "progress", one.round_id)
    assert "50%" in told
    rows = {row.pk: row for row in queries.progress(one.round, NOW.date())}
    assert [
        (rows[x.pk].visited, rows[x.pk].answers, rows[x.pk].accepted) for x in (one, other)
    ] == [
        (1, 2, 0),
        (0, 0, 1),
    ]
    never = client.get(go("progress", one.round_id) + "?visits=0").content.decode()
    assert one.number not in never
    assert other.number in never


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_progress_reads_as_often_for_three_as_for_one(
    client, rows, django_assert_num_queries
):
    members = running(*[1_000_00] * rows)
    client.force_login(officer(members[0].round.street))
    with django_assert_num_queries(7):
        page(client, "progress", members[0].round_id)


def test_several_projects_are_entered_at_once_and_one_that_did_not_come_is_taken_out(client):
    members = running(1_000_00, 2_000_00)
    made = session([], opened=False, of=members[0])
    reports = [told(one, "midterm") for one in members]
    client.force_login(officer(made.round.street))
    said = {"verb": "slot", "kind": "resident", "reports": [one.pk for one in reports]}
    assert "已排入顺序" in page(client, "pitching", made.pk, **said)
    first, second = slots(made)
    assert "已移出顺序" in page(client, "slot", first.pk, verb="leave_out")
    assert slots(made) == [second]
    page(client, "pitching", made.pk, verb="open")
    page(client, "slot", second.pk, verb="call")
    assert "不能移出顺序" in page(client, "slot", second.pk, verb="leave_out")


def test_a_project_is_marked_by_the_sheet_of_its_kind_wherever_it_was_said(client):
    one, other = running(1_000_00, 2_000_00)
    assert (one.kind, one.kind_name) == ("resident", "居民实施")
    me = officer(one.round.street)
    client.force_login(me)
    asked = client.post(reverse("projects:set_kind", args=[one.pk]), {"kind": "hardware"})
    assert asked.url == reverse("projects:desk", args=[one.pk])
    made = session([], opened=False, of=one)
    reports = [told(each, "midterm") for each in (fresh(one), other)]
    assert f"{one}（硬件建设维护）" in page(client, "pitching", made.pk)
    said = {"verb": "slot", "kind": "", "reports": [each.pk for each in reports]}
    assert "已排入顺序" in page(client, "pitching", made.pk, **said)
    first, second = slots(made)
    assert {first.report.project_id: first.kind, second.report.project_id: second.kind} == {
        one.pk: "hardware",
        other.pk: "resident",
    }
    last = second if second.report.project_id == other.pk else first
    page(client, "slot", last.pk, verb="leave_out")
    page(client, "pitching", made.pk, verb="slot", kind="professional", reports=[reports[1].pk])
    assert fresh(other).kind == "professional"
    shown = page(client, "year", one.round_id)
    assert [words in shown for words in ("硬件建设维护", "专业委托", "居民实施")] == [
        True,
        True,
        False,
    ]
    assert (
        "专业委托" in client.get(reverse("growth:dossier", args=[other.team.pk])).content.decode()
    )


def test_a_bar_of_the_projector_is_full_at_the_full_mark(client):
    marked(made := session(running(1_000_00)), "8", "8", "8")
    assert '<rect width="800" height="16"/>' in page(client, "wall", made.pk)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_read_as_often_for_three_as_for_one(client, rows, django_assert_num_queries):
    members = running(*[1_000_00] * rows)
    made = circle(members)
    for one in members:
        actions.visit(fresh(one), NOW.date(), "看过", by=worker(one.place), now=NOW)
    sat = marked(session(members), "8", "8", "8").pitching if rows == 1 else session(members)
    survey(members[0])
    with django_assert_num_queries(6):
        page(client, "round", made.round_id)
    with django_assert_num_queries(5):
        page(client, "circle", made.pk)
    with django_assert_num_queries(3 if rows > 1 else 4):
        page(client, "wall", sat.pk)
    with django_assert_num_queries(6):
        page(client, "dossier", members[0].team.pk)
    assert (Visit.objects.count(), Pitching.objects.count()) == (rows, 1)
