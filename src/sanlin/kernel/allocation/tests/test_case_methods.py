"""A case names its method: what it answers is what the method answers, and it survives its bytes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    Bid,
    Case,
    Limits,
    TieOrder,
    by_votes,
    equal_shares,
    from_bytes,
    maximise,
    phragmen,
    violations,
)
from sanlin.kernel.profile import Profile

TIES = TieOrder(("cheaper", "lot"), {1: 2, 2: 4, 3: 1, 4: 3})


@st.composite
def asked(draw):
    costs = draw(st.lists(st.integers(1, 90), min_size=4, max_size=4))
    ballots = draw(st.lists(st.sets(st.integers(1, 4)), max_size=12))
    merged = {}
    for one in ballots:
        kept = tuple((key, 1) for key in sorted(one))
        merged[kept] = merged.get(kept, 0) + 1
    votes = {key: sum(key in one for one in ballots) for key in range(1, 5)}
    bids = tuple(Bid(n, cost, votes=votes[n]) for n, cost in enumerate(costs, start=1))
    cap = draw(st.none() | st.integers(1, 90))
    limits = Limits(draw(st.integers(0, 200)), project_cap=cap)
    return bids, limits, tuple(sorted(merged.items()))


def case_of(bids, limits, choices, method, **more):
    return Case(bids, limits, method, ties=TIES.names, lot=(3, 1, 4, 2), choices=choices, **more)


@given(asked(), st.sampled_from(["cost", "cardinality"]), st.sampled_from(["none", "add1u"]))
def test_equal_shares(given, utility, completion):
    bids, limits, choices = given
    case = case_of(*given, "equal_shares", utility=utility, completion=completion)
    profile = Profile.of(choices, [bid.key for bid in bids])
    found = equal_shares(profile, bids, limits, TIES, utility=utility, completion=completion)
    assert case.answer() == found
    assert from_bytes(case.to_bytes()) == case
    assert from_bytes(case.to_bytes()).answer() == found
    assert violations(bids, limits, dict(found.grants)) == ()


@given(asked(), st.sampled_from(["skip", "stop"]))
def test_phragmen(given, rule):
    bids, limits, choices = given
    profile = Profile.of(choices, [bid.key for bid in bids])
    found = phragmen(profile, bids, limits, TIES, rule=rule)
    assert case_of(*given, "phragmen", rule=rule).answer() == found


@given(asked())
def test_welfare(given):
    bids, limits, _choices = given
    case = case_of(*given, "welfare", utility="cardinality")
    assert case.answer() == maximise(bids, limits, by_votes(bids), TIES)
    worth = sum(bid.votes * bid.cost for bid in bids if bid.key in case.answer().funded)
    dear = case_of(*given, "welfare", utility="cost").answer()
    assert sum(bid.votes * bid.cost for bid in bids if bid.key in dear.funded) >= worth


def test_a_ballot_may_name_what_was_withdrawn_since():
    bids = (Bid(1, 50, votes=1), Bid(2, 50, votes=1))
    choices = ((((1, 1), (9, 1)), 1), (((2, 1), (9, 1)), 1))
    assert case_of(bids, Limits(100), choices, "equal_shares").answer().funded == (1, 2)


def test_marks_can_be_what_welfare_counts():
    bids = (Bid(1, 100, Fraction(80)), Bid(2, 60, Fraction(50)), Bid(3, 40, Fraction(45)))
    assert case_of(bids, Limits(100), (), "welfare", utility="score").answer().funded == (2, 3)


@pytest.mark.parametrize("method", ["equal_shares", "welfare", "dance"])
def test_what_makes_no_sense_is_refused(method):
    case = case_of((Bid(1, 5, votes=1),), Limits(9), (), method, utility="joy")
    with pytest.raises(ValueError, match=r"joy|dance"):
        case.answer()
    with pytest.raises(ValueError, match=method):
        case.question()
