"""Reversals, months, duties, pots, sweeps and community funds, on real rows."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from sanlin.commons.funds import actions, jobs, rules
from sanlin.commons.funds.models import (
    Book,
    BookKind,
    Committee,
    Duty,
    Fund,
    Gift,
    MonthClose,
    Posting,
    Source,
    Voucher,
)
from sanlin.commons.funds.queries import ledger_findings, position, wrong_books
from sanlin.commons.funds.tests.scene import cause, fund_with, raised, under, undertaking
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.tests.scene import (
    NOW,
    SHANGHAI,
    neighbourhood,
    officer,
    person,
    post,
    worker,
)
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ledger import Match, Running, Sweep, Terms
from sanlin.kernel.machine import NotNow


def holds(fund, *, whole=False):
    found = ledger_findings(Fund.objects.get(pk=fund.pk), whole=whole)
    return [one.code for one in found if not one.holds]


# --- reversal ---


@pytest.mark.django_db
def test_a_voucher_is_taken_back_whole_once_and_by_another():
    fund, by, on = fund_with(1_000_00)
    other = officer(on)
    first = Voucher.objects.get(fund=fund)
    with pytest.raises(Refused, match="另一位"):
        actions.reverse_own(first, "记错了金额", by=by, now=NOW)
    with pytest.raises(Refused, match="写明冲销理由"):
        actions.reverse_own(first, " 错 ", by=other, now=NOW)
    back = actions.reverse_own(first, "记错了金额", by=other, now=NOW)
    assert (back.number, back.reverses, back.memo) == (2, first, "冲销第1号凭证：记错了金额")
    assert position(fund).cash == position(fund).source == 0
    for voucher, words in ((first, "已经冲销过"), (back, "不能再冲销")):
        with pytest.raises(Refused, match=words):
            actions.reverse_own(voucher, "记错了金额", by=other, now=NOW)
    # What was taken back can be booked again, and taken back again.
    again = actions.receive(fund, 900_00, cause=actions.Cause(fund, "拨款"), by=by, now=NOW)
    assert again.subject.endswith("~2")
    with pytest.raises(Refused, match="已经记过"):
        actions.receive(fund, 900_00, cause=actions.Cause(fund, "拨款"), by=by, now=NOW)
    actions.reverse_own(again, "又记错了金额", by=other, now=NOW)
    third = actions.receive(fund, 800_00, cause=actions.Cause(fund, "拨款"), by=by, now=NOW)
    assert third.subject.endswith("~3")
    assert holds(fund) == []
    assert position(fund).cash == 800_00


@pytest.mark.django_db
def test_money_that_is_gone_cannot_be_taken_back():
    fund, by, on = fund_with(100_00)
    what = undertaking(on)
    actions.promise(fund, what, 80_00, cause=cause(), by=by, now=NOW)
    paid = actions.pay(fund, what, 80_00, cause=cause(), by=by, now=NOW)
    other = officer(on)
    with pytest.raises(Refused, match="余额不足"):
        actions.reverse_own(Voucher.objects.get(number=1), "记错了金额", by=other, now=NOW)
    with pytest.raises(Refused, match="在项目里更正"):
        actions.reverse_own(paid, "付错了对象", by=other, now=NOW)
    actions.take_back(fund, what, 30_00, cause=cause(), by=by, now=NOW)
    with pytest.raises(Refused, match="超过已经支付"):
        actions.reverse(paid, "付错了对象", by=other, now=NOW)
    with pytest.raises(Refused, match="超过已经支付"):
        actions.take_back(fund, what, 51_00, cause=cause(), by=by, now=NOW)
    assert Voucher.objects.count() == 4
    assert position(fund).paid == 50_00
    assert holds(fund) == []


@pytest.mark.django_db(transaction=True)
def test_ten_hands_reverse_a_voucher_once():
    fund, _by, on = fund_with(100_00)
    voucher = Voucher.objects.get()
    outcomes = []

    def go(other):
        try:
            actions.reverse_own(voucher, "记错了金额", by=other, now=NOW)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    hands = [threading.Thread(target=go, args=(officer(on),)) for _ in range(6)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["done"] + ["refused"] * 5
    assert position(fund).cash == 0
    assert holds(fund) == []


# --- months ---


APRIL, MAY = date(2024, 4, 1), date(2024, 5, 1)
IN_MAY = datetime(2024, 5, 6, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_a_closed_month_takes_nothing_and_checks_go_on_from_it():
    fund, by, on = fund_with(1_000_00)
    keeper = officer(on)
    actions.receive(fund, 5_00, cause=cause(), by=by, now=IN_MAY)
    with pytest.raises(Refused, match="经办过这个月"):
        actions.close_month(fund, APRIL, by=by, now=IN_MAY)
    with pytest.raises(Refused, match="请先结2024年4月"):
        actions.close_month(fund, MAY, by=keeper, now=IN_MAY)
    with pytest.raises(Refused, match="还没有过完"):
        actions.close_month(fund, APRIL, by=keeper, now=NOW)
    close = actions.close_month(fund, APRIL, by=keeper, now=IN_MAY)
    assert (close.vouchers, close.last_number) == (1, 1)
    assert {b.book.code: b.balance for b in close.balances.select_related("book")} == {
        "cash": 1_000_00,
        "source": 1_000_00,
    }
    with pytest.raises(Refused, match="已经结账"):
        actions.receive(fund, 7_00, cause=cause(), by=by, now=NOW)
    assert holds(fund) == holds(fund, whole=True) == []
    actions.receive(fund, 7_00, cause=cause(), by=by, now=IN_MAY + timedelta(days=1))
    assert holds(fund) == []
    assert [f["vouchers"] for f in ledger_findings(Fund.objects.get(pk=fund.pk))[3:4]] == [2]


@pytest.mark.django_db
def test_the_database_itself_refuses_a_voucher_in_a_closed_month():
    fund, by, on = fund_with(1_000_00)
    actions.close_month(fund, APRIL, by=officer(on), now=IN_MAY)
    with pytest.raises(IntegrityError, match="month is closed"), transaction.atomic():
        Voucher.objects.create(fund=fund, number=2, at=NOW, by=by, memo="", subject="x:1")


@pytest.mark.django_db
def test_the_database_itself_refuses_a_posting_across_units_or_funds():
    fund, _by, on = fund_with(1_000_00)
    other, _by, _on = fund_with(5_00, on, name="另一个")
    rice = raised(fund, 3, by=officer(on), name="大米", unit="goods:大米")
    voucher = Voucher.objects.filter(fund=fund).first()
    cash = Book.objects.get(fund=fund, kind=BookKind.CASH)
    for credit in (
        Book.objects.get(fund=fund, source=rice, kind=BookKind.SOURCE),
        Book.objects.get(fund=other, kind=BookKind.SOURCE),
    ):
        with pytest.raises(IntegrityError, match="one fund and one unit"), transaction.atomic():
            Posting.objects.create(voucher=voucher, debit=cash, credit=credit, amount=1)


# --- what was edited below the application ---


def below(sql, *values):
    """Write as somebody with the database's own password would: without the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            for act in ("update", "delete"):
                for table in ("posting", "voucher", "monthclose", "closedbalance", "inspection"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS funds_{table}_no_{act}")
        cursor.execute(sql, values)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "UPDATE funds_posting SET amount = 99900 WHERE amount = 100000",
            {"balances_equal_postings", "chain_unbroken"},
        ),
        ("UPDATE funds_voucher SET memo = 'x' WHERE number = 1", {"chain_unbroken"}),
        (
            "UPDATE funds_book SET balance = balance + 1 WHERE kind = 'cash'",
            {"balances_equal_postings", "units_sum_to_zero"},
        ),
        (
            "UPDATE funds_voucher SET number = 9 WHERE number = 2",
            {"chain_unbroken", "numbers_without_gaps"},
        ),
    ],
)
def test_an_edited_row_is_found(sql, found):
    fund, by, _on = fund_with(1_000_00)
    actions.receive(fund, 5_00, cause=cause(), by=by, now=NOW)
    assert holds(fund) == []
    below(sql)
    assert found <= set(holds(fund)) <= found | {"journal_agrees"}
    kept = actions.inspect(fund, by=None, now=NOW)
    assert found <= set(kept.wrong)


