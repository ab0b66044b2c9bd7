"""What the clock's hand reads of the books each night, and what that finds."""

from datetime import timedelta

import pytest

from sanlin.commons.funds import actions
from sanlin.commons.funds.jobs import inspect_books
from sanlin.commons.funds.models import Inspection
from sanlin.commons.funds.tests.scene import cause, fund_with
from sanlin.commons.people.tests.scene import NOW, street

from .test_verbs import below


def received(fund, by, times):
    for _n in range(times):
        actions.receive(fund, 5_00, cause=cause(), by=by, now=NOW)


def night(days):
    return NOW + timedelta(days=days)


def read_tonight(days):
    """(after which voucher, up to which, what was wrong) of the night's readings, in order."""
    before = set(Inspection.objects.values_list("pk", flat=True))
    done = inspect_books(now=night(days))
    rows = Inspection.objects.exclude(pk__in=before).order_by("fund", "pk")
    assert done == rows.count()
    return [(row.since, row.through, row.wrong) for row in rows]


@pytest.fixture
def no_turn(monkeypatch):
    """Its own night never comes: only age makes a fund due."""
    monkeypatch.setattr("sanlin.commons.funds.jobs.TURN", -1)


@pytest.mark.django_db
@pytest.mark.usefixtures("no_turn")
def test_a_fund_is_read_again_only_where_it_has_grown_and_then_what_is_new():
    fund, by, on = fund_with(1_000_00)
    fund_with(5_00, on, name="另一个")
    assert read_tonight(0) == [(0, 1, []), (0, 1, [])]
    assert read_tonight(0) == []
    assert read_tonight(1) == []
    received(fund, by, 2)
    assert read_tonight(2) == [(1, 3, [])]
    assert read_tonight(3) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("no_turn")
def test_each_reading_finds_what_it_says_it_finds():
    fund, by, _on = fund_with(1_000_00)
    received(fund, by, 1)
    assert read_tonight(0) == [(0, 2, [])]
    below("UPDATE funds_posting SET amount = 1 WHERE id = (SELECT MIN(id) FROM funds_posting)")
    received(fund, by, 1)
    assert read_tonight(1) == [(2, 3, [])]
    assert read_tonight(27) == []
    assert read_tonight(28) == [(0, 3, ["balances_equal_postings", "chain_unbroken"])]
    received(fund, by, 1)
    assert read_tonight(29)[0][0] == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("no_turn")
def test_the_night_finds_a_wrong_balance_and_an_edit_of_what_is_new():
    fund, by, _on = fund_with(1_000_00)
    assert read_tonight(0) == [(0, 1, [])]
    received(fund, by, 1)
    below("UPDATE funds_posting SET amount = 1 WHERE id = (SELECT MAX(id) FROM funds_posting)")
    assert read_tonight(1) == [(1, 2, ["balances_equal_postings", "chain_unbroken"])]


@pytest.mark.django_db
def test_every_fund_is_read_in_full_on_a_night_of_its_own():
    fund, _by, _on = fund_with(1_000_00)
    assert len(read_tonight(0)) == 1
    found = [n for n in range(1, 29) if read_tonight(n)]
    turn = -(fund.pk + NOW.date().toordinal()) % 28 or 28
    assert found == [turn]
    assert read_tonight(turn + 28) == [(0, 1, [])]


@pytest.mark.django_db
@pytest.mark.parametrize("funds", [1, 3])
def test_a_night_without_news_asks_once(funds, django_assert_num_queries):
    on = street()
    for n in range(funds):
        fund_with(5_00, on, name=f"第{n}个")
    inspect_books(now=NOW)
    with django_assert_num_queries(1):
        assert inspect_books(now=NOW) == 0
