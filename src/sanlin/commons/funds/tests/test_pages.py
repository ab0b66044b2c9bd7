"""The pages of the books: what they say, who may do what there, and what they cost."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanlin.commons.funds import actions
from sanlin.commons.funds.models import Book, Duty, Fund, Gift, MonthClose, Source, Voucher
from sanlin.commons.funds.tests.scene import cause, fund_with, raised, undertaking
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import (
    NOW,
    SHANGHAI,
    neighbourhood,
    officer,
    person,
    phone,
    resident,
    worker,
)
from sanlin.commons.undertakings.models import Undertaking
from sanlin.ground import clock
from sanlin.kernel.ledger import Match, Running, Sweep, Terms

pytestmark = pytest.mark.django_db
TERMS = Terms(Match(1000, 500_00), Running(100), Sweep(5, 31, "区级统筹资金"))


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer):
    return answer.content.decode()


def as_(client, who):
    client.force_login(who)
    return client


def test_a_pledge_arrives_and_is_matched_on_its_page(client):
    fund, by, _on = fund_with(terms=TERMS)
    li = resident(phone="19900001234")
    as_(client, by)
    page = f"/funds/{fund.pk}/sources/"
    told = {"origin": "residents", "name": "3号楼居民", "kind": "money", "amount": "600"}
    assert "请填写金额" in text(client.post(page, {**told, "amount": ""}))
    assert "没有登记这个手机号" in text(client.post(page, {**told, "phone": "19900009999"}))
    assert client.post(page, {**told, "phone": "19900001234"}).status_code == 302
    source = Source.objects.get()
    assert (source.pledged, source.giver) == (600_00, li)
    one = f"/funds/sources/{source.pk}/"
    assert "到账数额" in text(client.post(one, {"amount": "601"}))
    assert client.post(one, {"amount": "550"}).status_code == 302
    assert "按规则可配¥550" in text(client.get(one))
    assert client.post(one, {"act": "match"}).status_code == 302
    assert "已经配过" in text(client.post(one, {"act": "match"}))
    shown = text(client.get(page))
    assert "3号楼居民的配捐" in shown
    assert "¥1,100" in shown
    as_(client, li)
    assert "已配¥550" in text(client.get("/funds/gifts/"))
    assert client.get(one).status_code == 200
    assert client.get(page).status_code == 403
    as_(client, resident())
    assert client.get(one).status_code == 403
    assert "3号楼居民" not in text(client.get("/funds/gifts/"))


def test_goods_are_pledged_in_their_own_unit(client):
    fund, by, _on = fund_with()
    as_(client, by)
    page = f"/funds/{fund.pk}/sources/"
    told = {"origin": "donation", "name": "粮店", "kind": "goods", "quantity": "20", "value": "900"}
    for bad in ("", "大米@袋", "<b>"):
        assert "请填写实物名称" in text(client.post(page, {**told, "goods": bad}))
    assert client.post(page, {**told, "goods": "大米(袋)"}).status_code == 302
    source = Source.objects.get()
    assert (source.unit, source.pledged, source.value) == ("goods:大米(袋)", 20, 900_00)
    assert client.post(f"/funds/sources/{source.pk}/", {"amount": "20"}).status_code == 302
    shown = text(client.get(f"/funds/{fund.pk}/"))
    assert "20件大米(袋)" in shown
    assert Book.objects.get(kind="stock").balance == 20


def test_an_anonymous_source_has_no_name_in_public(client):
    fund, by, _on = fund_with()
    raised(fund, 500_00, by=by, origin="donation", name="王老板", anonymous=True)
    shown = text(client.get(f"/funds/{fund.pk}/"))
    assert "匿名社会捐赠" in shown
    assert "王老板" not in shown
    voucher = Voucher.objects.get()
    assert "王老板" not in text(client.get(f"/funds/vouchers/{voucher.pk}/"))


def test_a_voucher_is_reversed_in_public(client):
    fund, by, on = fund_with(300_00)
    voucher = Voucher.objects.get()
    page = f"/funds/vouchers/{voucher.pk}/"
    as_(client, by)
    assert "另一位工作人员" in text(client.get(page))
    assert client.get(f"{page}reverse/").status_code == 403
    as_(client, officer(on))
    assert "原路退回" in text(client.get(f"{page}reverse/"))
    assert client.post(f"{page}reverse/", {"reason": "错"}).status_code == 200
    assert client.post(f"{page}reverse/", {"reason": "金额写错，应为200元"}).status_code == 302
    client.logout()
    assert "见第2号凭证" in text(client.get(page))
    shown = text(client.get(f"/funds/{fund.pk}/"))
    assert "冲销第1号凭证：金额写错，应为200元" in shown
    assert "¥0" in shown
    back = Voucher.objects.get(number=2)
    assert voucher.digest in text(client.get(f"/funds/vouchers/{back.pk}/"))


def test_a_month_is_closed_by_another(client, monkeypatch):
    fund, by, on = fund_with(300_00)
    monkeypatch.setattr(clock, "now", lambda: datetime(2024, 5, 6, 9, 0, tzinfo=SHANGHAI))
    page = f"/funds/{fund.pk}/close/"
    as_(client, by)
    assert "您经办过这个月的凭证" in text(client.get(page))
    assert "您经办过这个月的凭证" in text(client.post(page))
    assert not MonthClose.objects.exists()
    as_(client, officer(on))
    assert client.post(page).status_code == 302
    assert "2024年4月" in text(client.get(page))
    assert MonthClose.objects.get().vouchers == 1


def test_running_costs_and_the_sweep(client, monkeypatch):
    fund, by, on = fund_with(1_000_00, terms=TERMS)
    boss, payer = officer(on), officer(on)
    as_(client, by)
    page = f"/funds/{fund.pk}/running/"
    assert "¥100" in text(client.get(page))
    assert "还可列支¥100" in text(client.post(page, {"what": "议事会", "amount": "101"}))
    assert client.post(page, {"what": "议事会", "amount": "60"}).status_code == 302
    one = fund.expenses.get()
    press = {kind: {"act": kind, "expense": one.pk} for kind in ("approve", "pay", "refuse")}
    assert "由两位工作人员分别办理" in text(client.post(page, press["approve"], follow=True))
    assert "审批以后才能付款" in text(client.post(page, press["pay"], follow=True))
    as_(client, boss)
    assert "等待出纳付款" in text(client.post(page, press["approve"], follow=True))
    assert "已经办过审批" in text(client.post(page, press["pay"], follow=True))
    as_(client, officer(on))
    assert "还没有人负责出纳" in text(client.post(page, press["pay"], follow=True))
    assert "¥1,000" in text(client.get(f"/funds/{fund.pk}/"))
    actions.entrust(fund, payer, "pay", by=by, now=NOW)
    as_(client, payer)
    assert "已付款并记账" in text(client.post(page, press["pay"], follow=True))
    assert "已列支</dt><dd>¥60" in text(client.get(page))
    assert "这笔运行经费已经处理过" in text(client.post(page, press["pay"], follow=True))
    as_(client, by)
    assert "还可列支¥40" in text(client.post(page, {"what": "议事会", "amount": "40.01"}))
    assert client.post(page, {"what": "议事会", "amount": "40"}).status_code == 302
    two = fund.expenses.get(amount=40_00)
    assert "已退回" in text(client.post(page, {"act": "refuse", "expense": two.pk}, follow=True))
    assert client.post(page, {"act": "pay", "expense": "\x00"}).status_code == 404
    voucher = Voucher.objects.latest("pk")
    as_(client, officer(on))
    told = {"reason": "会议取消，退回"}
    assert client.post(f"/funds/vouchers/{voucher.pk}/reverse/", told).status_code == 302
    assert "已冲销</span>" in text(client.get(page))
    as_(client, by)
    Duty.objects.update(until=NOW.date())
    page = f"/funds/{fund.pk}/sweep/"
    assert "以后才能清缴" in text(client.post(page, {"act": "sweep"}))
    assert client.post(page, {"on": "2024-04-09"}).status_code == 302
    assert client.post(page, {"act": "sweep"}).status_code == 302
    assert "¥1,000" in text(client.get(f"/funds/{fund.pk}/"))
    assert "区级统筹资金" in text(client.get(f"/funds/street/{on.pk}/"))


def test_duties_are_entrusted_and_ended(client):
    fund, by, on = fund_with()
    one = officer(on, name="钱立")
    as_(client, by)
    page = f"/funds/{fund.pk}/duties/"
    assert client.post(page, {"book": one.pk}).status_code == 302
    assert "不相容岗位规定" in text(client.post(page, {"approve": one.pk}))
    assert client.post(page, {"pay": person().pk}).status_code == 200
    shown = text(client.get(page))
    assert shown.count("不能兼") == 20
    duty = Duty.objects.get()
    assert client.post(f"/funds/duties/{duty.pk}/end/").status_code == 302
    assert "还没有安排专人" in text(client.get(page))


def test_a_community_fund_is_founded_on_its_page(client):
    _fund, _by, on = fund_with()
    place = neighbourhood(on)
    by = worker(place)
    Organisation.objects.create(name="公益基金会", kind="registered", number="533", street=on)
    charity = Organisation.objects.get(number="533")
    phones = [phone() for _ in range(6)]
    for number in phones:
        person(phone=number)
    as_(client, by)
    page = f"/funds/found/{place.pk}/"
    told = {"name": "社区慈善基金", "host": charity.pk, "supervisors": phones[5]}
    few = text(client.post(page, {**told, "members": " ".join(phones[:4])}))
    assert "至少5人" in few
    assert "没有登记手机号" in text(client.post(page, {**told, "members": "19911112222"}))
    assert client.post(page, {**told, "members": "，".join(phones[:5])}).status_code == 302
    fund = Fund.objects.get(name="社区慈善基金")
    shown = text(client.get(f"/funds/{fund.pk}/committee/"))
    assert "人数合规" in shown
    seat = fund.seats.first()
    assert client.post(f"/funds/seats/{seat.pk}/end/").status_code == 302
    assert "至少5人" in text(client.get(f"/funds/{fund.pk}/committee/"))


def test_checks_are_made_while_the_page_is_read(client):
    fund, by, _on = fund_with(300_00)
    page = f"/funds/{fund.pk}/checks/"
    shown = text(client.get(page))
    assert "每一项都成立" in shown
    assert shown.count("成立") == 6
    as_(client, by)
    assert client.post(page).status_code == 302
    assert "重读了全部1张凭证" in text(client.get(page))
    Book.objects.filter(fund=fund, kind="cash").update(balance=301_00)
    shown = text(client.get(page))
    assert "有不成立的" in shown
    assert "不等于它的每笔记账之和：cash" in shown
    as_(client, resident())
    assert client.post(page).status_code == 302
    assert fund.inspections.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_a_constant_number_of_questions(rows, client, settings):
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    fund, by, on = fund_with(9_000_00, terms=TERMS)
    for _n in range(rows):
        raised(fund, 600_00, by=by)
        actions.promise(fund, undertaking(on), 100_00, cause=cause(), by=by, now=NOW)
        actions.entrust(fund, officer(on), "book", by=by, now=NOW)
        Duty.objects.update(until=NOW.date())
    source = Source.objects.first()
    actions.pledge(fund, Gift("street", "街道", 1), by=by, now=NOW)
    as_(client, by)
    for page, count in (
        (f"/funds/{fund.pk}/", 10),
        (f"/funds/{fund.pk}/?undertaking={Undertaking.objects.last().pk}", 11),
        (f"/funds/{fund.pk}/checks/", 9),
        (f"/funds/{fund.pk}/sources/", 8),
        (f"/funds/{fund.pk}/close/", 8),
        (f"/funds/{fund.pk}/duties/", 6),
        (f"/funds/sources/{source.pk}/", 7),
        (f"/funds/vouchers/{Voucher.objects.first().pk}/", 9),
        (f"/funds/street/{on.pk}/", 6),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200, page
        assert (page, len(asked)) == (page, count)


def test_the_book_of_one_undertaking_and_of_one_month(client):
    fund, by, on = fund_with(9_000_00)
    first, second = undertaking(on), undertaking(on)
    Undertaking.objects.filter(pk=second.pk).update(title="长者食堂")
    for what, at in ((first, NOW), (second, datetime(2024, 6, 3, 9, 0, tzinfo=SHANGHAI))):
        actions.promise(fund, what, 100_00, cause=cause(), by=by, now=at)
        actions.pay(fund, what, 60_00, cause=cause(), by=by, now=at)
    page = f"/funds/{fund.pk}/"

    def listed(query):
        table = client.get(page + query).context["table"]
        return [row.voucher.number for row, _cells in table.lines]

    assert listed("") == [5, 4, 3, 2, 1]
    assert listed(f"?undertaking={first.pk}") == [3, 2]
    assert listed(f"?undertaking={second.pk}&debit=owed") == [5]
    assert "只看“长者食堂”的记账" in text(client.get(f"{page}?undertaking={second.pk}"))
    assert listed("?month=2024-04-01") == [3, 2, 1]
    assert listed("?month=2024-05-01") == []
    months = client.get(page).context["table"].sieves[0]["choices"]
    assert [words for _value, words in months] == ["2024年6月", "2024年5月", "2024年4月"]
    for wrong in ("undertaking=0", "undertaking=x", f"undertaking={'9' * 30}", "month=2024-04-31"):
        assert listed(f"?{wrong}") == [5, 4, 3, 2, 1]


def test_of_many_books_the_largest_are_shown_and_the_rest_is_summed_up(client):
    fund, by, on = fund_with(9_000_00)
    for n in range(14):
        actions.promise(fund, undertaking(on), (n + 1) * 100, cause=cause(), by=by, now=NOW)
    context = client.get(f"/funds/{fund.pk}/").context
    bars, rest = context["went_to"]
    assert [fen for _name, fen, _words in bars] == [100 * n for n in range(14, 2, -1)]
    assert rest == "另有2项，共¥3"
    assert context["came_from"][1] == ""


def test_hostile_addresses_and_values_get_a_sentence(client):
    fund, by, _on = fund_with(300_00)
    as_(client, by)
    for bad in ("\x00", "-1", "1e9", "９" * 40, "<b>", "' OR 1=1"):
        told = {"origin": bad, "name": bad, "kind": bad, "amount": bad, "phone": bad}
        assert client.post(f"/funds/{fund.pk}/sources/", told).status_code == 200
        running = {"what": bad, "amount": bad}
        assert client.post(f"/funds/{fund.pk}/running/", running).status_code == 200
        assert client.post(f"/funds/{fund.pk}/sweep/", {"on": bad}).status_code == 200
        assert client.get(f"/funds/{fund.pk}/", {"month": bad, "q": bad}).status_code == 200
    assert client.get("/funds/0/").status_code == 404
    assert client.get("/funds/vouchers/0/").status_code == 404