@pytest.mark.django_db
def test_rewriting_the_whole_chain_is_found_by_the_journal():
    fund, _by, _on = fund_with(1_000_00)
    below("UPDATE funds_voucher SET digest = %s", "1" * 64)
    below("UPDATE funds_fund SET digest = %s", "1" * 64)
    assert "journal_agrees" in holds(fund)


@pytest.mark.django_db
def test_an_edit_in_a_closed_month_is_found_by_reading_everything():
    fund, by, on = fund_with(1_000_00)
    actions.close_month(fund, APRIL, by=officer(on), now=IN_MAY)
    below("UPDATE funds_posting SET amount = 99900")
    assert holds(fund) == []
    assert "chain_unbroken" in actions.inspect(fund, by=by, now=IN_MAY).wrong


@pytest.fixture
def few(monkeypatch):
    """A page reads no more than two vouchers before it goes on from the last whole reading."""
    monkeypatch.setattr("sanlin.commons.funds.queries.ledger.LIVE", 2)


def received(fund, by, times):
    for _n in range(times):
        actions.receive(fund, 5_00, cause=cause(), by=by, now=NOW)


def vouchers_read(fund):
    return dict(ledger_findings(Fund.objects.get(pk=fund.pk))[3].figures)["vouchers"]


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_a_page_goes_on_from_the_last_whole_reading_where_much_was_booked():
    fund, by, _on = fund_with(1_000_00)
    received(fund, by, 4)
    assert vouchers_read(fund) == 5
    kept = actions.inspect(fund, by=None, now=NOW)
    assert kept.balances == {"cash": 1_020_00, "source": 1_020_00}
    assert (vouchers_read(fund), holds(fund)) == (0, [])
    received(fund, by, 1)
    assert (vouchers_read(fund), holds(fund), holds(fund, whole=True)) == (1, [], [])
    below("UPDATE funds_posting SET amount = 1 WHERE id = (SELECT MAX(id) FROM funds_posting)")
    assert set(holds(fund)) == {"balances_equal_postings", "chain_unbroken"}


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_after_a_reading_that_found_something_everything_is_read_again():
    fund, by, _on = fund_with(1_000_00)
    received(fund, by, 3)
    below("UPDATE funds_posting SET amount = 1 WHERE id = (SELECT MAX(id) FROM funds_posting)")
    assert actions.inspect(fund, by=None, now=NOW).wrong
    assert vouchers_read(fund) == 4
    assert holds(fund)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE funds_closedbalance SET balance = balance + 1", "balances_equal_postings"),
        ("UPDATE funds_monthclose SET digest = 'x'", "chain_unbroken"),
        (
            """UPDATE funds_inspection SET balances = '{"cash": 1, "source": 1}'""",
            "balances_equal_postings",
        ),
        ("UPDATE funds_inspection SET digest = 'x'", "chain_unbroken"),
        ("UPDATE funds_inspection SET through = through + 1", "chain_unbroken"),
    ],
)
def test_what_was_kept_on_the_way_is_held_against_the_vouchers(sql, found):
    fund, by, on = fund_with(1_000_00)
    actions.receive(fund, 5_00, cause=cause(), by=by, now=IN_MAY)
    actions.close_month(fund, APRIL, by=officer(on), now=IN_MAY)
    actions.inspect(fund, by=None, now=IN_MAY)
    assert holds(fund, whole=True) == []
    below(sql)
    assert holds(fund, whole=True) == [found]
    assert actions.inspect(fund, by=None, now=IN_MAY).wrong == [found]


