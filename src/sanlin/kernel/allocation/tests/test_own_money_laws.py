"""Laws of both methods: plain and fast agree bit for bit, and nothing that should not matter does."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    COMPLETIONS,
    Bid,
    Limits,
    TieOrder,
    TierLimit,
    UnsettledTie,
    equal_shares,
    phragmen,
)
from sanlin.kernel.allocation.shares.fast import Search
from sanlin.kernel.profile import Profile

UTILITIES = ("cost", "cardinality", "points")
COSTS = (0, 1, 2, 3, 4, 6, 6, 8, 12, 24)


def drawn(rng):
    """A small election built to tie: round costs, few voters, equal ballots."""
    keys = range(int(rng.integers(1, 6)))
    utility = UTILITIES[rng.integers(3)]
    rows = []
    for _ in range(int(rng.integers(1, 6))):
        named = [key for key in keys if rng.random() < 0.5]
        weights = rng.integers(0, 4, len(named)) if utility == "points" else [1] * len(named)
        rows.append((tuple(zip(named, map(int, weights), strict=True)), int(rng.integers(1, 4))))
    profile = Profile.of(rows, keys)
    votes = profile.votes()
    bids = [Bid(key, COSTS[rng.integers(len(COSTS))], votes=votes[key]) for key in keys]
    limits = Limits((6, 12, 24, 36)[rng.integers(4)])
    if len(keys) > 2 and rng.random() < 0.2:
        rivals = frozenset(rng.choice(len(keys), 2, replace=False).tolist())
        limits = replace(limits, exclusive=(rivals,))
    order = rng.permutation(len(keys)).tolist()
    ties = TieOrder(("lot",), dict(zip(keys, order, strict=True)))
    return profile, bids, limits, ties, utility


@pytest.mark.parametrize("part", range(20))
def test_plain_and_fast_agree_bit_for_bit(part):
    """500 elections each: 10,000 in all; every eighth with a completion drawn too."""
    rng = np.random.default_rng(part)
    for turn in range(500):
        *asked, utility = drawn(rng)
        completion = COMPLETIONS[rng.integers(len(COMPLETIONS))] if turn % 8 == 0 else "none"
        told = {"utility": utility, "completion": completion, "step": int(rng.integers(1, 4))}
        plain, fast = (equal_shares(*asked, core=core, **told) for core in ("plain", "fast"))
        assert repr(fast) == repr(plain)
        plain, fast = (phragmen(*asked, core=core) for core in ("plain", "fast"))
        assert repr(fast) == repr(plain)


@pytest.mark.parametrize("part", range(2))
def test_whole_numbers_find_every_price_without_a_hint_from_floats(part, monkeypatch):
    """Floats only guide: with the poorest guess of all, the outcome is the same."""

    def ignorant(search, purse):
        search.guess = 0.0
        return 0.0

    monkeypatch.setattr(Search, "lower", ignorant)
    rng = np.random.default_rng(1000 + part)
    for _ in range(250):
        *asked, utility = drawn(rng)
        plain, fast = (equal_shares(*asked, core=it, utility=utility) for it in ("plain", "fast"))
        assert repr(fast) == repr(plain)


@pytest.mark.parametrize("seed", range(6))
def test_raises_that_are_jumped_over_would_have_changed_nothing(seed):
    """A hundred voters and steps so small that nearly all of them are jumped over."""
    rng = np.random.default_rng(seed)
    keys, utility = range(8), UTILITIES[seed % 3]
    weights = rng.integers(1, 4, (60, 8)) * (rng.random((60, 8)) < 0.4)
    given = weights.tolist() if utility == "points" else (weights > 0).astype(int).tolist()
    rows = [
        (tuple((key, row[key]) for key in keys if row[key]), 1 + n % 3)
        for n, row in enumerate(given)
    ]
    profile = Profile.of(rows, keys)
    votes = profile.votes()
    bids = [Bid(key, int(rng.integers(200, 3000)), votes=votes[key]) for key in keys]
    limits = Limits(5000, exclusive=(frozenset({0, 1}),) if seed % 2 else ())
    ties = TieOrder(("lot",), {key: key for key in keys})
    for completion in ("add1", "add1-exhaustive"):
        told = {"utility": utility, "completion": completion, "step": 1}
        plain, fast = (
            equal_shares(profile, bids, limits, ties, core=it, **told) for it in ("plain", "fast")
        )
        assert repr(fast) == repr(plain)
        assert completion != "add1" or fast.shares.raises > 9


@st.composite
def elections(draw):
    return drawn(np.random.default_rng(draw(st.integers(0, 2**32))))


completions = st.sampled_from(COMPLETIONS)
METHODS = st.sampled_from(["equal-shares", "phragmen"])


def counted(method, profile, bids, limits, ties, utility, completion="none", *, step=1):
    if method == "phragmen":
        return phragmen(profile, bids, limits, ties)
    told = {"utility": utility, "completion": completion, "step": step}
    return equal_shares(profile, bids, limits, ties, **told)


@given(elections(), METHODS, completions, st.randoms(use_true_random=False))
def test_the_order_of_voters_and_bids_changes_nothing(asked, method, completion, chance):
    profile, bids, limits, ties, utility = asked
    apart = [(kept, 1) for kept, times in profile for _ in range(times)]
    chance.shuffle(apart)
    mixed = list(bids)
    chance.shuffle(mixed)
    starts = np.cumsum([0, *(len(kept) for kept, _ in apart)])
    pairs = [pair for kept, _ in apart for pair in kept]
    unmerged = Profile.from_arrays(
        profile.keys, starts, [key for key, _ in pairs], [weight for _, weight in pairs]
    )
    told = (limits, ties, utility, completion)
    assert counted(method, unmerged, mixed, *told) == counted(method, profile, bids, *told)


@given(elections(), METHODS, completions, st.integers(2, 1000))
def test_money_in_another_unit_changes_nothing(asked, method, completion, by):
    profile, bids, limits, ties, utility = asked
    plain = counted(method, profile, bids, limits, ties, utility, completion)
    dearer = [replace(bid, cost=bid.cost * by) for bid in bids]
    more = replace(limits, budget=limits.budget * by)
    scaled = counted(method, profile, dearer, more, ties, utility, completion, step=by)
    assert scaled.funded == plain.funded
    assert scaled.left == plain.left * by
    by_cost = method == "equal-shares" and utility == "cost"
    for own, other in zip(plain.shares.purchases, scaled.shares.purchases, strict=True):
        assert other.price == own.price * (1 if by_cost else by)
        assert (other.payers, other.emptied) == (own.payers, own.emptied)


@given(elections(), METHODS, st.integers(1, 5))
def test_a_voter_without_a_choice_takes_only_her_own_money_along(asked, method, silent):
    """Phragmén ignores her; with Equal Shares the budget has to grow by her part."""
    profile, bids, limits, ties, utility = asked
    if limits.budget % profile.voters:
        limits = replace(limits, budget=limits.budget * profile.voters)
    grown = limits
    if method == "equal-shares":
        each = limits.budget // profile.voters
        grown = replace(limits, budget=limits.budget + each * silent)
    joined = Profile.of([*profile, ((), silent)], profile.keys)
    before = counted(method, profile, bids, limits, ties, utility)
    after = counted(method, joined, bids, grown, ties, utility)
    assert after.funded == before.funded
    told = [
        [(it.key, it.price, it.payers, it.emptied) for it in outcome.shares.purchases]
        for outcome in (before, after)
    ]
    assert told[0] == told[1]


@given(elections(), METHODS, completions)
def test_every_bid_has_one_step_and_the_money_adds_up(asked, method, completion):
    profile, bids, limits, ties, utility = asked
    outcome = counted(method, profile, bids, limits, ties, utility, completion)
    assert sorted(step.key for step in outcome.steps) == [bid.key for bid in bids]
    assert sum(dict(outcome.grants).values()) + outcome.left == limits.budget
    assert outcome.left >= 0
    for rivals in limits.exclusive:
        assert len(rivals & set(outcome.funded)) <= 1
    shares = outcome.shares
    if method == "equal-shares":
        assert shares.each == Fraction(limits.budget, profile.voters) + shares.raises * shares.step
        costs = {bid.key: bid.cost for bid in bids}
        left = shares.each * profile.voters
        for purchase in shares.purchases:
            left -= costs[purchase.key]
            assert purchase.left == left >= 0
    prices = [purchase.price for purchase in shares.purchases]
    assert prices == sorted(prices) or limits.exclusive


@given(elections(), METHODS, completions)
def test_a_tie_that_nothing_parts_has_no_outcome(asked, method, completion):
    """With a lot there is an outcome; the order of ties is only asked where bids are level."""
    profile, bids, limits, ties, utility = asked
    outcome = counted(method, profile, bids, limits, ties, utility, completion)
    try:
        silent = counted(method, profile, bids, limits, TieOrder(), utility, completion)
    except UnsettledTie:
        return
    assert silent.funded == outcome.funded


@given(elections(), st.integers(0, 3), st.integers(0, 30))
def test_tiers_hold_whatever_the_completion(asked, places, money):
    profile, bids, limits, ties, utility = asked
    tiered = [replace(bid, tier="ab"[bid.key % 2]) for bid in bids]
    limits = replace(limits, tiers=(TierLimit("a", places=places), TierLimit("b", money=money)))
    for completion in COMPLETIONS:
        outcome = counted("equal-shares", profile, tiered, limits, ties, utility, completion)
        inside = [bid for bid in tiered if bid.key in outcome.funded]
        assert sum(bid.tier == "a" for bid in inside) <= places
        assert sum(bid.cost for bid in inside if bid.tier == "b") <= money


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"utility": "beauty"}, "no utility"),
        ({"completion": "maybe"}, "no completion"),
        ({"step": 0}, "above zero"),
    ],
)
def test_names_that_do_not_exist_are_refused(told, words):
    profile = Profile.of([(((1, 1),), 2)])
    with pytest.raises(ValueError, match=words):
        equal_shares(profile, [Bid(1, 5)], Limits(10), TieOrder(), **told)
    with pytest.raises(ValueError, match="no rule"):
        phragmen(profile, [Bid(1, 5)], Limits(10), TieOrder(), rule="perhaps")
    for count in (equal_shares, phragmen):
        with pytest.raises(ValueError, match="same key"):
            count(profile, [Bid(1, 5), Bid(1, 6)], Limits(10), TieOrder())
        with pytest.raises(ValueError, match="below zero"):
            count(profile, [Bid(1, -5)], Limits(10), TieOrder())


def test_amounts_beyond_floats_are_counted_in_whole_numbers():
    large = 2**60
    profile = Profile.of([(((1, 1), (2, 1)), 3), (((2, 1), (3, 1)), 3)])
    bids = [Bid(key, large + key, votes=3) for key in (1, 2, 3)]
    ties = TieOrder(("lot",), {1: 1, 2: 2, 3: 3})
    for count in (equal_shares, phragmen):
        told = [
            count(profile, bids, Limits(3 * large), ties, core=core) for core in ("plain", "fast")
        ]
        assert repr(told[0]) == repr(told[1])
        assert told[0].funded


def test_without_voters_nothing_is_bought():
    profile = Profile.of([], [1])
    for count in (equal_shares, phragmen):
        outcome = count(profile, [Bid(1, 5)], Limits(10), TieOrder())
        assert (outcome.funded, outcome.left, outcome.step(1).reason.code) == ((), 10, "no_support")
