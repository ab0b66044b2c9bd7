"""Every page by whoever it is for, and the sentence for whoever it is not for."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from sanlin.commons.people.tests.scene import NOW, auditor, officer, resident, worker
from sanlin.govern.awards.models import Objection
from sanlin.govern.projects import actions, stages
from sanlin.govern.projects.models import Circle, Instalment, Project, Report
from sanlin.govern.projects.tests.pages import go, jpeg, text
from sanlin.govern.projects.tests.scene import (
    awarded,
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_time_of_the_round")]


def test_an_officer_confirms_by_the_page(client):
    round = awarded(10_000_00, 8_000_00)
    client.force_login(officer(round.street))
    page = client.get(go("confirm", round.pk))
    assert "2个项目立项，共¥18,000" in text(page)
    answer = client.post(go("confirm", round.pk), follow=True)
    assert "已确认立项" in text(answer)
    assert Project.objects.filter(round=round).count() == 2


def test_a_notice_that_still_hangs_is_not_confirmed(client, monkeypatch):
    round = awarded(10_000_00)
    earlier = NOW - timedelta(hours=2)
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: earlier)
    client.force_login(officer(round.street))
    assert "公示期未满" in text(client.get(go("confirm", round.pk)))
    client.post(go("confirm", round.pk))
    assert Project.objects.count() == 0


def test_three_parties_sign_by_the_page(client):
    one = project(grant=12_000_00)
    for hand in (leader(one), worker(one.place), officer(one.round.street)):
        client.force_login(hand)
        page = text(client.get(go("agreement", one.pk)))
        assert "壹万贰仟元整" in page
        assert "签署协议" in page
        client.post(go("agreement", one.pk), {"key": "k"})
    assert fresh(one).stage == "running"
    assert "协议已生效" in text(client.get(go("agreement", one.pk)))


def test_an_open_objection_blocks_signing_with_its_sentence(client):
    one = project()
    notice = one.award.decision.notices.get()
    Objection.objects.create(
        notice=notice,
        award=one.award,
        number=3,
        account=resident(one.place),
        text="重复资助",
        filed_at=NOW,
        due=NOW,
    )
    client.force_login(leader(one))
    words = "第3号异议还没有答复，暂不能签约"
    assert words in text(client.get(go("agreement", one.pk)))
    assert words in text(client.post(go("agreement", one.pk), follow=True))
    assert fresh(one).stage == "to_sign"


def test_strangers_do_not_read_the_agreement(client):
    one = project()
    assert client.get(go("agreement", one.pk)).status_code == 302
    client.force_login(resident(one.place))
    answer = client.get(go("agreement", one.pk))
    assert answer.status_code == 403
    assert "只有项目团队和街道、居委工作人员可以查看" in text(answer)


def test_three_hands_pay_by_the_list(client):
    round = running_round(10_000_00, 8_000_00, 6_000_00)
    for one in Project.objects.whole():
        signed(one)
    keys = [str(part.pk) for part in Instalment.objects.filter(key="first")]
    first, second = officer(round.street), officer(round.street)
    client.force_login(first)
    page = text(client.get(go("payments", round.pk) + "?stage=due"))
    assert page.count("待申请拨付</span>") == 3
    client.post(go("payments", round.pk), {"pick": keys, "verb": "propose", "key": "a"})
    mine = client.post(go("payments", round.pk), {"pick": keys, "verb": "approve"}, follow=True)
    assert "3项没有办理：申请和审批须由两位工作人员分别办理" in text(mine)
    client.force_login(second)
    done = {"pick": keys, "verb": "approve", "key": "b"}
    answer = client.post(go("payments", round.pk), done, follow=True)
    assert "已办理3项" in text(answer)
    assert Instalment.objects.filter(stage="to_pay").count() == 3
    done = {"pick": keys, "verb": "pay", "key": "c"}
    refused = client.post(go("payments", round.pk), done, follow=True)
    assert "3项没有办理：这笔钱您已经办过审批" in text(refused)
    third = Project.objects.whole().first().fund.duties.get(kind="pay").account
    client.force_login(third)
    where = go("street_payments", round.street_id) + "?stage=to_pay"
    page = text(client.get(where))
    assert page.count("待付款</span>") == 3
    assert "<dt>待付款</dt><dd>3笔，¥12,000</dd>" in page
    assert "已办理3项" in text(client.post(where, done, follow=True))
    assert Instalment.objects.filter(stage="paid").count() == 3
    assert "现在没有要申请、审批或付款的拨款" in text(
        client.get(go("street_payments", round.street_id))
    )
    sheet = text(client.get(go("sheet", round.pk)))
    assert "¥12,000" in sheet
    again = client.post(go("payments", round.pk), done, follow=True)
    assert Instalment.objects.filter(stage="paid").count() == 3
    assert again.status_code == 200


def test_a_cashier_pays_and_another_officer_takes_it_back_by_the_page(client):
    one = signed(project())
    part = one.instalments.get(key="first")
    boss, other, asker = (officer(one.round.street) for _each in range(3))
    cashier = one.fund.duties.get(kind="pay").account
    actions.propose(part, by=asker, now=NOW)
    client.force_login(boss)
    assert "已审批" in text(client.post(go("instalment", part.pk, "approve"), follow=True))
    assert "出纳须由另一位工作人员办理" in text(client.get(go("desk", one.pk)))
    client.force_login(cashier)
    assert ">付款</button>" in text(client.get(go("desk", one.pk)))
    keys = {"pick": [part.pk], "verb": "pay", "key": "p"}
    assert "已办理1项" in text(client.post(go("payments", one.round.pk), keys, follow=True))
    page = text(client.get(go("take_back_payment", part.pk)))
    assert "不能冲销自己审批或付款的拨付" in page
    assert "<form" not in page.split("<h1>")[1].split("</main>")[0]
    client.force_login(other)
    assert "冲销拨付" in text(client.get(go("desk", one.pk)))
    where = go("take_back_payment", part.pk)
    assert "¥5,000原路退回资金池" in text(client.get(where))
    short = client.post(where, {"reason": "错"})
    assert short.status_code == 200
    assert Instalment.objects.get(pk=part.pk).stage == "paid"
    answer = client.post(where, {"reason": "户名写错，银行退票", "key": "b"}, follow=True)
    assert "拨付已冲销" in text(answer)
    client.logout()
    assert "拨付已冲销：户名写错，银行退票" in text(client.get(go("project", one.pk)))
    books = text(client.get(f"/funds/{one.fund_id}/"))
    assert "户名写错，银行退票" in books
    client.force_login(worker(one.place))
    assert client.get(where).status_code == 403


def test_nobody_else_pays(client):
    one = signed(project())
    part = one.instalments.get(key="first")
    for who, status in ((worker(one.place), 403), (leader(one), 403), (officer(), 403)):
        client.force_login(who)
        assert client.post(go("instalment", part.pk, "propose")).status_code == status
    assert Instalment.objects.get(pk=part.pk).stage == "due"


def test_a_team_reports_and_an_officer_marks(client):
    one = signed(project())
    client.force_login(leader(one))
    words = {"text": "办了六次活动，楼道清爽了。", "activities": "6", "people": "180"}
    client.post(go("report", one.pk, "midterm"), {**words, "photo1": jpeg()})
    made = Report.objects.get()
    assert made.photos.count() == 1
    assert "已有一份报告正在评估" in text(client.get(go("report", one.pk, "midterm")))
    client.logout()
    shown = client.get(go("photo", made.photos.get().pk, "small"))
    assert shown["Content-Type"] == "image/jpeg"
    client.force_login(officer(one.round.street))
    for bad in ("101", "-1", "x", "", "9" * 30):
        assert client.post(go("show_report", made.pk), {"mark": bad}).status_code == 200
    client.post(go("show_report", made.pk), {"mark": "40", "note": "进度慢"})
    made.refresh_from_db()
    assert (made.grade, made.consequence) == ("off_track", ["coach", "hold_next"])
    assert "限期整改" in text(client.get(go("show_report", made.pk)))
    assert "暂停拨付" in text(client.get(go("desk", one.pk)))


def test_a_report_is_sent_back(client):
    one = signed(project())
    made = told(one, "midterm")
    client.force_login(officer(one.round.street))
    client.post(go("show_report", made.pk), {"verb": "send_back", "reason": "写具体些"})
    assert fresh(one).stage == "running"
    client.force_login(leader(one))
    assert "写具体些" in text(client.get(go("report", one.pk, "midterm")))


def test_an_end_with_receipts_to_look_at_cannot_be_marked(client):
    one = signed(project())
    reviewed(one, "midterm", 80)
    receipt(one)
    made = told(one, "closing")
    client.force_login(officer(one.round.street))
    answer = client.post(go("show_report", made.pk), {"mark": "90"})
    assert "还有1张票据没有审核" in text(answer)
    assert Report.objects.get(pk=made.pk).stage == "handed_in"


def test_settling_by_the_pages(client):
    one = signed(project())
    pay(one, "first")
    reviewed(one, "midterm", 80)
    pay(one, "second")
    receipt(one, 6_000_00, accepted=True)
    receipt(one, 2_000_00, accepted=True, head="labour")
    told(one, "closing")
    mark(one, 85)
    me = officer(one.round.street)
    client.force_login(me)
    page = text(client.get(go("desk", one.pk)))
    assert "“尾款”还没有拨付或决定不拨" in page
    last = one.instalments.get(key="last")
    client.post(go("instalment", last.pk, "withhold"), {"reason": "资金已够用"})
    assert "¥1,000" in text(client.get(go("desk", one.pk)))
    wrong = client.post(go("refund", one.pk), {"amount": "1000.01"})
    assert "应退¥1,000，退款须在此以内" in text(wrong)
    for bad in ("", "x", "-5", "0", "\x00"):
        assert client.post(go("refund", one.pk), {"amount": bad}).status_code == 200
    client.post(go("refund", one.pk), {"amount": "1000"})
    client.post(go("close", one.pk))
    assert fresh(one).stage == "closed"
    page = text(client.get(go("close_round", one.round_id)))
    assert "良好" in page
    assert reverse("rounds:follow", args=[one.round_id]) in page
    client.post(go("close_round", one.round_id))
    one.round.refresh_from_db()
    assert one.round.stage == "closed"
    assert "良好" in text(client.get(go("project", one.pk)))


def test_stopping_by_the_page(client):
    one = signed(project())
    client.force_login(officer(one.round.street))
    assert "理由" in text(client.post(go("stop", one.pk), {"reason": ""}))
    client.post(go("stop", one.pk), {"reason": "团队解散"})
    assert fresh(one).stage == "stopped"
    client.logout()
    assert "团队解散" in text(client.get(go("project", one.pk)))


def test_circles(client):
    round = running_round(10_000_00, 8_000_00, 6_000_00)
    keys = [str(one.pk) for one in Project.objects.all()]
    lead = leader(Project.objects.whole().first())
    client.force_login(officer(round.street))
    client.post(go("circles", round.pk), {"name": "第一组", "leader": lead.pk})
    twice = client.post(go("circles", round.pk), {"name": "第一组"})
    assert "本轮已有同名小组" in text(twice)
    circle = Circle.objects.get()
    assert circle.leader == lead
    client.post(go("circle", circle.pk), {"projects": keys[:2]})
    assert circle.projects.count() == 2
    page = text(client.get(go("circles", round.pk)))
    assert "还有1个项目没有编组" in page
    foreign = client.post(go("circle", circle.pk), {"projects": ["0", "x"]})
    assert foreign.status_code == 200


@pytest.mark.parametrize("stage", list(stages.LABELS))
def test_every_stage_has_its_pages(client, stage):
    if stage in stages.ENDED:
        one = project()
        actions.stop(one, "团队放弃", by=officer(one.round.street), now=NOW)
    else:
        one = project(stage)
    people = (
        None,
        leader(one),
        worker(one.place),
        officer(one.round.street),
        auditor(one.round.street.district),
    )
    pages = ("project", "agreement", "receipts", "desk")
    expected = {
        0: (200, 302, 302, 302),
        1: (200, 200, 200, 403),
        2: (200, 200, 200, 200),
        3: (200, 200, 200, 200),
        4: (200, 200, 200, 200),
    }
    for n, who in enumerate(people):
        client.logout()
        if who:
            client.force_login(who)
        got = tuple(client.get(go(page, one.pk)).status_code for page in pages)
        assert got == expected[n], (n, stage)


@pytest.mark.parametrize(
    "name",
    ["confirm", "payments", "sheet", "circles", "close_round", "round_receipts", "round_reports"],
)
def test_staff_pages_of_a_round_are_for_staff(client, name):
    round = running_round(10_000_00)
    assert client.get(go(name, round.pk)).status_code == 302
    client.force_login(resident())
    assert client.get(go(name, round.pk)).status_code == 403
    client.force_login(officer())
    assert client.get(go(name, round.pk)).status_code == 403
    client.force_login(officer(round.street))
    assert client.get(go(name, round.pk)).status_code == 200
    assert client.get(go(name, 0)).status_code == 404


def test_a_list_can_be_taken_to_excel(client):
    round = running_round(10_000_00)
    client.force_login(officer(round.street))
    for name in ("list", "payments", "round_receipts", "round_reports"):
        answer = client.get(go(name, round.pk) + "?format=xlsx")
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")
        odd = client.get(go(name, round.pk) + "?stage=%00&sort=-%27&page=x&q=%00")
        assert odd.status_code == 200


@pytest.mark.parametrize("pick", ["x", "-1", "9" * 40, "\x00"])
def test_hostile_picks(client, pick):
    round = running_round(10_000_00)
    client.force_login(officer(round.street))
    assert (
        client.post(
            go("street_payments", round.street_id), {"pick": [pick], "verb": "pay"}
        ).status_code
        == 302
    )
    for name in ("list", "payments"):
        sent = {"pick": [pick], "verb": "propose"}
        assert client.post(go(name, round.pk), sent).status_code == 302
    assert client.post(go("payments", round.pk), {"verb": "\x00"}).status_code == 302


def test_what_is_due_stands_first_on_the_page_of_a_project(client, monkeypatch):
    one = signed(project())
    span = one.undertaking
    span.starts, span.ends = date(2024, 4, 1), date(2024, 4, 30)
    span.save()
    client.force_login(leader(one))

    def verbs():
        page = text(client.get(go("project", one.pk)))
        return re.findall(r'class="button primary" href="[^"]*">([^<]*)', page)

    assert verbs() == ["上传票据"]
    half = NOW.replace(day=16, month=4)
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: half)
    assert verbs() == ["提交中期报告"]
