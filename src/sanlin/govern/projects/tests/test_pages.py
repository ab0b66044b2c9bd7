"""Every page by whoever it is for, and the sentence for whoever it is not for."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW, auditor, officer, resident, worker
from sanlin.govern.awards.models import Objection
from sanlin.govern.projects import actions, stages
from sanlin.govern.projects.models import Circle, Instalment, Project, Receipt, Report
from sanlin.govern.projects.tests.scene import (
    answers,
    approved,
    awarded,
    fresh,
    leader,
    mark,
    pay,
    picture,
    project,
    receipt,
    reviewed,
    running_round,
    signed,
    told,
)
from sanlin.kernel.budget import Line

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_time_of_the_round(monkeypatch, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    monkeypatch.setattr("sanlin.ground.clock.now", lambda: NOW)


def go(name, *args):
    return reverse(f"projects:{name}", args=args)


def jpeg(name="IMG_潍坊.jpg"):
    body = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(body, "JPEG")
    return SimpleUploadedFile(name, body.getvalue(), "image/jpeg")


def pdf():
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4\n1 0 obj\n%%EOF\n", "application/pdf")


def said(**fields):
    line = {"head": "materials", "what": "花盆", "unit_price": "120.50", "quantity": "1"}
    line |= {name: fields.pop(name) for name in tuple(fields) if name in line}
    return {
        "number": "no 123",
        "day": "2024-04-09",
        "payee": "文具店",
        **{f"lines-0-{name}": value for name, value in line.items()},
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        **fields,
    }


def send(client, one, *papers, replaces=None):
    """The first page of a receipt; where the second one is, or the answer that says why not."""
    where = go("hand_in", one.pk) + (f"?replaces={replaces.pk}" if replaces else "")
    answer = client.post(where, {"papers": list(papers)})
    return answer["Location"] if answer.status_code == 302 else answer


def hand_in(client, one, paper, **fields):
    """Both pages of a receipt."""
    return client.post(send(client, one, paper), said(**fields), follow=True)


def text(answer):
    return answer.content.decode()


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


@pytest.mark.parametrize("paper", [jpeg, pdf])
def test_a_team_hands_in_a_receipt_and_staff_accept_it(client, paper):
    one = signed(project())
    client.force_login(leader(one))
    assert "票据已提交" in text(hand_in(client, one, paper()))
    made = Receipt.objects.get()
    kept = made.papers.get()
    assert (made.number, made.amount, kept.is_photo) == ("NO123", 120_50, paper is jpeg)
    file = client.get(go("receipt_paper", kept.pk, "small"))
    kind = "image/jpeg" if kept.is_photo else "application/pdf"
    assert file["Content-Type"] == kind
    assert file["X-Content-Type-Options"] == "nosniff"
    client.force_login(worker(one.place))
    page = text(client.get(go("receipt", made.pk)))
    assert "通过" in page
    client.post(go("receipt", made.pk), {"verb": "accept"})
    assert Receipt.objects.get().stage == "accepted"
    client.logout()
    assert client.get(go("receipt_paper", kept.pk, "small")).status_code == 302


def test_a_returned_receipt_is_replaced_by_another(client):
    one = signed(project())
    made = receipt(one)
    client.force_login(worker(one.place))
    short = client.post(go("receipt", made.pk), {"verb": "return", "reason": "x"})
    assert short.status_code == 200
    client.post(go("receipt", made.pk), {"verb": "return", "reason": "看不清金额"})
    client.force_login(leader(one))
    assert "看不清金额" in text(client.get(go("receipts", one.pk)))
    where = send(client, one, jpeg(), replaces=made)
    assert made.number in text(client.get(where))
    client.post(where, said(answer="重拍了，金额看得清了"))
    new = Receipt.objects.get(number="NO123")
    assert (new.replaces, new.answer) == (made, "重拍了，金额看得清了")
    assert Receipt.objects.get(pk=made.pk).amount == made.amount


def test_an_answer_may_keep_the_photo_that_was_sent(client):
    one = signed(project())
    made = receipt(one)
    actions.return_receipt(made, "科目不对，应为劳务", by=worker(one.place), now=NOW)
    client.force_login(leader(one))
    where = go("receipt_details", one.pk) + f"?replaces={made.pk}"
    page = text(client.get(where))
    assert f'value="{made.number}"' in page
    client.post(where, said(head="labour", answer="科目已改为劳务"))
    new = Receipt.objects.get(replaces=made)
    assert new.papers.get().file == made.papers.get().file
    assert new.lines.get().head == "labour"


def test_what_was_offered_and_sent_back_as_it_was_is_a_line_too(client):
    one = signed(project())
    made = receipt(one, 120_50)
    actions.return_receipt(made, "照片看不清楚", by=worker(one.place), now=NOW)
    client.force_login(leader(one))
    where = go("receipt_details", one.pk) + f"?replaces={made.pk}"
    assert 'name="lines-0-unit_price" value="120.50"' in text(client.get(where))
    same = {"number": made.number, "payee": made.payee, "answer": "照片已重拍，看得清"}
    blank = text(client.post(where, said(head="", **same)))
    assert "支出科目：" in blank
    assert "请至少写一行明细" not in blank
    client.post(where, said(**same))
    assert Receipt.objects.get(replaces=made).lines.get().amount == 120_50


def test_one_more_line_keeps_what_was_typed(client):
    one = signed(project())
    client.force_login(leader(one))
    where = send(client, one, jpeg())
    page = text(client.post(where, {**said(payee="王记五金"), "more": "1"}))
    assert page.count("<legend>第") == 2
    assert 'value="王记五金"' in page
    assert 'value="120.50"' in page
    assert Receipt.objects.count() == 0


def test_a_receipt_of_two_lines_on_a_head_is_listed_once(client):
    one = signed(project())
    pots = (Line("materials", "花盆", 10_00, 3), Line("materials", "土", 5_00, 4))
    receipt(one, lines=(*pots, Line("labour", "搬运", 50_00, 1)), number="TWO LINES")
    receipt(one, number="ANOTHER")
    client.force_login(officer(one.round.street))

    def listed(head):
        table = client.get(go("round_receipts", one.round_id) + f"?head={head}").context["table"]
        return table.count, [row.number for row, _cells in table.lines]

    assert listed("materials") == (2, ["TWO LINES", "ANOTHER"])
    assert listed("labour") == (1, ["TWO LINES"])
    assert listed("publicity") == (0, [])


def test_two_copies_of_a_version_make_one_line_and_both_are_counted(client):
    one = project()
    drawn = one.agreements.get()
    for _each in range(2):
        actions.file_scan(drawn, picture(), ["team"], by=leader(one), now=NOW)
    client.force_login(officer(one.round.street))
    table = client.get(go("agreements", one.round_id) + "?scan=filed").context["table"]
    assert [(row.version, row.to_check) for row, _cells in table.lines] == [(1, 2)]


def test_a_number_used_twice_in_the_street_is_shown_and_answered(client):
    round = running_round(10_000_00, 8_000_00)
    first, second = (signed(one) for one in Project.objects.whole().order_by("number"))
    receipt(first, number="TWICE 1")
    other = receipt(second, number="twice-1")
    client.force_login(officer(round.street))
    page = text(client.get(go("receipt", other.pk)))
    assert "号码相同 · 相似度100%" in page
    assert first.undertaking.title in page
    assert "疑似重复" in text(client.get(go("receipts", second.pk)))
    ledger = text(client.get(go("round_receipts", round.pk) + "?sort=-alike"))
    assert ledger.count('data-head="疑似重复" class="num">1</td>') == 2
    mute = client.post(go("receipt", other.pk), {"verb": "accept"})
    assert "有疑似重复的票据，请先核对，并写明不是重复的理由" in text(mute)
    client.post(go("receipt", other.pk), {"verb": "accept", "judged": "两家店各自的流水号"})
    assert Receipt.objects.get(pk=other.pk).judged == "两家店各自的流水号"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"head": "labour", "unit_price": "5001"}, "累计¥5,001，超过比例上限¥5,000，多¥1"),
        ({"unit_price": "10000.01"}, "超过立项金额¥10,000，多¥0.01"),
        ({"head": "venue"}, "超过协议里的预算¥0，多¥120.50；须先申请变更"),
        ({"unit_price": "7000.01"}, "超过协议里的预算¥7,000，多¥0.01"),
    ],
)
def test_what_leaves_the_plan_is_said_with_figures_and_not_accepted(client, fields, sentence):
    one = signed(project())
    client.force_login(leader(one))
    hand_in(client, one, jpeg(), **fields)
    made = Receipt.objects.get()
    client.force_login(worker(one.place))
    assert sentence in text(client.get(go("receipt", made.pk)))
    client.post(go("receipt", made.pk), {"verb": "accept"})
    assert Receipt.objects.get().stage == "handed_in"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"head": "expert", "unit_price": "301"}, "单价¥301，超过每单位上限¥300"),
        (
            {"head": "expert", "unit_price": "300", "quantity": "3"},
            "共¥900，从第3个单位起每单位上限¥200，合计最多¥800",
        ),
        ({"unit_price": "-1"}, "请写成金额"),
        ({"unit_price": "0"}, "金额须大于零"),
        ({"unit_price": "1e9"}, "请写成金额"),
        ({"unit_price": "99999999999999999999"}, "请写成金额"),
        ({"head": "hospitality"}, "这里没有您选的这一项"),
        ({"head": "nothing"}, "这里没有您选的这一项"),
        ({"day": "2024-13-45"}, "请先改好下面几处"),
        ({"day": "2030-01-01"}, "开票日期不能晚于今天"),
        ({"number": "\x00"}, "请先改好下面几处"),
        ({"number": "9" * 41}, "请先改好下面几处"),
        ({"payee": "x" * 10_000}, "请先改好下面几处"),
        ({"quantity": "0"}, "请先改好下面几处"),
        ({"quantity": "99999999999999999999"}, "请先改好下面几处"),
        ({"face": "100"}, "报销的合计不能超过票面金额"),
        ({"lines-TOTAL_FORMS": "999999999"}, ""),
        ({"lines-TOTAL_FORMS": "x"}, ""),
    ],
)
def test_a_wrong_slip_gets_a_sentence_and_keeps_what_was_typed(client, fields, sentence):
    one = signed(project())
    client.force_login(leader(one))
    answer = client.post(send(client, one, jpeg()), said(**fields))
    assert answer.status_code == 200
    assert sentence in text(answer)
    if "payee" not in fields:
        assert 'value="文具店"' in text(answer)
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize(
    "paper",
    [
        SimpleUploadedFile("a.jpg", b"GIF89a not a photo", "image/jpeg"),
        SimpleUploadedFile("a.pdf", b"%PDF- broken", "application/pdf"),
        "",
    ],
)
def test_hostile_papers_get_a_sentence(client, paper):
    one = signed(project())
    client.force_login(leader(one))
    answer = client.post(go("hand_in", one.pk), {"papers": paper})
    assert answer.status_code == 200
    assert "请先改好下面几处" in text(answer)


@pytest.mark.parametrize("replaces", ["x", "-1", "9" * 40, "0", "1%00"])
def test_hostile_addresses_of_a_replacement(client, replaces):
    one = signed(project())
    client.force_login(leader(one))
    assert client.get(go("hand_in", one.pk) + f"?replaces={replaces}").status_code == 200


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
