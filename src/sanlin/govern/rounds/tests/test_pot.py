"""Where the money of a round comes from, before anything is awarded."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Fund, Gift
from sanlin.commons.funds.tests.scene import raised
from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW, officer, resident
from sanlin.govern.rounds import actions
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import covers
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground import clock
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


def test_an_officer_opens_the_fund_of_a_round_and_sees_what_is_missing(client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    round = open_round("call")
    by, page = officer(round.street), f"/rounds/{round.pk}/pot/"
    client.force_login(by)
    assert "设立本轮资金池" in client.get(page).content.decode()
    answer = client.post(page)
    fund = Fund.objects.get()
    assert answer["Location"] == f"/funds/{fund.pk}/sources/"
    assert (fund.street, fund.name, fund.terms) == (
        round.street,
        round.name,
        round.rules.pot.terms,
    )
    raised(fund, 500_00, by=by)
    shown = client.get(page).content.decode()
    assert "¥500" in shown
    assert "设立本轮资金池" not in shown
    client.post(page)
    assert Fund.objects.count() == 1
    client.force_login(resident())
    assert client.get(page).status_code == 403


def test_what_the_sources_brought_becomes_the_budget_of_a_draft(client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    round = open_round("draft", pot__match=1000, pot__match_unlock=500_00)
    by, page = officer(round.street), f"/rounds/{round.pk}/pot/"
    client.force_login(by)
    assert "还没有到账的来源" in client.get(page).content.decode()
    client.post(page)
    fund = Fund.objects.get()
    assert fund.terms.match.unlock == 500_00
    raised(fund, 30_000_00, origin="district", name="区级专项", by=by)
    given = raised(fund, 800_00, name="3号楼自筹", by=by)
    funds.match(given, by=by, now=NOW)
    funds.pledge(fund, Gift("residents", "5号楼自筹", 300_00), by=by, now=NOW)
    goods = Gift("donation", "花苗", 20, unit="goods:花苗", value=600_00)
    funds.pledge(fund, goods, by=by, now=NOW)
    shown = client.get(page).content.decode()
    for words in ("¥31,600", "配捐", "筹到¥500才能配捐，还差¥200", "实物捐赠", "作价¥600"):
        assert words in shown, words
    answer = client.post(page, {"act": "budget", "key": "b"}, follow=True)
    assert "已按到账的来源写入草稿" in answer.content.decode()
    round = Round.objects.get(pk=round.pk)
    assert round.officer_values["budget"] == 31_600_00
    assert "已经等于到账的来源" in answer.content.decode()
    values = {**round.officer_values, "pot.match": 2000}
    actions.amend(round, name="改了名的一轮", year=2024, values=values, by=by, now=NOW)
    fund.refresh_from_db()
    assert (fund.name, fund.terms.match.ratio) == ("改了名的一轮", 2000)
    assert Fund.objects.count() == 1


def test_a_budget_that_the_pack_binds_or_of_an_opened_round_is_not_taken():
    opened = open_round("call")
    by = officer(opened.street)
    fund = actions.open_pot(opened, by=by, now=NOW)
    raised(fund, 500_00, by=by)
    with pytest.raises(Refused, match="不能再改"):
        actions.take_budget(opened, by=by, now=NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_much_whatever_the_sources(count, client, monkeypatch, settings):
    settings.SIDE = f"{scene.__name__}.no_doors"
    monkeypatch.setattr(clock, "now", lambda: NOW)
    round = open_round("call")
    by = officer(round.street)
    fund = actions.open_pot(round, by=by, now=NOW)
    for n in range(count):
        raised(fund, 500_00, name=f"{n}号楼", by=by)
        funds.pledge(fund, Gift("residents", f"{n}号楼", 300_00), by=by, now=NOW)
    client.force_login(by)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/rounds/{round.pk}/pot/")
    assert len(asked) == 5


def test_the_sentence_names_what_is_missing():
    round = open_round("decision")
    by = officer(round.street)
    assert covers(round)
    fund = actions.open_pot(round, by=by, now=NOW)
    assert covers(round)
    raised(fund, round.rules.budget - 5_000_00, origin="street", name="街道拨款", by=by)
    assert covers(round).reason.endswith("还差¥5,000；请登记补足的来源")
    late = funds.pledge(fund, Gift("district", "区级配套", 5_000_00), by=by, now=NOW)
    assert covers(round).reason.endswith("还差¥5,000；尚未到账：区级配套¥5,000")
    funds.arrive(late, 5_000_00, by=by, now=NOW)
    assert covers(round)
