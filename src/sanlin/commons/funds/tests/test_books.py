"""Books that balance, numbers without gaps, and money that cannot be spent twice."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from sanlin.commons.funds import actions
from sanlin.commons.funds.actions import Cause
from sanlin.commons.funds.models import Book, BookKind, Fund, Posting, Voucher
from sanlin.commons.funds.queries import Position, gaps, paid_by, position, wrong_books
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.tests import scene
from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, street
from sanlin.commons.undertakings.models import Undertaking
from sanlin.ground.verdict import Refused


def undertaking(on):
    place = neighbourhood(on)
    team = Organisation.objects.create(name=f"队{place.pk}", kind="team", street=on)
    return Undertaking.objects.create(
        title="楼道花园", organisation=team, street=on, neighbourhood=place, starts=NOW.date()
    )


def fund_with(amount, on=None):
    on = on or street()
    by = officer(on)
    fund = actions.open_fund(on, "2024年自治金", by=by, now=NOW)
    if amount:
        actions.receive(fund, amount, cause=Cause(fund, "拨款"), by=by, now=NOW)
    return fund, by, on


@pytest.mark.django_db
def test_the_whole_way_of_a_grant():
    fund, by, on = fund_with(1_000_00)
    what = undertaking(on)
    told = {"cause": Cause(what, "协议"), "by": by, "now": NOW}
    actions.promise(fund, what, 600_00, **told)
    actions.pay(fund, what, 500_00, **told)
    assert position(fund) == Position(source=1_000_00, cash=500_00, cost=600_00, owed=100_00)
    actions.release(fund, what, 100_00, **told)
    actions.take_back(fund, what, 50_00, **told)
    now = position(fund)
    assert now == Position(source=1_000_00, cash=550_00, cost=450_00, owed=0)
    assert now.balanced
    assert now.paid == 450_00
    assert wrong_books(fund) == []
    assert list(Voucher.objects.values_list("number", flat=True).order_by("number")) == [
        1,
        2,
        3,
        4,
        5,
    ]


@pytest.mark.django_db
def test_neither_more_than_is_owed_nor_more_than_is_there():
    fund, by, on = fund_with(300_00)
    what = undertaking(on)
    actions.promise(fund, what, 500_00, cause=Cause(what, "协议"), by=by, now=NOW)
    with pytest.raises(Refused, match="余额不足"):
        actions.pay(fund, what, 400_00, cause=Cause(what, "首付"), by=by, now=NOW)
    other = undertaking(on)
    actions.promise(fund, other, 100_00, cause=Cause(other, "协议"), by=by, now=NOW)
    with pytest.raises(Refused, match="超过应付"):
        actions.pay(fund, other, 101_00, cause=Cause(other, "首付"), by=by, now=NOW)
    assert position(fund).cash == 300_00
    assert Voucher.objects.count() == 3


@pytest.mark.django_db
def test_one_cause_is_booked_once():
    fund, by, _on = fund_with(300_00)
    with pytest.raises(Refused, match="已经记过"):
        actions.receive(fund, 300_00, cause=Cause(fund, "拨款"), by=by, now=NOW)
    assert position(fund).cash == 300_00


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_cannot_be_booked(amount):
    fund, by, _on = fund_with(0)
    with pytest.raises(Refused):
        actions.receive(fund, amount, cause=Cause(fund, "拨款"), by=by, now=NOW)


@pytest.mark.django_db
def test_a_wrong_cache_is_found():
    fund, _by, _on = fund_with(300_00)
    Book.objects.filter(fund=fund, kind=BookKind.CASH).update(balance=301_00)
    assert [book.kind for book in wrong_books(fund)] == [BookKind.CASH]


@pytest.mark.django_db(transaction=True)
def test_ten_hands_pay_only_what_is_there():
    fund, by, on = fund_with(300_00)
    what = undertaking(on)
    actions.promise(fund, what, 1_000_00, cause=Cause(what, "协议"), by=by, now=NOW)
    others = [undertaking(on) for _ in range(10)]
    outcomes = []

    def pay(cause):
        try:
            actions.pay(fund, what, 100_00, cause=Cause(cause, "支付"), by=by, now=NOW)
            outcomes.append("paid")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    hands = [threading.Thread(target=pay, args=(cause,)) for cause in others]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["paid"] * 3 + ["refused"] * 7
    assert position(fund).cash == 0
    assert wrong_books(fund) == []
    numbers = list(Voucher.objects.values_list("number", flat=True).order_by("number"))
    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Voucher, Posting])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_is_booked_cannot_be_changed_even_below_the_models(model, act):
    fund, _by, _on = fund_with(300_00)
    table = model._meta.db_table
    words = f"UPDATE {table} SET id = id" if act == "update" else f"DELETE FROM {table}"
    with (
        pytest.raises(IntegrityError, match="added here, never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)
    assert position(fund).cash == 300_00


@pytest.mark.django_db
def test_a_missing_number_is_found():
    fund, _by, _on = fund_with(300_00)
    assert not gaps(fund)
    Fund.objects.filter(pk=fund.pk).update(last_number=2)
    fund.refresh_from_db()
    assert gaps(fund)


@pytest.mark.django_db
@pytest.mark.parametrize("projects", [1, 3])
def test_the_open_books_are_read_in_a_constant_number_of_queries(
    projects, client, settings, django_assert_num_queries
):
    settings.SIDE = f"{scene.__name__}.no_doors"  # the frame's own queries are counted elsewhere
    fund, by, on = fund_with(1_000_00)
    for _n in range(projects):
        what = undertaking(on)
        actions.promise(fund, what, 100_00, cause=Cause(what, "协议"), by=by, now=NOW)
        actions.pay(fund, what, 60_00, cause=Cause(what, "首付"), by=by, now=NOW)
    with django_assert_num_queries(7):
        page = client.get(f"/funds/{fund.pk}/")
    text = page.content.decode()
    assert text.count("协议") == projects
    assert f"¥{1_000 - 60 * projects:,}" in text
    assert "账平" in text
    assert paid_by(fund) == dict.fromkeys(paid_by(fund), 6000)
    assert len(paid_by(fund)) == projects
    assert client.get(f"/funds/{fund.pk}/?format=xlsx").status_code == 200
    assert client.get("/funds/0/").status_code == 404


@pytest.mark.django_db
def test_books_that_do_not_agree_say_so(client):
    fund, _by, _on = fund_with(300_00)
    Book.objects.filter(fund=fund, kind=BookKind.CASH).update(balance=301_00)
    assert "账不平" in client.get(f"/funds/{fund.pk}/").content.decode()
