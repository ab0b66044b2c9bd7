"""Whatever happens to a project, in whatever order: the books balance and nobody is overpaid."""

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Book, BookKind
from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.projects import actions, rules, stages
from sanlin.govern.projects.models import Project, Signing
from sanlin.govern.projects.tests.scene import fresh, leader, picture, running_round, slip, told
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

SHARES = st.tuples(st.integers(1, 499), st.integers(1, 500)).map(
    lambda two: (*two, 1000 - sum(two))
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "sign",
                "propose",
                "approve",
                "pay",
                "take_back",
                "send_back",
                "lift",
                "withhold",
                "receipt",
                "accept",
                "return",
                "midterm",
                "closing",
                "mark",
                "back",
                "close",
                "stop",
            ]
        ),
        st.integers(0, 11_000_00),
    ),
    min_size=10,
    max_size=40,
)


def obey(one: Project, act: str, n: int, hands) -> None:
    """One verb, picked and fed by `n`; refusals are answers too."""
    first, second, third, helper, lead, keeper, booker = hands
    parts = list(one.instalments.all())
    part = parts[n % len(parts)]
    slips = list(one.receipts.order_by("pk"))
    told_now = {"now": NOW}
    verbs = {
        "sign": lambda: actions.sign(one, by=(lead, helper, keeper)[n % 3], **told_now),
        "propose": lambda: actions.propose(part, by=first, **told_now),
        "approve": lambda: actions.approve(part, by=second, **told_now),
        "pay": lambda: actions.pay(part, by=third, **told_now),
        "take_back": lambda: actions.take_back_payment(part, "户名写错", by=booker, **told_now),
        "send_back": lambda: actions.send_back(part, "材料不全", by=second, **told_now),
        "lift": lambda: actions.lift(part, "已经整改", by=second, **told_now),
        "withhold": lambda: actions.withhold(part, "不需要了", by=second, **told_now),
        "receipt": lambda: actions.hand_in(one, slip(n), [picture()], by=lead, **told_now),
        "accept": lambda: actions.accept(slips[n % len(slips)], by=helper, **told_now),
        "return": lambda: actions.return_receipt(
            slips[n % len(slips)], "看不清楚", by=helper, **told_now
        ),
        "midterm": lambda: told(one, "midterm"),
        "closing": lambda: told(one, "closing"),
        "mark": lambda: actions.review(
            one.reports.get(stage="handed_in"), n % 101, "", by=first, **told_now
        ),
        "back": lambda: actions.give_back(one, n, by=booker, **told_now),
        "close": lambda: actions.close(one, by=first, **told_now),
        "stop": lambda: n % 7 == 0 and actions.stop(one, "团队解散", by=first, **told_now),
    }
    try:
        with transaction.atomic():
            verbs[act]()
    except (Refused, NotNow, ZeroDivisionError, one.reports.model.DoesNotExist):
        pass


def check(one: Project) -> None:
    one, now = fresh(one), position(one.fund)
    sums = dict(one.instalments.order_by("stage").values_list("stage").annotate(Sum("amount")))
    books = dict(Book.objects.filter(undertaking=one.undertaking).values_list("kind", "balance"))
    returned = one.refunds.aggregate(sum=Sum("amount"))["sum"] or 0
    paid = sums.get(stages.PAID, 0)
    assert now.balanced
    assert wrong_books(one.fund) == []
    assert sum(sums.values()) == one.grant
    assert paid - returned == books.get(BookKind.COST, 0) - books.get(BookKind.OWED, 0)
    assert 0 <= returned <= paid <= one.grant
    if one.stage != stages.TO_SIGN and books:
        assert books[BookKind.OWED] == sum(sums.get(stage, 0) for stage in stages.UNPAID)
    for part in one.instalments.filter(stage=stages.PAID):
        hands = {part.proposed_by_id, part.approved_by_id, part.paid_by_id}
        hands |= set(Signing.objects.filter(party="street").values_list("keeper", flat=True))
        assert len(hands) == 4
        assert one.fund.duties.get(kind="pay").account_id == part.paid_by_id
    if one.stage in stages.ENDED:
        assert books.get(BookKind.OWED, 0) == 0
    spent = one.receipts.accepted().aggregate(sum=Sum("amount"))["sum"] or 0
    assert spent <= one.grant
    if one.stage == stages.CLOSED:
        assert rules.owed_back(one) == 0
        kept = 0 if one.owes_all else min(spent, paid)
        assert paid - returned == kept


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(grant=st.integers(1, 10_000_00), shares=SHARES, acts=ACTS, cashier=st.booleans())
def test_the_books_hold_whatever_happens(grant, shares, acts, cashier):
    with transaction.atomic():
        keys = ("first", "second", "last")
        given_shares = {
            f"instalments__{key}__share": share for key, share in zip(keys, shares, strict=True)
        }
        one = Project.objects.whole().get(round=running_round(grant, **given_shares))
        assert [part.share for part in one.round.rules.instalments] == list(shares)
        street = one.round.street
        hands = (
            *(officer(street) for _each in range(3)),
            worker(one.place),
            leader(one),
            officer(street),
            officer(street),
        )
        if cashier:
            funds.entrust(one.fund, hands[2], "pay", by=hands[0], now=NOW)
        for act, n in acts:
            obey(one, act, n, hands)
            check(one)
        transaction.set_rollback(True)
