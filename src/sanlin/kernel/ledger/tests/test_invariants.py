"""Each invariant holds of what is right, and says what breaks it."""

from dataclasses import replace

import pytest

from sanlin.kernel import ledger
from sanlin.kernel.ledger import Account, Books, Due, Entry, Match, Payment, Running, Share, Told

GOOD = [
    Share("1", 1_000, paid=800, returned=100, proved=700, booked=700, ended=True),
    Share("2", 500, paid=250, proved=100, booked=250),
]


def test_awards_are_within_the_pot():
    assert ledger.awards_within_pot(1_500, GOOD).holds
    found = ledger.awards_within_pot(1_499, GOOD)
    assert (found.holds, found["left"]) == (False, -1)


@pytest.mark.parametrize(
    ("check", "change"),
    [
        (ledger.paid_within_award, {"paid": 501}),
        (ledger.paid_within_award, {"returned": 251}),
        (ledger.receipts_within_paid, {"proved": 501}),
        (ledger.unspent_returned, {"ended": True}),
        (ledger.papers_agree, {"booked": 249}),
    ],
)
def test_each_finds_the_share_that_breaks_it(check, change):
    assert check(GOOD).holds
    found = check([GOOD[0], replace(GOOD[1], **change)])
    assert (found.holds, found.wrong) == (False, ("2",))


@pytest.mark.parametrize(
    ("met", "objected", "holds"),
    [
        ("2024-05-01", (), True),
        (None, (), False),
        ("2024-05-03", (), False),
        ("2024-05-01", (("2024-04-01", "2024-04-09"),), True),
        ("2024-05-01", (("2024-04-01", "2024-05-02"),), True),
        ("2024-05-01", (("2024-04-01", None),), False),
        ("2024-05-01", (("2024-05-03", None),), True),
    ],
)
def test_a_payment_waits_for_its_condition_and_for_objections(met, objected, holds):
    payment = Payment("1/first", 100, "2024-05-02", Due(met, objected))
    found = ledger.paid_on_condition([payment])
    assert (found.holds, found.wrong) == (holds, () if holds else ("1/first",))


def told(number, amount=100):
    return Told(number, "2024-05-01", 1, "拨款", "a:1", None, (("cash", "source", amount),))


def chain(*rows):
    before, linked = ledger.EMPTY, []
    for row in rows:
        before = ledger.digest(before, row)
        linked.append(replace(row, digest=before))
    return linked


def test_the_chain_finds_what_was_edited_added_or_taken_away():
    good = chain(told(1), told(2), told(3))
    head = good[-1].digest
    assert ledger.chain_unbroken(good, head=head).holds
    edited = [good[0], replace(good[1], entries=(("cash", "source", 101),)), good[2]]
    assert ledger.chain_unbroken(edited, head=head).wrong == ("2",)
    assert ledger.chain_unbroken([good[0], good[2]], head=head).wrong == ("3",)
    assert ledger.chain_unbroken(good[:2], head=head).wrong == ("2",)
    assert ledger.chain_unbroken(good[2:], good[1].digest, head).holds
    for name, value in (("memo", "x"), ("by", 2), ("at", "2024-05-02"), ("reverses", 1)):
        other = [good[0], replace(good[1], **{name: value}), good[2]]
        assert ledger.chain_unbroken(other, head=head).wrong == ("2",), name


def test_numbers_run_without_a_gap():
    assert ledger.numbers_without_gaps(3, [1, 2, 3]).holds
    assert ledger.numbers_without_gaps(3, [1, 3]).wrong == ("2",)
    assert not ledger.numbers_without_gaps(2, [1, 2, 3]).holds
    assert ledger.numbers_without_gaps(5, [4, 5], first=4).holds
    assert ledger.numbers_without_gaps(3, [], first=4).holds


def test_an_entry_is_balanced_by_its_shape():
    cash, rice = Account("cash"), Account("stock", "goods:大米")
    for debit, credit, amount in (
        (cash, cash, 5),
        (cash, rice, 5),
        (cash, Account("source"), 0),
        (cash, Account("source"), -5),
    ):
        with pytest.raises(ledger.Unbalanced):
            Entry(debit, credit, amount)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("cash", "points"),
        ("host", "goods:大米"),
        ("stock", "fen"),
        ("cost", "kg"),
        ("purse", "fen"),
    ],
)
def test_a_book_has_a_unit_that_suits_it(kind, unit):
    with pytest.raises(ledger.BadUnit):
        Account(kind, unit)


def test_units_that_do_not_sum_to_zero_are_named():
    class Loose(Entry):
        def __post_init__(self):
            pass

    fen, points = Account("cash"), Account("source", "points")
    assert ledger.units_sum_to_zero([Loose(fen, points, 5)]).wrong == ("fen", "points")


def test_a_reversal_takes_back_all_of_a_voucher_once():
    cash, source = Account("cash"), Account("source")
    spent = Account("cost", head="running")
    books = Books()
    books.post([Entry(cash, source, 100)])
    books.post([Entry(spent, cash, 60)])
    with pytest.raises(ledger.Overdrawn):
        books.reverse(1)
    books.reverse(2)
    books.reverse(1)
    assert set(books.balance.values()) == {0}
    for number in (0, 1, 3, 9):
        with pytest.raises(KeyError):
            books.reverse(number)


@pytest.mark.parametrize(
    ("raised", "already", "amount", "code"),
    [
        (49_999, 0, 0, "locked"),
        (50_000, 0, 100_000, "full"),
        (150_000, 0, 200_000, "cap"),
        (50_000, 250_000, 50_000, "total"),
        (50_000, 400_000, 0, "total"),
    ],
)
def test_matching_one_for_two_with_threshold_cap_and_total(raised, already, amount, code):
    match = Match(ratio=2000, unlock=50_000, cap=200_000, total=300_000)
    found = ledger.matched(match, raised, already)
    assert (found.amount, found.reason.code) == (amount, code)
    assert ledger.matched(Match(), raised).amount == 0


def test_running_costs_keep_the_smaller_of_share_and_cap():
    rule = Running(share=100, cap=50_000_00)
    assert ledger.running_room(rule, 400_000_00, 0, 400_000_00) == 40_000_00
    assert ledger.running_room(rule, 800_000_00, 49_999_00, 700_000_00) == 1_00
    assert ledger.running_room(rule, 100_00, 11_00, 89_00) == 0


def test_running_costs_leave_what_agreements_bind():
    rule = Running(share=100, cap=50_000_00)
    assert ledger.running_room(rule, 400_000_00, 0, 25_00) == 25_00
    assert ledger.running_room(Running(), 400_000_00, 1, 0) == 0


@pytest.mark.parametrize(
    ("duty", "held", "other"),
    [
        ("book", ["approve"], "approve"),
        ("approve", ["book"], "book"),
        ("pay", [], None),
        ("pay", ["handle"], "handle"),
    ],
)
def test_conflicting_duties_by_default_all_go_apart(duty, held, other):
    assert ledger.clash(ledger.PAIRS, duty, held) == other
    assert ledger.clash(("book-seal",), duty, held) is None


def test_the_first_fault_of_a_committee():
    assert [f.code for f in ledger.committee_faults(6, 1)] == ["even"]
    assert [f.code for f in ledger.committee_faults(3, 1)] == ["few"]
    assert ledger.committee_faults(7, 2) == ()
