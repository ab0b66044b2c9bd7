"""Over which weights the funded set stays: exact ends, against trying many weights."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.allocation import NORMALISERS, Bid, Case, Limits, TierLimit, stable_interval
from sanlin.kernel.allocation.weights import Shift

HAIR = Fraction(1, 10**9)


@st.composite
def cases(draw):
    """A round of few bids built to tie, under tiers and caps, with one or two publics."""
    size = draw(st.integers(1, 6))
    few = st.integers(0, 4)
    bids = tuple(
        Bid(
            key,
            draw(st.integers(1, 6)) * 10,
            draw(st.none() | few.map(lambda mark: Fraction(mark * 25))),
            votes=3 + draw(few),
            tier=draw(st.sampled_from("ab")),
            community=draw(st.integers(1, 2)),
            onsite=draw(st.integers(0, 3)),
        )
        for key in range(1, size + 1)
    )
    tiers = (TierLimit("a", places=2), TierLimit("b", money=80))
    limits = Limits(
        draw(st.integers(2, 20)) * 10,
        tiers=draw(st.sampled_from([(), tiers])),
        community_cap=draw(st.sampled_from([None, 60])),
    )
    expert = draw(st.sampled_from([0, 250, 400, 500, 1000]))
    return Case(
        bids,
        limits,
        "blend",
        expert,
        1000 - expert,
        draw(st.sampled_from(sorted(NORMALISERS))),
        ballots=8,
        rule=draw(st.sampled_from(["skip", "stop"])),
        ties=("cheaper", "lot"),
        lot=tuple(draw(st.permutations(range(1, size + 1)))),
        climb=draw(st.booleans()),
        onsite=draw(st.sampled_from([None, 400, 500])),
        ballots_onsite=3,
    )


def funded(case, name, weight):
    told = {"expert": weight, "public": 1000 - weight} if name == "expert" else {name: weight}
    return set(replace(case, **told).answer().funded)


@settings(max_examples=50)
@given(cases(), st.sampled_from(["expert", "onsite"]), st.data())
def test_the_funded_set_is_the_same_within_and_another_just_beyond(case, name, data):
    if name == "onsite" and case.onsite is None:
        with pytest.raises(ValueError, match="no weight"):
            stable_interval(case, name)
        return
    found = stable_interval(case, name)
    base = set(case.answer().funded)
    assert 0 <= found.low <= found.at <= found.high <= 1000
    inside = [Fraction(data.draw(st.integers(1, 99)), 100) for _ in range(4)]
    for part in [HAIR, *inside, 1 - HAIR]:
        weight = found.low + (found.high - found.low) * part
        assert funded(case, name, weight) == base
    for end, taken, way, shift in (
        (found.low, found.low_in, -1, found.below),
        (found.high, found.high_in, 1, found.above),
    ):
        assert (funded(case, name, end) == base) == taken
        beyond = end + way * HAIR if taken else end
        if shift is None:
            assert taken
            assert not 0 <= beyond <= 1000
        else:
            other = funded(case, name, beyond)
            assert (set(shift.enters), set(shift.leaves)) == (other - base, base - other)


def test_where_the_leader_changes():
    # 90 e + 25 (1 − e) = 60 e + 100 (1 − e) at e = 75/105 = 5/7; the lot parts them there.
    bids = (Bid(1, 60, Fraction(90), 10), Bid(2, 60, Fraction(60), 40))
    case = Case(bids, Limits(100), "blend", 400, 600, "share_of_leader", lot=(2, 1))
    found = stable_interval(case)
    assert (found.low, found.high, found.low_in, found.high_in) == (
        0,
        Fraction(5000, 7),
        True,
        True,
    )
    assert (found.below, found.above) == (None, Shift((1,), (2,)))
    back = stable_interval(replace(case, expert=800, public=200))
    assert (back.low, back.low_in, back.below) == (Fraction(5000, 7), False, Shift((2,), (1,)))


def test_an_unmarked_bid_counts_only_where_marks_weigh_nothing():
    bids = (Bid(1, 60, Fraction(90), 10), Bid(2, 60, None, 40))
    case = Case(bids, Limits(100), "blend", 400, 600, "share_of_leader", lot=(1, 2))
    found = stable_interval(case)
    assert (found.low, found.low_in, found.below) == (0, False, Shift((2,), (1,)))
    assert (found.high, found.above) == (1000, None)


def test_enough_for_everybody_is_enough_at_every_weight():
    bids = tuple(Bid(key, 10, Fraction(key), key) for key in range(1, 5))
    case = Case(bids, Limits(100), "blend", 500, 500, "rank", lot=(1, 2, 3, 4))
    assert stable_interval(case).whole


def test_only_blends_have_weights():
    case = Case((Bid(1, 1, Fraction(1)),), Limits(1), "score")
    for name in ("expert", "onsite"):
        with pytest.raises(ValueError, match="has no weight"):
            stable_interval(case, name)
    with pytest.raises(ValueError, match="is called public"):
        stable_interval(replace(case, method="blend", expert=1000), "public")
