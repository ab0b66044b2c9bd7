"""Where the money of a round comes from, before anything is awarded."""

import pytest

from sanlin.commons.funds.models import Fund
from sanlin.commons.funds.tests.scene import raised
from sanlin.commons.people.tests.scene import NOW, officer, resident
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground import clock

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