@pytest.mark.django_db
def test_a_posting_that_was_moved_to_the_book_of_another_fund_is_found():
    fund, _by, on = fund_with(1_000_00)
    other, _by, _on = fund_with(5_00, on, name="另一个")
    cash = Book.objects.get(fund=other, kind=BookKind.CASH)
    below("UPDATE funds_posting SET debit_id = %s WHERE amount = 100000", cash.pk)
    for whole in (False, True):
        assert {"balances_equal_postings", "chain_unbroken"} <= set(holds(fund, whole=whole))


@pytest.mark.django_db
def test_a_long_chain_is_read_in_parts(monkeypatch):
    monkeypatch.setattr("sanlin.commons.funds.queries.ledger.A_PART", 2)
    fund, by, _on = fund_with(1_000_00)
    received(fund, by, 4)
    for whole in (False, True):
        assert holds(fund, whole=whole) == []
        found = ledger_findings(Fund.objects.get(pk=fund.pk), whole=whole)
        assert [dict(one.figures) for one in found[2:4]] == [
            {"last": 5, "vouchers": 5},
            {"vouchers": 5},
        ]
    below(
        "DELETE FROM funds_posting WHERE voucher_id = (SELECT id FROM funds_voucher WHERE number = 3)"
    )
    below("DELETE FROM funds_voucher WHERE number = 3")
    found = ledger_findings(Fund.objects.get(pk=fund.pk))
    assert [one.wrong for one in found[2:4]] == [("3",), ("4",)]


