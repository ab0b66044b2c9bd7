"""Sheets of paper by the rules of ballots online."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.ballots.form import Form, canonical, check, choices, is_canonical
from sanlin.kernel.ballots.sheet import BLANK, FLAGS, INVALID, VALID, Sheet, as_chosen, judge

BIDS = [Bid(key, cost) for key, cost in ((1, 50), (2, 60), (3, 70), (4, 10))]
FORMS = {
    "approve": Form("approve", most=2),
    "knapsack": Form("knapsack", budget=120),
    "rank": Form("rank", most=3),
    "points": Form("points", points=10),
    "stance": Form("stance", may=("support", "against", "abstain")),
    "all": Form("stance", may=("support", "against"), all=True),
}
marks = st.dictionaries(st.integers(1, 5), st.integers(0, 12), max_size=5)


@pytest.mark.parametrize("kind", FORMS)
@given(marks=marks)
def test_paper_holds_what_a_ballot_online_may_hold(kind, marks):
    form = FORMS[kind]
    sheet = judge(marks, form, BIDS)
    made = {key: mark for key, mark in marks.items() if mark}
    if sheet.state == VALID:
        assert check(as_chosen(made, form), form, BIDS) == ()
        assert is_canonical(canonical(sheet.choices).decode(), form, BIDS)
    elif sheet.state == BLANK:
        assert made == {}
        assert sheet.choices == choices({}, form, [1, 2, 3, 4])
    else:
        assert sheet.reason == "same_place" or check(as_chosen(made, form), form, BIDS)
        assert sheet.choices == ()


@pytest.mark.parametrize(
    ("kind", "marks", "sheet"),
    [
        ("approve", {1: 1, 2: 1, 4: 1}, Sheet(INVALID, "too_many")),
        ("approve", {9: 1}, Sheet(INVALID, "unknown")),
        ("knapsack", {2: 1, 3: 1}, Sheet(INVALID, "over_budget")),
        ("knapsack", {1: 1, 2: 1}, Sheet(VALID, choices=((1, 1), (2, 1)))),
        ("rank", {1: 2, 2: 1}, Sheet(VALID, choices=((1, 2), (2, 3)))),
        ("rank", {1: 3, 2: 1}, Sheet(VALID, choices=((1, 2), (2, 3)))),
        ("rank", {1: 1, 2: 1}, Sheet(INVALID, "same_place")),
        ("points", {1: 6, 2: 5}, Sheet(INVALID, "over_points")),
        ("points", {1: 6, 2: 4}, Sheet(VALID, choices=((1, 6), (2, 4)))),
        ("stance", {1: 1, 2: 2}, Sheet(VALID, choices=((1, 1), (2, 2), (3, 0), (4, 0)))),
        ("stance", {1: 7}, Sheet(INVALID, "no_opinion")),
        ("all", {1: 1}, Sheet(INVALID, "unsaid")),
    ],
)
def test_examples(kind, marks, sheet):
    assert judge(marks, FORMS[kind], BIDS) == sheet


@pytest.mark.parametrize("flag", FLAGS)
def test_what_eyes_see_spoils_a_sheet_whatever_it_names(flag):
    assert judge({1: 1}, FORMS["approve"], BIDS, flag) == Sheet(INVALID, flag)
    with pytest.raises(ValueError, match="flagged"):
        judge({}, FORMS["approve"], BIDS, "torn")
