"""A receipt by its pages: handed in, looked at, returned, replaced, and every wrong one with its sentence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.projects import actions
from sanlin.govern.projects.models import Project, Receipt
from sanlin.govern.projects.tests.pages import go, jpeg, text
from sanlin.govern.projects.tests.scene import (
    leader,
    picture,
    project,
    receipt,
    running_round,
    signed,
)
from sanlin.kernel.budget import Line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_time_of_the_round")]


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