@pytest.mark.django_db
def test_balances_are_rebuilt_by_the_district():
    fund, by, on = fund_with(300_00)
    Book.objects.filter(fund=fund, kind=BookKind.CASH).update(balance=301_00)
    assert [book.kind for book in wrong_books(fund)] == [BookKind.CASH]
    with pytest.raises(Refused, match="区管理员"):
        actions.rebuild(fund, by=by, now=NOW)
    admin = post("district_admin", on.district)
    actions.rebuild(fund, by=admin, now=NOW)
    assert wrong_books(fund) == []
    line = Entry.objects.get(deed="funds.rebuild")
    assert line.told["data"] == {"changed": ["cash"]}


# --- duties ---


@pytest.mark.django_db
def test_conflicting_duties_are_refused_at_appointment_and_at_the_act():
    fund, by, on = fund_with(1_000_00)
    keeper, boss = officer(on), officer(on)
    actions.entrust(fund, keeper, "book", by=by, now=NOW)
    for duty in ("approve", "handle", "pay", "seal"):
        with pytest.raises(Refused, match="不相容岗位"):
            actions.entrust(fund, keeper, duty, by=by, now=NOW)
    actions.entrust(fund, boss, "approve", by=by, now=NOW)
    with pytest.raises(Refused, match="不是这个资金池"):
        actions.entrust(fund, person(), "seal", by=by, now=NOW)
    assert not rules.may_act(boss, fund, "handle", now=NOW)
    assert rules.may_act(by, fund, "handle", now=NOW)
    assert not rules.may_act(by, fund, "approve", now=NOW)
    assert rules.may_act(boss, fund, "approve", now=NOW)
    source = actions.pledge(fund, Gift("street", "补充", 5_00), by=by, now=NOW)
    with pytest.raises(Refused, match="记账已有专人"):
        actions.arrive(source, 5_00, by=by, now=NOW)
    actions.arrive(source, 5_00, by=keeper, now=NOW)
    duty = Duty.objects.get(account=keeper)
    actions.end_duty(duty, by=by, now=NOW)
    with pytest.raises(Refused, match="已经结束"):
        actions.end_duty(duty, by=by, now=NOW)
    actions.entrust(fund, keeper, "seal", by=by, now=NOW)


