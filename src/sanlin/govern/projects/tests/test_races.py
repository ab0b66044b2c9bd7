"""Two hands at once, on connections of their own: one effect, and the sentence for the other."""

from datetime import timedelta

import pytest

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Posting, Voucher
from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.people.tests.scene import NOW, officer, resident, worker
from sanlin.govern.awards.actions import object_to
from sanlin.govern.awards.models import Award, Objection
from sanlin.govern.projects import actions, rules
from sanlin.govern.projects.models import ChildRound, Project, Receipt, Scan, Signing
from sanlin.govern.projects.tests.scene import (
    answers,
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
    signed,
    slip,
)
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.test_races import together
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(told):
    return sorted("no" if one in (Refused, NotNow) else "yes" for one in told)


def test_a_round_is_confirmed_once():
    round = awarded(10_000_00, 8_000_00)
    hands = [officer(round.street) for _each in range(3)]
    mine = [Round.objects.select_related("street").get(pk=round.pk) for _each in hands]
    told = together(
        *(
            lambda one=one, me=me: actions.confirm(one, by=me, now=NOW)
            for one, me in zip(mine, hands, strict=True)
        )
    )
    assert outcomes(told) == ["no", "no", "yes"]
    assert Project.objects.count() == 2
    assert Voucher.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_objection_of_the_last_second_is_answered_first_or_comes_too_late(attempt):
    round = awarded(10_000_00)
    award, me = Award.objects.get(), officer(round.street)
    neighbour = resident(award.proposal.neighbourhood)
    told = together(
        lambda: actions.confirm(round, by=me, now=NOW),
        lambda: object_to(award, "预算和市价对不上", by=neighbour, now=NOW - timedelta(hours=2)),
    )
    assert outcomes(told) == ["no", "yes"]
    assert (Project.objects.count(), Objection.objects.count()) in {(1, 0), (0, 1)}


def test_two_pots_for_small_groups_stay_within_what_is_left_of_the_mothers_head():
    one = signed(project())
    pay(one, "first")
    hands = [officer(one.round.street) for _each in range(2)]
    told = together(
        *(
            lambda me=me, n=n: actions.open_child(
                one, answers(one, name=f"小组{n}", amount=4_000_00), by=me, now=NOW
            )
            for n, me in enumerate(hands)
        )
    )
    assert outcomes(told) == ["no", "yes"]
    assert rules.flows(fresh(one)).set_aside == {"materials": 4_000_00}


def test_a_request_for_a_small_round_is_opened_once():
    one = signed(project())
    asked = actions.ask_child(one, answers(one), send=True, by=leader(one), now=NOW)
    hands = [officer(one.round.street) for _each in range(2)]
    told = together(*(lambda me=me: actions.open_request(asked, by=me, now=NOW) for me in hands))
    assert outcomes(told) == ["no", "yes"]
    assert ChildRound.objects.count() == 1
    assert rules.flows(fresh(one)).set_aside == {"materials": 3_000_00}


def test_one_signature_a_party():
    one = project()
    hands = [officer(one.round.street) for _each in range(4)]
    told = together(*(lambda me=me: actions.sign(one, by=me, now=NOW) for me in hands))
    assert outcomes(told) == ["no", "no", "no", "yes"]
    assert Signing.objects.count() == 1


def test_the_seal_on_screen_and_on_paper_at_once_is_one_signature():
    one = project()
    street = one.round.street
    drawn = one.agreements.get()
    parties = ["street", "team", "committee"]
    scans = [
        actions.file_scan(drawn, picture(), parties, by=leader(one), now=NOW) for _each in range(2)
    ]
    signer, *checkers = (officer(street) for _each in range(3))
    told = together(
        lambda: actions.sign(one, by=signer, now=NOW),
        *(
            lambda scan=scan, me=me: actions.check_scan(scan, True, "", by=me, now=NOW)
            for scan, me in zip(scans, checkers, strict=True)
        ),
    )
    assert set(outcomes(told)[1:]) == {"yes"}
    assert sorted(Signing.objects.values_list("party", flat=True)) == sorted(parties)
    assert fresh(one).stage == "running"
    assert position(one.fund).owed == one.grant


