"""From the confirmed award to the closed project: every fen is accounted for."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Book, BookKind, Fund, Voucher
from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.models import Post, PostKind
from sanlin.commons.people.tests.scene import LONG_AGO, NOW, officer, post, worker
from sanlin.govern.projects import actions, rules
from sanlin.govern.projects.actions.drawing import in_words
from sanlin.govern.projects.jobs import forget_sent
from sanlin.govern.projects.models import Agreement, Instalment, Project, SentPaper, Signing
from sanlin.govern.projects.tests.scene import (
    approved,
    awarded,
    cashier,
    fresh,
    leader,
    pay,
    picture,
    project,
    receipt,
    reviewed,
    running_round,
    signed,
)
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


def owed(one):
    return Book.objects.get(undertaking=one.undertaking, kind=BookKind.OWED).balance


def test_confirming_makes_a_project_of_every_standing_award():
    round = running_round(10_000_00, 8_000_01, 3)
    assert round.stage == "running"
    rows = list(Project.objects.filter(round=round).order_by("number"))
    assert [row.grant for row in rows] == [10_000_00, 8_000_01, 3]
    prefix = f"{round.street.code}-2024-"
    assert [row.number for row in rows] == [f"{prefix}001", f"{prefix}002", f"{prefix}003"]
    parts = {row.grant: list(row.instalments.values_list("key", "amount", "stage")) for row in rows}
    assert parts == {
        10_000_00: [
            ("first", 5_000_00, "waiting"),
            ("second", 4_000_00, "waiting"),
            ("last", 1_000_00, "waiting"),
        ],
        8_000_01: [
            ("first", 4_000_01, "waiting"),
            ("second", 3_200_00, "waiting"),
            ("last", 800_00, "waiting"),
        ],
        3: [("first", 2, "waiting"), ("second", 1, "waiting")],
    }
    fund = rows[0].fund
    assert (position(fund).source, position(fund).cash) == (1_000_000_00, 1_000_000_00)
    assert Agreement.objects.filter(project__round=round).count() == 3


def test_confirming_twice_is_refused():
    round = running_round(10_000_00)
    with pytest.raises(Refused, match="公示期间"):
        actions.confirm(round, by=officer(round.street), now=NOW)
    assert Project.objects.count() == 1


def test_only_an_officer_confirms():
    round = awarded(10_000_00)
    with pytest.raises(Refused, match="工作人员"):
        actions.confirm(round, by=officer(), now=NOW)


def test_the_whole_way_of_a_grant():
    one = signed(project(grant=10_000_00))
    assert one.stage == "running"
    assert owed(one) == 10_000_00
    pay(one, "first")
    receipt(one, 4_500_00, accepted=True)
    reviewed(one, "midterm", 80)
    pay(one, "second")
    receipt(one, 2_000_00, accepted=True, head="labour")
    reviewed(one, "closing", 92)
    one = fresh(one)
    assert (one.stage, one.grade) == ("settling", "excellent")
    pay(one, "last")
    me = officer(one.round.street)
    assert rules.owed_back(one) == 3_500_00
    with pytest.raises(Refused, match="¥3,500没有退回"):
        actions.close(one, by=me, now=NOW)
    with pytest.raises(Refused, match="应退¥3,500"):
        actions.give_back(one, 3_500_01, by=me, now=NOW)
    actions.give_back(one, 3_500_00, by=me, now=NOW)
    with pytest.raises(Refused, match="1个项目没有结项"):
        actions.close_round(one.round, by=me, now=NOW)
    actions.close(one, by=me, now=NOW)
    round = actions.close_round(one.round, by=me, now=NOW)
    assert round.stage == "closed"
    now = position(one.fund)
    assert (now.paid, now.cost, now.owed, now.cash) == (6_500_00, 6_500_00, 0, 993_500_00)
    assert now.balanced
    assert wrong_books(one.fund) == []
    numbers = list(Voucher.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_failed_midterm_holds_the_next_and_a_better_one_lets_it_go():
    one = signed(project())
    pay(one, "first")
    reviewed(one, "midterm", 40)
    assert one.instalments.get(key="second").stage == "held"
    reviewed(one, "midterm", 70)
    part = one.instalments.get(key="second")
    assert (part.stage, part.due.isoformat()) == ("due", "2024-04-30")


def test_a_poor_end_leaves_out_the_last_and_releases_it():
    one = signed(project())
    pay(one, "first")
    reviewed(one, "midterm", 70)
    pay(one, "second")
    receipt(one, 6_000_00, accepted=True)
    reviewed(one, "closing", 30)
    last = one.instalments.get(key="last")
    assert (last.stage, last.note) == ("withheld", "不合格")
    assert owed(one) == 0
    assert rules.owed_back(fresh(one)) == 3_000_00


def test_stopping_releases_what_is_unpaid_and_asks_back_what_is_unspent():
    one = signed(project())
    pay(one, "first")
    receipt(one, 1_200_00, accepted=True)
    me = officer(one.round.street)
    actions.stop(one, "团队解散", by=me, now=NOW)
    one = fresh(one)
    assert (one.stage, one.stop_reason) == ("stopped", "团队解散")
    assert owed(one) == 0
    assert rules.owed_back(one) == 3_800_00
    actions.give_back(one, 3_800_00, by=me, now=NOW)
    assert position(one.fund).paid == 1_200_00
    actions.close_round(one.round, by=me, now=NOW)


def test_stopping_before_signing_books_nothing():
    one = project()
    actions.stop(one, "团队放弃", by=officer(one.round.street), now=NOW)
    assert set(one.instalments.values_list("stage", flat=True)) == {"withheld"}
    assert Voucher.objects.count() == 1


def test_nobody_approves_what_they_proposed():
    one = signed(project())
    me, other = officer(one.round.street), officer(one.round.street)
    part = one.instalments.get(key="first")
    actions.propose(part, by=me, now=NOW)
    with pytest.raises(Refused, match="两位工作人员"):
        actions.approve(part, by=me, now=NOW)
    told = actions.approve(part, by=other, now=NOW)
    assert (told.stage, told.proposed_by, told.approved_by) == ("to_pay", me, other)
    with pytest.raises(Refused, match="等待出纳付款"):
        actions.approve(part, by=other, now=NOW)


def test_what_is_not_due_cannot_be_proposed():
    one = signed(project())
    with pytest.raises(Refused, match="条件还没有满足"):
        actions.propose(one.instalments.get(key="last"), by=officer(one.round.street), now=NOW)


def test_the_first_is_due_within_fifteen_working_days():
    one = signed(project())
    assert one.instalments.get(key="first").due.isoformat() == "2024-04-30"


def test_the_same_key_pays_once():
    one = signed(project())
    part = one.instalments.get(key="first")
    actions.propose(part, by=officer(one.round.street), now=NOW)
    actions.approve(part, by=officer(one.round.street), now=NOW)
    me = cashier(one)
    first = actions.pay(part, by=me, now=NOW, key="k")
    assert actions.pay(part, by=me, now=NOW, key="k") == first
    assert Instalment.objects.filter(stage="paid").count() == 1
    assert Entry.objects.filter(deed="projects.pay").count() == 1


def test_what_was_sent_before_a_stop_is_still_looked_at():
    one = signed(project())
    pay(one, "first")
    made = receipt(one, 1_200_00)
    actions.stop(one, "团队解散", by=officer(one.round.street), now=NOW)
    assert rules.owed_back(fresh(one)) == 5_000_00
    with pytest.raises(Refused, match="不能再上传票据"):
        receipt(one, 1_00)
    actions.accept(made, by=worker(one.place), now=NOW)
    assert rules.owed_back(fresh(one)) == 3_800_00


def test_nobody_signs_for_two_parties():
    one = project()
    me = worker(one.place)
    post(PostKind.STREET_OFFICER, one.round.street, account=me)
    actions.sign(one, by=me, now=NOW)
    with pytest.raises(Refused, match="居民委员会（丙方）已经签过"):
        actions.sign(one, by=Account.objects.get(pk=me.pk), now=NOW)


def test_an_officer_of_the_team_keeps_her_hands_off_its_money():
    one = signed(project())
    me = officer(one.round.street)
    Membership.objects.create(organisation=one.team, account=me, since=LONG_AGO)
    part = one.instalments.get(key="first")
    with pytest.raises(Refused, match="您是该团队的成员"):
        actions.propose(part, by=me, now=NOW)
    with pytest.raises(Refused, match="您是该团队的成员"):
        actions.stop(one, "团队解散", by=me, now=NOW)


def test_the_database_keeps_proposing_and_approving_apart():
    one = signed(project())
    me = officer(one.round.street)
    rows = Instalment.objects.filter(pk=one.instalments.get(key="first").pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(stage="paid", proposed_by=me, approved_by=me, paid_by=me, paid_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(stage="paid")


def test_no_journal_line_of_a_project_names_anybody():
    one = signed(project())
    made = receipt(one, 500_00, payee="王记五金店", what="花盆")
    actions.return_receipt(made, "发票抬头写成王建国", by=worker(one.place), now=NOW)
    bodies = b"".join(bytes(row.body) for row in Entry.objects.all())
    for secret in ("王记五金店", "王建国", made.number, str(leader(one))):
        assert secret.encode() not in bodies


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (12_000_00, "壹万贰仟元整"),
        (100_000_00, "壹拾万元整"),
        (305_05, "叁佰零伍元零伍分"),
        (50, "伍角"),
        (1, "壹分"),
    ],
)
def test_amounts_in_words(fen, words):
    assert in_words(fen) == words


def test_a_signature_cannot_be_changed_or_taken_away():
    one = signed(project())
    rows = Signing.objects.filter(agreement__project=one)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(party="team")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.first().delete()
    assert rows.count() == 3


# --- a payment that is taken back ---


def test_a_payment_is_taken_back_and_paid_anew():
    one = signed(project())
    paid = pay(one, "first")
    other = officer(one.round.street)
    with pytest.raises(Refused, match="不能冲销自己审批或付款的拨付"):
        actions.take_back_payment(paid, "账号写错", by=paid.approved_by, now=NOW)
    with pytest.raises(Refused, match="至少4个字"):
        actions.take_back_payment(paid, "错", by=other, now=NOW)
    back = actions.take_back_payment(paid, "户名写错，银行退票", by=other, now=NOW)
    assert (back.stage, back.note) == ("due", "拨付已冲销：户名写错，银行退票")
    assert (back.proposed_by, back.approved_by, back.paid_by, back.paid_at) == (None,) * 4
    assert back.due.isoformat() == "2024-04-30"
    stands = position(one.fund)
    assert (stands.paid, stands.owed) == (0, one.grant)
    last = Voucher.objects.order_by("number").last()
    assert last.reverses.subject.startswith(f"projects.Instalment:{paid.pk}:")
    assert last.memo == "冲销第3号凭证：户名写错，银行退票"
    assert wrong_books(one.fund) == []
    line = Entry.objects.get(deed="projects.take_back_payment")
    assert "银行退票".encode() not in bytes(line.body)
    with pytest.raises(Refused, match="只有已拨付的才能冲销"):
        actions.take_back_payment(paid, "户名写错，银行退票", by=other, now=NOW)
    pay(one, "first")
    assert position(one.fund).paid == 5_000_00
    again = one.instalments.get(key="first")
    actions.take_back_payment(again, "又写错一次", by=officer(one.round.street), now=NOW)
    assert position(one.fund).paid == 0
    assert wrong_books(one.fund) == []


def test_what_was_given_back_or_has_ended_is_not_taken_back():
    one = signed(project())
    pay(one, "first")
    receipt(one, 1_000_00, accepted=True)
    reviewed(one, "midterm", 80)
    reviewed(one, "closing", 85)
    me = officer(one.round.street)
    actions.give_back(one, 500_00, by=me, now=NOW)
    with pytest.raises(Refused, match="团队已经退回一部分资金"):
        actions.take_back_payment(one.instalments.get(key="first"), "付错了", by=me, now=NOW)
    other = signed(project())
    paid = pay(other, "first")
    actions.stop(other, "团队解散", by=officer(other.round.street), now=NOW)
    with pytest.raises(Refused, match="项目已经结束"):
        actions.take_back_payment(paid, "付错了人", by=officer(other.round.street), now=NOW)


# --- who approves, who pays, who keeps the seal ---


def test_nobody_pays_who_is_not_entrusted_with_it():
    one = project()
    street = one.round.street
    for hand in (leader(one), worker(one.place), officer(street)):
        actions.sign(one, by=hand, now=NOW)
    part = approved(fresh(one), "first")
    with pytest.raises(Refused, match="还没有人负责出纳，付不了款"):
        actions.pay(part, by=officer(street), now=NOW)
    assert position(one.fund).paid == 0
    hand = officer(street)
    funds.entrust(one.fund, hand, "pay", by=hand, now=NOW)
    assert actions.pay(part, by=hand, now=NOW).stage == "paid"
    assert position(one.fund).paid == 5_000_00


def test_one_person_has_one_hand_on_the_same_money():
    """Who sets the seal, asks, approves, pays or books has no second part in it, by the table."""
    one = project()
    street = one.round.street
    keeper, handler, boss, payer = (officer(street) for _each in range(4))
    for hand in (leader(one), worker(one.place), keeper):
        actions.sign(one, by=hand, now=NOW)
    one, part = fresh(one), one.instalments.get(key="first")
    told = "这笔钱您已经办过{}，按不相容岗位规定，{}须由另一位工作人员办理"
    with pytest.raises(Refused, match=told.format("保管印鉴", "经办")):
        actions.propose(part, by=keeper, now=NOW)
    actions.propose(part, by=handler, now=NOW)
    with pytest.raises(Refused, match=told.format("保管印鉴", "审批")):
        actions.approve(part, by=keeper, now=NOW)
    actions.approve(part, by=boss, now=NOW)
    funds.entrust(one.fund, payer, "pay", by=boss, now=NOW)
    for other, did in ((keeper, "保管印鉴"), (handler, "经办"), (boss, "审批")):
        with pytest.raises(Refused, match=told.format(did, "出纳")):
            actions.pay(part, by=other, now=NOW)
    actions.pay(part, by=payer, now=NOW)
    with pytest.raises(Refused, match=told.format("经办", "记账")):
        actions.take_back_payment(part, "写错了账号", by=handler, now=NOW)
    actions.stop(one, "团队解散", by=boss, now=NOW)
    for other, did in ((handler, "经办"), (boss, "审批"), (payer, "出纳")):
        with pytest.raises(Refused, match=told.format(did, "记账")):
            actions.give_back(fresh(one), 100_00, by=other, now=NOW)
    actions.give_back(fresh(one), 100_00, by=officer(street), now=NOW)


def test_a_table_that_lets_two_duties_go_together_lets_one_person_do_both():
    one = project()
    Fund.objects.filter(pk=one.fund_id).update(
        kept_terms={**one.fund.kept_terms, "apart": ["approve-pay"]}
    )
    street = one.round.street
    both, boss = officer(street), officer(street)
    one = fresh(one)
    for hand in (leader(one), worker(one.place), both):
        actions.sign(one, by=hand, now=NOW)
    one, part = fresh(one), one.instalments.get(key="first")
    funds.entrust(one.fund, both, "pay", by=boss, now=NOW)
    actions.propose(part, by=both, now=NOW)
    actions.approve(part, by=boss, now=NOW)
    assert actions.pay(part, by=both, now=NOW).stage == "paid"


def test_a_new_fund_of_the_street_keeps_the_hands_of_the_last():
    one = signed(project())
    hand = one.fund.duties.get(kind="pay").account
    gone = officer(one.round.street)
    funds.entrust(one.fund, gone, "book", by=hand, now=NOW)
    Post.objects.filter(account=gone).update(until=NOW.date())
    gone.memo.clear()
    street = one.round.street
    new = funds.open_fund(street, "下一年的资金池", by=hand, now=NOW)
    assert list(new.duties.values_list("account", "kind")) == [(hand.pk, "pay")]
    narrow = funds.open_fund(street, "再下一年", by=hand, now=NOW)
    assert list(narrow.duties.values_list("account", "kind")) == [(hand.pk, "pay")]


def test_where_somebody_pays_approving_does_not():
    one = project()
    street, part = one.round.street, one.instalments.get(key="first")
    handler, boss, payer, keeper = (officer(street) for _each in range(4))
    for hand in (leader(one), worker(one.place), officer(street)):
        actions.sign(one, by=hand, now=NOW)
    one = fresh(one)
    funds.entrust(one.fund, payer, "pay", by=boss, now=NOW)
    actions.propose(part, by=handler, now=NOW)
    with pytest.raises(Refused, match="不能同时审批"):
        actions.approve(part, by=payer, now=NOW)
    assert actions.approve(part, by=boss, now=NOW).stage == "to_pay"
    assert position(one.fund).paid == 0
    with pytest.raises(Refused, match="只有已拨付的才能冲销"):
        actions.take_back_payment(part, "写错了账号", by=keeper, now=NOW)
    for other, why in ((boss, "已经办过审批"), (handler, "已经办过经办"), (keeper, "已有专人")):
        with pytest.raises(Refused, match=why):
            actions.pay(part, by=other, now=NOW)
    paid = actions.pay(part, by=payer, now=NOW)
    assert (paid.stage, paid.approved_by, paid.paid_by) == ("paid", boss, payer)
    assert position(one.fund).paid == 5_000_00
    with pytest.raises(Refused, match="已经拨付"):
        actions.pay(part, by=payer, now=NOW)
    for mine in (boss, payer):
        with pytest.raises(Refused, match="自己审批或付款"):
            actions.take_back_payment(part, "写错了账号", by=mine, now=NOW)
    actions.take_back_payment(part, "写错了账号", by=keeper, now=NOW)
    assert position(one.fund).paid == 0


def test_what_is_approved_can_still_be_sent_back_or_held():
    one = signed(project())
    street, part = one.round.street, one.instalments.get(key="first")
    boss, payer = officer(street), one.fund.duties.get(kind="pay").account
    actions.propose(part, by=officer(street), now=NOW)
    actions.approve(part, by=boss, now=NOW)
    back = actions.send_back(part, "账号待核实", by=boss, now=NOW)
    assert (back.stage, back.proposed_by, back.approved_by) == ("due", None, None)
    actions.propose(part, by=officer(street), now=NOW)
    actions.approve(part, by=boss, now=NOW)
    reviewed(one, "midterm", 40)
    held = one.instalments.get(key="first")
    assert (held.stage, held.approved_by) == ("held", None)
    with pytest.raises(Refused, match="暂停拨付"):
        actions.pay(held, by=payer, now=NOW)


def test_the_seal_is_asked_for_where_the_street_signs():
    one = project()
    street = one.round.street
    keeper, clerk, other = (officer(street) for _each in range(3))
    funds.entrust(one.fund, keeper, "seal", by=other, now=NOW)
    funds.entrust(one.fund, clerk, "handle", by=other, now=NOW)
    with pytest.raises(Refused, match="保管印鉴已有专人"):
        actions.sign(one, by=other, now=NOW)
    with pytest.raises(Refused, match="保管印鉴已有专人"):
        actions.sign(one, by=clerk, now=NOW)
    assert actions.sign(one, by=keeper, now=NOW).party == "street"
    two = project()
    busy = officer(two.round.street)
    funds.entrust(two.fund, busy, "pay", by=officer(two.round.street), now=NOW)
    with pytest.raises(Refused, match="负责出纳，按不相容岗位规定不能同时保管印鉴"):
        actions.sign(two, by=busy, now=NOW)


def test_money_that_comes_back_is_booked_by_whoever_keeps_the_books():
    one = signed(project())
    pay(one, "first")
    me, keeper = officer(one.round.street), officer(one.round.street)
    actions.stop(one, "团队解散", by=me, now=NOW)
    funds.entrust(one.fund, keeper, "book", by=me, now=NOW)
    with pytest.raises(Refused, match="记账已有专人"):
        actions.give_back(one, 100_00, by=me, now=NOW)
    actions.give_back(one, 100_00, by=keeper, now=NOW)


# --- what was sent and never became a receipt ---


def test_what_was_sent_a_month_ago_is_removed_with_its_file(
    tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    one = signed(project())
    old = actions.send_paper(one, picture(), by=leader(one), now=NOW)
    later = NOW + actions.SENT_KEPT
    new = actions.send_paper(one, picture(), by=leader(one), now=later - timedelta(seconds=1))
    with pytest.raises(Refused, match="还没有到"):
        actions.forget_paper(new, by=None, now=later)
    assert files.lies_at(old.file).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_sent(now=later) == 1
    assert list(SentPaper.objects.all()) == [new]
    assert not files.lies_at(old.file).exists()
    assert files.lies_at(new.file).exists()
    line = Entry.objects.get(deed="projects.forget_paper")
    assert old.digest.encode() in bytes(line.body)
    with pytest.raises(Refused, match="刚刚有人处理过"):
        actions.forget_paper(old, by=None, now=later)
    assert forget_sent(now=later) == 0
