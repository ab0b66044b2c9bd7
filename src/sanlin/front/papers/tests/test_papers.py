"""Papers out of real rows: what they say, who may take them, and what a street changes in them."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document

from sanlin.commons.funds.actions import give_out
from sanlin.commons.funds.models import Source
from sanlin.commons.funds.tests.scene import cause, fund_with, raised
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.tests.scene import NOW, officer, post, resident, worker
from sanlin.front.papers import actions
from sanlin.front.papers.jobs import WORKS
from sanlin.front.papers.models import Kind, Template
from sanlin.front.papers.queries import ledgers, prints, word
from sanlin.front.papers.queries.word.fields import SPECS, sample
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.models import Circle, Project, ReportPhoto
from sanlin.govern.projects.tests import scene
from sanlin.ground import clock, files
from sanlin.ground.journal.models import Entry
from sanlin.ground.office import word as office
from sanlin.ground.office.filling import words_of
from sanlin.ground.tasks import stages
from sanlin.ground.tasks.actions import do_one
from sanlin.ground.tasks.models import Task
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
SITE = "https://sanlin.example.gov.cn/"


@pytest.fixture(autouse=True)
def folders(settings, tmp_path, monkeypatch):
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: NOW)


def browser(who):
    client = Client()
    client.force_login(who)
    return client


def made(work, thing, by, **more):
    """The task after its worker has been at it."""
    actions.ask(work, thing, SITE, by=by, now=NOW, **more)
    return do_one(WORKS, clock=lambda: NOW)


# --- Word ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind.values)
def test_the_house_template_passes_its_own_look_and_fills_every_field(kind):
    raw = word.house(kind)
    office.look_at(raw, SPECS[kind])
    text = words_of(office.filled(raw, sample(SPECS[kind])))
    assert "{{" not in text
    assert "{%" not in text
    assert text.count("示例") > 5


def test_an_agreement_says_what_was_agreed():
    one = scene.project("running")
    made_one = one.agreements.get()
    text = words_of(word.paper("agreement", word.agreement(made_one, now=NOW), one.round.street))
    for words in (
        one.number,
        "10,000元（大写：壹万元整）",
        one.undertaking.title,
        "甲方（街道）：",
        "丙方（居民委员会）：",
        "一式叁份",
        made_one.digest,
    ):
        assert words in text, words


def test_an_agreement_of_two_parties_names_two():
    one = scene.project("running")
    made_one = one.agreements.get()
    facts = json.loads(bytes(made_one.body))
    facts["committee"] = ""
    made_one.body = json.dumps(facts).encode()
    text = words_of(word.paper("agreement", word.agreement(made_one, now=NOW), one.round.street))
    assert ("丙方" in text, "一式贰份" in text) == (False, True)


def test_a_report_carries_its_money_and_photos():
    one = scene.project("running")
    scene.pay(one, "first")
    scene.receipt(one, 1_000_00, accepted=True)
    told = scene.told(one, "midterm")
    ReportPhoto.objects.create(
        report=told, file=files.keep(scene.picture()), width=8, height=6, caption="楼道清扫"
    )
    raw = word.paper("report", word.report(told, now=NOW), one.round.street)
    text = words_of(raw)
    assert "已通过票据1张、1,000元" in text
    assert "办了六次活动" in text
    assert "楼道清扫" in text
    with zipfile.ZipFile(io.BytesIO(raw)) as box:
        assert [name for name in box.namelist() if name.startswith("word/media/")] != []


def test_papers_are_for_the_team_and_the_staff():
    one = scene.project("running")
    street = one.round.street
    doors = [
        reverse("papers:project", args=[one.pk]),
        reverse("papers:agreement", args=[one.agreements.get().pk]),
        reverse("papers:of_kind", args=[one.pk, "acceptance"]),
    ]
    for who, status in (
        (scene.leader(one), 200),
        (worker(one.place), 200),
        (officer(street), 200),
        (resident(one.place), 403),
    ):
        assert {browser(who).get(door).status_code for door in doors} == {status}
    assert Client().get(doors[1]).status_code == 302
    keeper = browser(officer(street))
    assert keeper.get(reverse("papers:of_kind", args=[one.pk, "nothing"])).status_code == 404


# --- a street's own templates --------------------------------------------------------------------


def own(*lines):
    doc = Document()
    for line in lines:
        doc.add_paragraph(line)
    out = io.BytesIO()
    doc.save(out)
    return SimpleUploadedFile("我的模板.docx", out.getvalue())


def test_a_street_words_its_agreement_in_its_own_way_and_takes_it_back():
    one = scene.project("running")
    street = one.round.street
    client = browser(officer(street))
    where = reverse("papers:templates", args=[street.pk])
    paper = reverse("papers:agreement", args=[one.agreements.get().pk])
    for n in (1, 2):
        answer = client.post(
            where, {"kind": "agreement", "file": own(f"本街道第{n}版 {{{{ project.number }}}}")}
        )
        assert answer.status_code == 302
        assert words_of(client.get(paper).content).strip() == f"本街道第{n}版 {one.number}"
    latest = Template.objects.get(version=2)
    client.post(reverse("papers:withdraw", args=[latest.pk]))
    assert "本街道第1版" in words_of(client.get(paper).content)
    with pytest.raises(Refused, match="已经停用"):
        actions.withdraw_template(Template.objects.get(version=2), by=officer(street), now=NOW)
    page = client.get(where).content.decode()
    assert "第2版" in page
    assert "（已停用）" in page
    other = scene.project("running", grant=5_000_00)
    there = words_of(
        word.paper("agreement", word.agreement(other.agreements.get(), now=NOW), other.round.street)
    )
    assert "本街道" not in there or other.round.street_id == street.pk


def test_a_template_with_an_unknown_field_is_refused_with_what_was_said():
    one = scene.project("running")
    street = one.round.street
    client = browser(officer(street))
    where = reverse("papers:templates", args=[street.pk])
    answer = client.post(
        where, {"kind": "agreement", "file": own("{{ project.numbr }}"), "note": "新办法"}
    )
    page = answer.content.decode()
    assert (answer.status_code, Template.objects.count()) == (200, 0)
    assert "“project.numbr”不存在" in page
    assert 'value="新办法"' in page
    assert browser(worker(one.place)).get(where).status_code == 403


# --- made beside the server ----------------------------------------------------------------------


def test_an_archive_holds_every_paper_with_its_digest_and_names_what_is_missing():
    one = scene.project("settling")
    keeper = officer(one.round.street)
    task = made("archive", one, keeper)
    assert (task.stage, task.error, task.name) == (stages.DONE, "", f"{one.number}.zip")
    with zipfile.ZipFile(task.path) as box:
        assert box.testzip() is None
        names = box.namelist()
        sums = dict(
            reversed(line.split("  ", 1))
            for line in box.read("SHA256SUMS.txt").decode().splitlines()
        )
        assert sums == {
            name: hashlib.sha256(box.read(name)).hexdigest()
            for name in names
            if not name.startswith("00 ") and name != "SHA256SUMS.txt"
        }
        contents = words_of(box.read("00 目录.docx"))
        index = openpyxl.load_workbook(io.BytesIO(box.read("00 目录.xlsx"))).active
    folders = list(dict.fromkeys(name.split("/")[0] for name in sums))
    assert folders == sorted(folders)
    assert [name for name in names if name.endswith(("申报书.docx", "协议第1版.docx"))] == [
        "01 申报/申报书.docx",
        "05 协议/协议第1版.docx",
    ]
    assert "受益居民确认" in contents
    assert "票据和票据扫描件（系统内没有）" in contents
    stated = [row[2].value for row in index.iter_rows(min_row=4)]
    assert (stated.count("已归档"), "缺" in stated) == (len(sums), True)


def test_an_archive_puts_receipts_in_and_says_where_a_scan_is_gone():
    one = scene.project("running")
    scene.pay(one, "first")
    scene.receipt(one, 100_00, accepted=True)
    keeper = officer(one.round.street)
    with zipfile.ZipFile(made("archive", one, keeper).path) as box:
        assert len([n for n in box.namelist() if n.startswith("08 ")]) == 2
    for path in (settings.MEDIA_ROOT / "photos").rglob("*.jpg"):
        path.unlink()
    task = actions.ask("archive", one, SITE, by=keeper, now=NOW + timedelta(hours=1))
    task = do_one(WORKS, clock=lambda: NOW)
    with zipfile.ZipFile(task.path) as box:
        assert "系统内的文件已不在" in words_of(box.read("00 目录.docx"))


def test_an_archive_puts_what_was_signed_by_hand_at_its_place():
    one = scene.project("settling")
    keeper, helper = officer(one.round.street), worker(one.place)

    def file(what, people=None):
        shot = scene.picture()
        return projects.file_paper(one, what, shot, people, by=helper, now=NOW)

    for paper in (file("confirmation", 12), file("sign_in"), file("audit")):
        projects.check_paper(paper, True, "", by=keeper, now=NOW)
    file("confirmation", 3)
    projects.check_paper(file("consent"), False, "拍糊了，看不清", by=keeper, now=NOW)
    with zipfile.ZipFile(made("archive", one, keeper).path) as box:
        names = [name for name in box.namelist() if name[:2] in {"09", "11"}]
        contents = words_of(box.read("00 目录.docx"))
        sums = box.read("SHA256SUMS.txt").decode()
    assert names == [
        "09 过程资料/活动签到表1.jpg",
        "11 结项和验收/受益居民确认书1.jpg",
        "11 结项和验收/受益居民确认书2（未核对）.jpg",
        "11 结项和验收/结项报告1.docx",
        "11 结项和验收/支出明细和项目账.xlsx",
        "11 结项和验收/验收表.docx",
        "11 结项和验收/审计报告1.jpg",
    ]
    assert all(name in sums for name in [*names, "01 申报/团队成员名单.xlsx"])
    assert "照片使用同意书（纸质材料，尚未归档）" in contents
    assert "受益居民确认书（纸质材料" not in contents


def test_the_sheet_to_sign_is_made_out_of_the_project_with_blank_lines():
    one = scene.project("running")
    where = reverse("papers:of_kind", args=[one.pk, "confirmation"])
    answer = browser(scene.leader(one)).get(where)
    paper = Document(io.BytesIO(answer.content))
    lines = next(table for table in paper.tables if len(table.columns) == 6)
    assert [row.cells[0].text for row in lines.rows[1:]] == [str(n) for n in range(1, 11)]
    assert {cell.text for row in lines.rows[1:] for cell in row.cells[1:]} == {""}
    said = words_of(answer.content)
    for words in (one.number, one.undertaking.title, one.team.name, "不公开"):
        assert words in said, words
    assert browser(resident(one.place)).get(where).status_code == 403


def test_archives_are_for_officers_and_auditors_and_their_making_is_told():
    one = scene.project("running")
    street = one.round.street
    with pytest.raises(Refused, match="归档由"):
        made("archive", one, scene.leader(one))
    auditor = post(PostKind.AUDITOR, street.district)
    task = made("archive", one, auditor)
    assert task.stage == stages.DONE
    line = Entry.objects.get(deed="tasks.order").told
    assert line["data"] == {"work": "papers.archive", "about": {"pk": one.pk, "site": SITE}}
    client = browser(worker(one.place))
    page = client.get(reverse("papers:of_project", args=[one.pk, "archive"]))
    assert (page.status_code, "disabled" in page.content.decode()) == (200, True)
    answer = client.post(reverse("papers:of_project", args=[one.pk, "archive"]))
    assert (answer.status_code, Task.objects.count()) == (409, 1)


def test_who_has_lost_her_post_gets_no_archive_that_she_ordered():
    one = scene.project("running")
    keeper = officer(one.round.street)
    actions.ask("archive", one, SITE, by=keeper, now=NOW)
    keeper.posts.update(until=NOW.date() - timedelta(days=1))
    task = do_one(WORKS, clock=lambda: NOW)
    assert (task.stage, task.error) == (stages.FAILED, "归档由街道工作人员和审计员办理")


def test_a_round_is_made_whole_and_says_how_far_it_is():
    round = scene.running_round(1_000_00, 2_000_00, 3_000_00)
    keeper = officer(round.street)
    whole = made("archives", round, keeper)
    numbers = list(
        Project.objects.filter(round=round).order_by("number").values_list("number", flat=True)
    )
    with zipfile.ZipFile(whole.path) as box:
        assert box.namelist() == [f"{number}.zip" for number in numbers]
        inner = zipfile.ZipFile(io.BytesIO(box.read(f"{numbers[0]}.zip")))
        assert "00 目录.docx" in inner.namelist()
    assert (whole.done, whole.total) == (3, 3)
    papers = made("agreements", round, keeper)
    with zipfile.ZipFile(papers.path) as box:
        assert box.namelist() == [f"{number}.docx" for number in numbers]
        assert numbers[2] in words_of(box.read(f"{numbers[2]}.docx"))


def test_decks_certificates_and_notices_are_made():
    one = scene.project("settling")
    keeper = officer(one.round.street)
    circle = Circle.objects.create(round=one.round, name="公益服务", leader=scene.leader(one))
    Project.objects.filter(pk=one.pk).update(circle=circle)
    for work, thing, head in (
        ("deck", one.round, b"PK"),
        ("circle", circle, b"PK"),
        ("certificate", one, b"%PDF-"),
        ("thanks", one, b"%PDF-"),
    ):
        task = made(work, thing, keeper)
        assert (task.stage, task.error) == (stages.DONE, ""), work
        assert task.path.read_bytes().startswith(head)
    running = scene.project("running")
    early = officer(running.round.street)
    with pytest.raises(Refused, match="结项评出等次"):
        made("certificate", running, early)


def test_the_same_notice_has_the_same_bytes():
    one = scene.project("running")
    notice = Notice.objects.get(decision__round=one.round)
    notice.snapshot = {
        "round": one.round.name,
        "street": str(one.round.street),
        "fingerprint": "a" * 64,
        "rules": "b" * 64,
        "judges": ["陈静"],
        "awards": [
            {
                "title": one.undertaking.title,
                "team": str(one.team),
                "place": str(one.place),
                "tier": "",
                "stage": "standing",
                "grant": 10_000_00,
                "note": "",
            }
        ],
    }
    first = prints.notice(notice, SITE, now=NOW)
    assert first == prints.notice(notice, SITE, now=NOW + timedelta(days=3))
    text = words_of(word.paper("notice", word.notice(notice, SITE, now=NOW), one.round.street))
    for words in ("拟立项1项，立项金额10,000元", "陈静", "a" * 64, SITE, "10,000.00"):
        assert words in text, words


# --- ledgers -------------------------------------------------------------------------------------


def sheet(answer):
    body = b"".join(answer.streaming_content)
    return openpyxl.load_workbook(io.BytesIO(body)).active


def test_a_ledger_has_typed_cells_a_total_and_a_page_set_up():
    round = scene.running_round(1_000_00, 2_000_50)
    street = round.street
    client = browser(officer(street))
    found = sheet(client.get(reverse("papers:ledger", args=[street.pk, "projects"])))
    heads = [cell.value for cell in found[3]]
    grants = [row[heads.index("立项金额（元）")] for row in found.iter_rows(min_row=4)]
    assert [cell.value for cell in grants[:2]] == [1000, 2000.5]
    assert grants[2].value == "=SUBTOTAL(109,I4:I5)"
    assert grants[0].number_format.startswith("#,##0.00")
    starts = found.cell(4, heads.index("开始") + 1)
    assert (starts.is_date, starts.number_format) == (True, "yyyy-mm-dd")
    assert (found.freeze_panes, found.page_setup.orientation) == ("C4", "landscape")
    assert found.print_title_rows == "$3:$3"
    assert found["A6"].value == "合计"


def test_the_payments_say_who_paid_and_what_filled_the_pot():
    one = scene.project("running")
    raised(one.fund, 600_00, by=officer(one.round.street))
    scene.pay(one, "first")
    street = one.round.street
    found = sheet(
        browser(officer(street)).get(reverse("papers:ledger", args=[street.pk, "instalments"]))
    )
    heads = [cell.value for cell in found[3]]
    paid, waiting = (dict(zip(heads, [c.value for c in found[n]], strict=True)) for n in (4, 5))
    part = one.instalments.get(key="first")
    assert paid["付款人"] == part.paid_by.name
    source = one.fund.sources.get()
    assert paid["资金来源"] == f"街道级拨款、居民自筹·{source.name}"
    assert (waiting["付款人"], waiting["资金来源"]) == ("", "")


def test_the_price_of_one_is_money_and_is_not_summed():
    round = scene.running_round(10_000_00)
    street = round.street
    found = sheet(
        browser(officer(street)).get(reverse("papers:ledger", args=[street.pk, "budgets"]))
    )
    heads = [cell.value for cell in found[3]]
    price, amount = heads.index("单价（元）"), heads.index("金额（元）")
    first, *_lines, total = found.iter_rows(min_row=4)
    assert first[price].number_format.startswith("#,##0.00")
    assert (total[price].value, total[amount].value[:9]) == ("", "=SUBTOTAL")


def test_the_donations_name_their_voucher_and_who_stays_unnamed():
    fund, by, street = fund_with(1_000_00)
    raised(fund, 600_00, by=by)
    hidden = raised(fund, 50_00, by=by)
    Source.objects.filter(pk=hidden.pk).update(anonymous=True)
    found = sheet(browser(by).get(reverse("papers:ledger", args=[street.pk, "sources"])))
    heads = [cell.value for cell in found[3]]
    rows = [dict(zip(heads, row, strict=True)) for row in found.iter_rows(4, 5, values_only=True)]
    told = [(row["捐赠人"], row["匿名"], row["入账凭证号"]) for row in rows]
    assert told == [("", "否", 2), ("匿名", "是", 3)]


def test_ledgers_are_sieved_by_year_and_round():
    first, second = scene.running_round(1_000_00), None
    street = first.street
    second = scene.running_round(2_000_00, 3_000_00, year=2025)
    if second.street_id != street.pk:
        type(second).objects.filter(pk=second.pk).update(street=street)
    client = browser(officer(street))
    where = reverse("papers:ledger", args=[street.pk, "projects"])

    def grants(query):
        rows = sheet(client.get(where + query)).iter_rows(min_row=4, values_only=True)
        return [row[8] for row in rows if isinstance(row[8], int | float)]

    assert grants("") == [1000, 2000, 3000]
    assert grants(f"?round={second.pk}") == [2000, 3000]
    assert grants(f"?year={first.year}&round=x") == grants(f"?year={first.year}")
    assert grants("?year=1999") == []


@pytest.mark.parametrize("book", ledgers.BOOKS, ids=lambda book: book.key)
def test_every_ledger_has_a_cell_for_every_head(book):
    one = scene.project("settling")
    scene.pay(one, "first")
    Circle.objects.create(round=one.round, name="公益服务", leader=scene.leader(one))
    street = one.round.street
    post(PostKind.SOCIAL_WORKER, street, certificate="沪社工1234")
    rows = list(book.read(ledgers.Scope(street, None, None)))
    assert {len(row) for row in rows} <= {len(book.heads)}


def test_what_is_not_money_has_ledgers_of_its_own():
    fund, by, on = fund_with(100_00)
    raised(fund, 20, by=by, origin="donation", name="大米", unit="goods:大米(袋)", value=1_000_00)
    raised(fund, 300, by=by, origin="donation", name="积分", unit="points")
    raised(fund, 90, by=by, origin="donation", name="理发", unit="minutes")
    give_out(fund, "goods:大米(袋)", 15, cause=cause("发放"), by=by, now=NOW)
    scope = ledgers.Scope(on)

    def rows(key):
        book = ledgers.book(key)
        words = [head.words for head in book.heads]
        return [dict(zip(words, row, strict=True)) for row in book.read(scope)]

    assert [(row["品名"], row["数量（件）"]) for row in rows("goods")] == [
        ("大米(袋)", 20),
        ("大米(袋)", 15),
    ]
    assert [row["积分"] for row in rows("points")] == [300]
    assert [row["时长（分钟）"] for row in rows("hours")] == [90]
    assert [row["金额（元）"] for row in rows("postings")] == [100_00]


def test_some_ledgers_have_a_rule_of_their_own():
    street = scene.project("running").round.street
    by = {
        "officer": officer(street),
        "auditor": post(PostKind.AUDITOR, street.district),
    }
    seen = {
        name: {book.key for book in ledgers.books_for(who, street, now=NOW)}
        for name, who in by.items()
    }
    assert {"voices", "sources"} <= seen["officer"]
    assert "unmaskings" not in seen["officer"]
    assert "unmaskings" in seen["auditor"]
    assert "voices" not in seen["auditor"]
    there = reverse("papers:ledger", args=[street.pk, "unmaskings"])
    assert browser(by["officer"]).get(there).status_code == 404
    assert browser(by["auditor"]).get(there).status_code == 200


def test_all_ledgers_in_one_book():
    street = scene.project("running").round.street
    keeper = officer(street)
    task = made("ledgers", street, keeper)
    book = openpyxl.load_workbook(io.BytesIO(task.path.read_bytes()))
    assert len(book.sheetnames) == len(ledgers.books_for(keeper, street, now=NOW))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_same_whatever_they_list(count, django_assert_max_num_queries):
    round = scene.running_round(*[1_000_00] * count)
    for n in range(count):
        Circle.objects.create(round=round, name=f"小组{n}")
    street = round.street
    client = browser(officer(street))
    one = Project.objects.filter(round=round).first()
    for where in (
        reverse("papers:street", args=[street.pk]),
        reverse("papers:round", args=[round.pk]),
        reverse("papers:project", args=[one.pk]),
        reverse("papers:templates", args=[street.pk]),
        reverse("papers:of_round", args=[round.pk, "deck"]),
    ):
        client.get(where)
        with django_assert_max_num_queries(10):
            assert client.get(where).status_code == 200