def test_the_seal_is_entrusted_while_a_paper_is_checked():
    one = project()
    street = one.round.street
    drawn = one.agreements.get()
    scan = actions.file_scan(drawn, picture(), ["street"], by=leader(one), now=NOW)
    keeper, me, head = (officer(street) for _each in range(3))
    told = together(
        lambda: funds.entrust(one.fund, keeper, "seal", by=head, now=NOW),
        lambda: actions.check_scan(scan, True, "", by=me, now=NOW),
    )
    assert told[0] not in (Refused, NotNow)
    before = told[1] not in (Refused, NotNow)
    assert Signing.objects.count() == int(before)
    assert Scan.objects.get().stage == ("checked" if before else "filed")
    late = actions.file_scan(drawn, picture(), ["street"], by=leader(one), now=NOW)
    if not before:
        with pytest.raises(Refused, match="印鉴保管人"):
            actions.check_scan(late, True, "", by=me, now=NOW)


def test_the_last_signatures_promise_the_grant_once():
    one = project()
    hands = [leader(one), worker(one.place), officer(one.round.street)]
    told = together(*(lambda me=me: actions.sign(one, by=me, now=NOW) for me in hands))
    assert outcomes(told) == ["yes", "yes", "yes"]
    one = fresh(one)
    assert one.stage == "running"
    assert position(one.fund).owed == one.grant
    assert wrong_books(one.fund) == []


def test_two_officers_approve_one_payment_once():
    one = signed(project())
    part = one.instalments.get(key="first")
    actions.propose(part, by=officer(one.round.street), now=NOW)
    hands = [officer(one.round.street) for _each in range(4)]
    told = together(*(lambda me=me: actions.approve(part, by=me, now=NOW) for me in hands))
    assert outcomes(told) == ["no", "no", "no", "yes"]
    assert not Posting.objects.filter(amount=5_000_00).exists()


def test_two_cashiers_pay_one_payment_once():
    one = signed(project())
    part = approved(one, "first")
    boss = officer(one.round.street)
    hands = [officer(one.round.street) for _each in range(4)]
    for hand in hands:
        funds.entrust(one.fund, hand, "pay", by=boss, now=NOW)
    told = together(*(lambda me=me: actions.pay(part, by=me, now=NOW) for me in hands))
    assert outcomes(told) == ["no", "no", "no", "yes"]
    assert Posting.objects.filter(amount=5_000_00).count() == 1
    assert position(one.fund).paid == 5_000_00
    assert wrong_books(one.fund) == []


def test_one_key_pays_once():
    one = signed(project())
    part = one.instalments.get(key="first")
    actions.propose(part, by=officer(one.round.street), now=NOW)
    actions.approve(part, by=officer(one.round.street), now=NOW)
    me = cashier(one)
    told = together(*[lambda: actions.pay(part, by=me, now=NOW, key="k").pk] * 4)
    assert told == [part.pk] * 4
    assert Entry.objects.filter(deed="projects.pay").count() == 1


def test_paying_and_stopping_at_once_never_mix():
    one = signed(project())
    part = one.instalments.get(key="first")
    actions.propose(part, by=officer(one.round.street), now=NOW)
    actions.approve(part, by=officer(one.round.street), now=NOW)
    payer, stopper = cashier(one), officer(one.round.street)
    together(
        lambda: actions.pay(part, by=payer, now=NOW),
        lambda: actions.stop(one, "团队解散", by=stopper, now=NOW),
    )
    now = position(one.fund)
    assert fresh(one).stage == "stopped"
    assert now.owed == 0
    assert now.cost == now.paid == one.instalments.filter(stage="paid").count() * 5_000_00
    assert wrong_books(one.fund) == []


def test_receipts_accepted_at_once_stay_within_the_grant():
    one = signed(project(grant=10_000_00))
    made = [receipt(one, 6_000_00) for _each in range(3)]
    hands = [worker(one.place) for _each in made]
    told = together(
        *(
            lambda it=it, me=me: actions.accept(it, by=me, now=NOW)
            for it, me in zip(made, hands, strict=True)
        )
    )
    assert outcomes(told) == ["no", "no", "yes"]
    assert Receipt.objects.accepted().count() == 1


def test_a_returned_receipt_is_replaced_once():
    one = signed(project())
    first = receipt(one, 500_00)
    actions.return_receipt(first, "看不清金额", by=worker(one.place), now=NOW)
    me = leader(one)
    told = together(
        *[lambda: actions.hand_in(one, slip(500_00), [picture()], replaces=first, by=me, now=NOW)]
        * 3
    )
    assert outcomes(told) == ["no", "no", "yes"]


