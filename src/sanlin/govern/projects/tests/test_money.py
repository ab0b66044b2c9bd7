"""From the confirmed award to the closed project: every fen is accounted for."""

import pytest
from django.db import IntegrityError, transaction

from sanlin.commons.funds.models import Book, BookKind, Voucher
from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.tests.scene import LONG_AGO, NOW, officer, post, worker
from sanlin.govern.projects import actions, rules
from sanlin.govern.projects.actions.drawing import in_words
from sanlin.govern.projects.models import Agreement, Instalment, Project, Signing
from sanlin.govern.projects.tests.scene import (
    awarded,
    fresh,
    leader,
    pay,
    project,
    receipt,
    reviewed,
    running_round,
    signed,
)
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
    paid = actions.approve(part, by=other, now=NOW)
    assert (paid.stage, paid.proposed_by, paid.approved_by) == ("paid", me, other)
    with pytest.raises(Refused, match="已经拨付"):
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
    me = officer(one.round.street)
    first = actions.approve(part, by=me, now=NOW, key="k")
    assert actions.approve(part, by=me, now=NOW, key="k") == first
    assert Instalment.objects.filter(stage="paid").count() == 1
    assert Entry.objects.filter(deed="projects.approve_payment").count() == 1


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
        rows.update(stage="paid", proposed_by=me, approved_by=me, paid_at=NOW)
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