@pytest.mark.django_db
def test_a_pack_may_let_duties_go_together():
    fund, by, on = fund_with(1_000_00, terms=Terms(apart=("book-approve",)))
    one = officer(on)
    actions.entrust(fund, one, "book", by=by, now=NOW)
    actions.entrust(fund, one, "seal", by=by, now=NOW)
    with pytest.raises(Refused, match="不相容岗位"):
        actions.entrust(fund, one, "approve", by=by, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_hands_cannot_give_two_halves_of_a_conflict():
    fund, by, on = fund_with()
    one = officer(on)
    outcomes = []

    def go(kind):
        try:
            actions.entrust(fund, one, kind, by=by, now=NOW)
            outcomes.append(kind)
        except Refused:
            pass
        finally:
            connection.close()

    hands = [threading.Thread(target=go, args=(k,)) for k in ("book", "approve", "pay", "seal")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(outcomes) == 1
    assert Duty.objects.count() == 1


# --- pots ---


MATCHED = Terms(match=Match(ratio=1000, unlock=500_00, cap=800_00, total=1_000_00))


@pytest.mark.django_db
def test_a_building_unlocks_its_match():
    fund, by, _on = fund_with(terms=MATCHED)
    little = raised(fund, 499_99, by=by, name="1号楼")
    enough = raised(fund, 500_00, by=by, name="2号楼")
    much = raised(fund, 5_000_00, by=by, name="3号楼")
    with pytest.raises(Refused, match=r"还差¥0\.01"):
        actions.match(little, by=by, now=NOW)
    assert actions.match(enough, by=by, now=NOW).arrived == 500_00
    with pytest.raises(Refused, match="已经配过"):
        actions.match(enough, by=by, now=NOW)
    assert actions.match(much, by=by, now=NOW).arrived == 500_00  # of 800: the total is 1,000
    last = raised(fund, 600_00, by=by, name="4号楼")
    with pytest.raises(Refused, match="配捐总额¥1,000"):
        actions.match(last, by=by, now=NOW)
    gift = Gift("street", "街道", 900_00)
    street_money = actions.pledge(fund, gift, by=by, now=NOW)
    with pytest.raises(Refused, match="到账以后"):
        actions.match(street_money, by=by, now=NOW)
    actions.arrive(street_money, 900_00, by=by, now=NOW)
    with pytest.raises(Refused, match="居民自筹和社会捐赠"):
        actions.match(street_money, by=by, now=NOW)
    assert position(fund).source == (499_99 + 500_00 + 5_000_00 + 600_00 + 900_00 + 1_000_00)
    assert holds(fund) == []


@pytest.mark.django_db(transaction=True)
def test_ten_hands_never_match_beyond_the_total():
    fund, by, on = fund_with(terms=MATCHED)
    sources = [raised(fund, 700_00, by=by, name=f"{n}号楼") for n in range(5)]
    officers = [officer(on) for _ in sources for _twice in "ab"]

    def go(source, by):
        try:
            actions.match(source, by=by, now=NOW)
        except Refused:
            pass
        finally:
            connection.close()

    hands = [
        threading.Thread(target=go, args=(sources[n % 5], by)) for n, by in enumerate(officers)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    amounts = sorted(Source.objects.filter(origin="match").values_list("arrived", flat=True))
    assert amounts == [300_00, 700_00]
    assert holds(fund) == []


@pytest.mark.django_db
def test_pledges_become_money_once_and_a_wrong_arrival_can_be_put_right():
    fund, by, on = fund_with()
    other = officer(on)
    source = actions.pledge(fund, Gift("donation", "一家商户", 500_00), by=by, now=NOW)
    assert position(fund).source == 0
    for amount in (0, 500_01):
        with pytest.raises(Refused, match="到账数额"):
            actions.arrive(source, amount, by=by, now=NOW)
    actions.arrive(source, 400_00, by=by, now=NOW)
    with pytest.raises(Refused, match="处理过"):
        actions.arrive(source, 400_00, by=by, now=NOW)
    with pytest.raises(Refused, match="请冲销"):
        actions.withdraw(source, by=by, now=NOW)
    actions.reverse_own(Voucher.objects.get(), "到账金额写错", by=other, now=NOW)
    source.refresh_from_db()
    assert (source.stage, source.arrived) == ("pledged", None)
    actions.arrive(source, 450_00, by=by, now=NOW)
    assert position(fund).cash == 450_00
    promised = actions.pledge(fund, Gift("donation", "又一家", 1), by=by, now=NOW)
    actions.withdraw(promised, by=by, now=NOW)
    with pytest.raises((Refused, NotNow)):
        actions.arrive(promised, 1, by=by, now=NOW)


@pytest.mark.django_db
def test_goods_and_points_are_kept_in_their_own_units():
    fund, by, on = fund_with(100_00)
    raised(fund, 20, by=by, origin="donation", name="大米", unit="goods:大米(袋)", value=1_000_00)
    raised(fund, 300, by=by, origin="donation", name="积分", unit="points")
    what = undertaking(on)
    actions.give_out(fund, "goods:大米(袋)", 15, cause=cause("发放"), by=by, now=NOW)
    actions.give_out(fund, "points", 50, cause=cause(), undertaking=what, by=by, now=NOW)
    with pytest.raises(Refused, match="库存不足"):
        actions.give_out(fund, "goods:大米(袋)", 6, cause=cause(), by=by, now=NOW)
    assert position(fund).cash == position(fund).source == 100_00
    stocks = Book.objects.filter(kind=BookKind.STOCK).values_list("unit", "balance")
    assert dict(stocks) == {"goods:大米(袋)": 5, "points": 250}
    units = dict(ledger_findings(Fund.objects.get(pk=fund.pk))[0].figures)
    assert units == {"fen": 100_00, "goods:大米(袋)": 35, "points": 350}
    assert holds(fund) == []


@pytest.mark.django_db
def test_goods_are_worth_what_arrived_of_them():
    fund, by, _on = fund_with()
    gift = Gift("donation", "食用油", 20, unit="goods:食用油(桶)", value=1_200_01)
    source = actions.pledge(fund, gift, by=by, now=NOW)
    assert source.worth == 1_200_01
    assert actions.arrive(source, 18, by=by, now=NOW).worth == 1_080_00
    assert raised(fund, 1_00, by=by).worth is None


@pytest.mark.django_db
def test_what_the_sources_do_not_bring_of_a_budget_is_the_streets_own():
    fund, by, _on = fund_with()
    raised(fund, 300_00, by=by)
    actions.fill(fund, 1_000_00, cause=cause(), by=by, now=NOW)
    assert dict(Book.objects.filter(kind="source").values_list("code", "balance")) == {
        "source": 700_00,
        f"source#{Source.objects.get().pk}": 300_00,
    }
    actions.fill(fund, 900_00, cause=cause(), by=by, now=NOW)
    assert position(fund).source == 1_000_00


@pytest.mark.django_db
def test_running_costs_keep_the_smaller_of_share_and_cap():
    terms = Terms(running=Running(share=100, cap=50_000_00))
    fund, by, _on = fund_with(389_900_00, terms=terms)
    actions.spend_running(fund, 38_000_00, cause=cause("议事会"), by=by, now=NOW)
    with pytest.raises(Refused, match="还可列支¥990"):
        actions.spend_running(fund, 990_01, cause=cause("议事会"), by=by, now=NOW)
    actions.spend_running(fund, 990_00, cause=cause("议事会"), by=by, now=NOW)
    assert position(fund).cash == 389_900_00 - 38_990_00


@pytest.mark.django_db
def test_running_costs_leave_the_money_that_agreements_bind():
    fund, by, on = fund_with(1_000_00)
    boss = officer(on)
    actions.promise(fund, undertaking(on), 700_00, cause=cause(), by=by, now=NOW)
    with pytest.raises(Refused, match="还可列支¥300"):
        actions.ask_running(fund, 300_01, "议事会", by=by, now=NOW)
    asked = actions.ask_running(fund, 300_00, "议事会", by=by, now=NOW)
    actions.promise(fund, undertaking(on), 100_00, cause=cause(), by=by, now=NOW)
    with pytest.raises(Refused, match="还可列支¥200"):
        actions.approve_running(asked, by=boss, now=NOW)
    with pytest.raises(Refused, match="还可列支¥200"):
        actions.spend_running(fund, 200_01, cause=cause("议事会"), by=by, now=NOW)
    actions.spend_running(fund, 200_00, cause=cause("议事会"), by=by, now=NOW)
    assert (position(fund).running, position(fund).cash) == (200_00, 800_00)


# --- sweep ---


@pytest.mark.django_db
def test_the_unspent_is_swept_on_its_day_but_not_what_agreements_bind():
    terms = Terms(sweep=Sweep(5, 31, "区级统筹资金"))
    fund, by, on = fund_with(1_000_00, terms=terms)
    assert fund.sweep_on == date(2024, 5, 31)
    actions.promise(fund, undertaking(on), 300_00, cause=cause(), by=by, now=NOW)
    with pytest.raises(Refused, match=r"月\d+日以后才能清缴"):
        actions.sweep(fund, by=by, now=NOW)
    assert jobs.sweep_unspent(now=NOW) == 0
    due = datetime(2024, 5, 31, 1, 0, tzinfo=SHANGHAI)
    assert jobs.sweep_unspent(now=due) == 1
    assert jobs.sweep_unspent(now=due) == 0
    stands = position(fund)
    assert (stands.cash, stands.given, stands.balanced) == (300_00, 700_00, True)
    into = Fund.objects.get(name="区级统筹资金")
    assert (into.level, into.district, position(into).cash) == ("district", on.district, 700_00)
    assert Source.objects.get(fund=into).name == "2024年自治金结余"
    assert holds(fund) == holds(into) == []


@pytest.mark.django_db
def test_an_empty_fund_has_nothing_to_sweep():
    fund, by, _on = fund_with(terms=Terms(sweep=Sweep(5, 31)))
    due = datetime(2024, 6, 1, 1, 0, tzinfo=SHANGHAI)
    assert jobs.sweep_unspent(now=due) == 0
    with pytest.raises(Refused, match=r"没有清缴日期|没有可以上缴"):
        actions.sweep(Fund.objects.get(pk=fund.pk), by=by, now=due)


# --- community funds ---


def host(on, **fields):
    fields = {"name": "浦东公益基金会", "kind": "registered", "number": "53310000X", **fields}
    return Organisation.objects.create(street=on, **fields)


@pytest.mark.django_db
def test_a_community_fund_has_a_host_a_committee_and_no_cash():
    _fund, _by, on = fund_with()
    place = neighbourhood(on)
    by = worker(place)
    people = [person() for _ in range(6)]
    found = Committee(tuple(people[:5]), (people[5],))

    def go(charity, committee):
        return actions.found_community_fund(
            place, "潍坊二村社区慈善基金", charity, committee, by=by, now=NOW
        )

    for members, supervisors, words in ((4, 1, "至少5人"), (6, 0, "单数"), (5, 0, "监督员")):
        with pytest.raises(Refused, match=words):
            go(
                host(on, name=f"h{members}{supervisors}"),
                Committee(tuple(people[:members]), tuple(people[5 : 5 + supervisors])),
            )
    with pytest.raises(Refused, match="登记社会组织"):
        go(host(on, name="team", kind="team"), found)
    with pytest.raises(Refused, match="一个席位"):
        go(host(on, name="twice"), Committee(tuple(people[:5]), (people[0],)))
    fund = go(host(on), found)
    raised(fund, 50_000_00, by=by, origin="donation", name="启动资金")
    assert set(Book.objects.filter(fund=fund).values_list("kind", flat=True)) == {"host", "source"}
    assert position(fund).cash == 50_000_00
    with pytest.raises(IntegrityError, match="no cash of its own"), transaction.atomic():
        Book.objects.create(fund=fund, kind=BookKind.CASH, code="cash")
    actions.unseat(fund.seats.filter(kind="supervisor").get(), by=by, now=NOW)
    assert not rules.is_governed(fund, now=NOW)
    source = actions.pledge(fund, Gift("donation", "又一笔", 1_00), by=by, now=NOW)
    with pytest.raises(Refused, match="监督员"):
        actions.arrive(source, 1_00, by=by, now=NOW)
    actions.seat(fund, person(), "supervisor", by=by, now=NOW)
    actions.arrive(source, 1_00, by=by, now=NOW)


@pytest.mark.django_db
def test_a_community_fund_without_a_host_is_refused_by_the_database():
    fund, _by, _on = fund_with()
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=fund.pk).update(kind="community")


@pytest.mark.django_db
def test_terms_are_frozen_when_a_fund_is_opened():
    fund, by, on = fund_with(terms=MATCHED)
    again = actions.open_fund(on, fund.name, terms=Terms(), by=by, now=NOW)
    assert again.terms == MATCHED
    under(fund, Terms())
    assert MonthClose.objects.count() == 0