def test_money_is_given_back_once():
    one = signed(project())
    reviewed(one, "midterm", 80)
    pay(one, "first")
    actions.stop(one, "团队解散", by=officer(one.round.street), now=NOW)
    hands = [officer(one.round.street) for _each in range(3)]
    told = together(
        *(lambda me=me: actions.give_back(one, 3_000_00, by=me, now=NOW) for me in hands)
    )
    assert outcomes(told) == ["no", "no", "yes"]
    assert position(one.fund).paid == 2_000_00


def test_one_receipt_is_accepted_once_and_two_stay_within_a_head():
    one = signed(project(grant=10_000_00))
    made = receipt(one, 2_000_00)
    hands = [worker(one.place) for _each in range(3)]
    told = together(*(lambda me=me: actions.accept(made, by=me, now=NOW) for me in hands))
    assert outcomes(told) == ["no", "no", "yes"]
    others = [receipt(one, 3_000_00) for _each in range(3)]
    told = together(
        *(
            lambda it=it, me=me: actions.accept(it, by=me, now=NOW)
            for it, me in zip(others, hands, strict=True)
        )
    )
    assert outcomes(told) == ["no", "no", "yes"]
    assert rules.flows(one).spent == {"materials": 5_000_00}


def test_two_instalments_of_a_project_are_paid_at_once_and_both_booked():
    one = signed(project())
    reviewed(one, "midterm", 80)
    parts = list(one.instalments.filter(stage="due"))
    assert [part.key for part in parts] == ["first", "second"]
    for part in parts:
        approved(one, part.key)
    me = cashier(one)
    told = together(*(lambda it=it: actions.pay(it, by=me, now=NOW) for it in parts))
    assert outcomes(told) == ["yes", "yes"]
    assert position(one.fund).paid == 9_000_00
    assert wrong_books(one.fund) == []


def test_a_payment_is_taken_back_once():
    one = signed(project())
    part = pay(one, "first")
    hands = [officer(one.round.street) for _each in range(4)]
    told = together(
        *(lambda me=me: actions.take_back_payment(part, "户名写错", by=me, now=NOW) for me in hands)
    )
    assert outcomes(told) == ["no", "no", "no", "yes"]
    assert Voucher.objects.filter(reverses__isnull=False).count() == 1
    assert (position(one.fund).paid, position(one.fund).owed) == (0, one.grant)
    assert wrong_books(one.fund) == []


def test_paying_once_more_and_taking_back_at_once_never_mix():
    one = signed(project())
    part = one.instalments.get(key="first")
    funds.entrust(
        one.fund, cashier := officer(one.round.street), "pay", by=officer(one.round.street), now=NOW
    )
    actions.propose(part, by=officer(one.round.street), now=NOW)
    actions.approve(part, by=officer(one.round.street), now=NOW)
    back = officer(one.round.street)
    together(
        lambda: actions.pay(part, by=cashier, now=NOW),
        lambda: actions.pay(part, by=cashier, now=NOW),
        lambda: actions.take_back_payment(part, "户名写错", by=back, now=NOW),
    )
    stage = one.instalments.get(key="first").stage
    assert position(one.fund).paid == {"paid": 5_000_00, "due": 0}[stage]
    assert wrong_books(one.fund) == []


def test_a_scan_is_taken_back_or_checked_and_never_both():
    one = project()
    me, staff = leader(one), worker(one.place)
    scan = actions.file_scan(one.agreements.get(), picture(), ["team"], by=me, now=NOW)
    told = together(
        lambda: actions.withdraw_scan(scan, by=me, now=NOW),
        lambda: actions.check_scan(scan, True, "", by=staff, now=NOW),
    )
    assert outcomes(told) == ["no", "yes"]
    scan.refresh_from_db()
    assert (scan.stage == "checked") is (Signing.objects.count() == 1)


def test_a_paper_is_taken_back_or_checked_and_never_both():
    one = project("running")
    me, staff = leader(one), worker(one.place)
    paper = actions.file_paper(one, "sign_in", picture(), by=me, now=NOW)
    told = together(
        lambda: actions.withdraw_paper(paper, by=me, now=NOW),
        lambda: actions.check_paper(paper, True, "", by=staff, now=NOW),
        lambda: actions.withdraw_paper(paper, by=me, now=NOW),
    )
    assert outcomes(told) == ["no", "no", "yes"]
    paper.refresh_from_db()
    assert (paper.stage == "checked") is (paper.checked_by_id == staff.pk)
    assert Entry.objects.filter(subject=f"projects.SignedPaper:{paper.pk}").count() == 2
