"""A case is the same after its bytes, and tiers earned by rank are counted as they were earned."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    Bid,
    Case,
    Limits,
    TieOrder,
    TierLimit,
    allocate,
    by_votes,
    fingerprint,
    from_bytes,
    from_the_top,
)

from .test_limits_hold import rounds


def as_case(asked, **more):
    lot = tuple(sorted(asked.ties.lot, key=asked.ties.lot.get))
    return Case(
        asked.bids,
        asked.limits,
        asked.order.unit,
        rule=asked.rule,
        ties=asked.ties.names,
        lot=lot,
        **more,
    )


@given(rounds(), st.booleans())
def test_a_case_survives_its_bytes_and_is_answered_alike(asked, climb):
    case = as_case(asked, climb=climb, seed="种子")
    again = from_bytes(case.to_bytes())
    assert again == case
    assert again.to_bytes() == case.to_bytes()
    if climb and asked.limits.tiers and any(it.kind == "tier" for it in asked.limits.floors):
        with pytest.raises(ValueError, match="cannot have a floor"):
            case.answer()
        return
    assert again.answer() == case.answer()
    if not climb:
        assert case.answer().funded == asked.answer().funded


def test_a_case_of_one_fact_more_has_another_fingerprint():
    case = Case((Bid(1, 5, Fraction(1, 3)),), Limits(9), "score")
    other = replace(case, bids=(Bid(1, 5, Fraction(2, 6) + Fraction(1, 10**9)),))
    assert fingerprint(case.to_bytes()) != fingerprint(other.to_bytes())


@given(rounds())
def test_from_the_top_funds_in_every_tier_what_it_placed_there(asked):
    """With tiers given by rank, whoever got an open tier is funded, and no better tier was open."""
    if not asked.limits.tiers or asked.limits.floors or asked.rule not in {"skip", "threshold"}:
        return
    placed = from_the_top(asked.bids, asked.limits, asked.order, asked.ties)
    outcome = allocate(placed, asked.limits, asked.order, asked.ties, asked.rule)
    tiers = [tier.key for tier in asked.limits.tiers]
    tier_of = {bid.key: bid.tier for bid in placed}
    for bid in placed:
        if bid.key not in outcome.funded:
            assert tier_of[bid.key] == tiers[-1]
    level = [tier for tier in asked.limits.tiers if (tier.money, tier.cap) == (None, None)]
    full = {tier.key: tier.places for tier in level}
    seated = {key: sum(tier_of[it] == key for it in outcome.funded) for key in full}
    for earlier, later in pairwise(tiers):
        if earlier in full and full[earlier] is None:
            assert later not in seated or seated[later] == 0
        elif earlier in full and seated.get(later):
            assert seated[earlier] == full[earlier]


def test_ranks_fill_tiers_with_caps_passing_over():
    bids = [
        Bid(1, 300, votes=9, community=7),
        Bid(2, 300, votes=8, community=7),
        Bid(3, 300, votes=7, community=8),
        Bid(4, 300, votes=6, community=9),
    ]
    limits = Limits(
        2000, tiers=(TierLimit("a", places=2), TierLimit("b", places=1)), community_cap=500
    )
    placed = from_the_top(bids, limits, by_votes(bids), TieOrder())
    assert {bid.key: bid.tier for bid in placed} == {1: "a", 2: "b", 3: "a", 4: "b"}
    outcome = allocate(placed, limits, by_votes(bids), TieOrder())
    assert outcome.funded == (1, 3, 4)
    assert outcome.step(2).reason.code == "community_cap"


def test_equals_that_no_tier_can_take_need_no_lot():
    bids = [Bid(1, 900, votes=5), Bid(2, 800, votes=5), Bid(3, 10, votes=5)]
    limits = Limits(2000, tiers=(TierLimit("a", places=1, cap=100),))
    placed = from_the_top(bids, limits, by_votes(bids), TieOrder())
    assert allocate(placed, limits, by_votes(bids), TieOrder()).funded == (3,)


def test_the_lot_names_who_was_drawn_first():
    bids = tuple(Bid(key, 10, votes=5) for key in (1, 2, 3))
    assert Case(bids, Limits(20), "votes", lot=(3, 1, 2)).answer().funded == (3, 1)


def test_the_bytes_of_a_case_before_floors_are_still_read():
    case = Case((Bid(1, 500, Fraction(9, 2), 3),), Limits(1000), "votes", lot=(1,))
    told = json.loads(case.to_bytes())
    for name in ("floors", "requires", "own_share"):
        del told["limits"][name]
    assert from_bytes(json.dumps(told).encode()) == case
