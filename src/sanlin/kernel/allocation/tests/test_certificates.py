"""Certificates: true of what the methods promise, and false as soon as anything is changed."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    Bid,
    Limits,
    TieOrder,
    TierLimit,
    allocate,
    by_votes,
    certify,
    equal_shares,
    maximise,
    phragmen,
)
from sanlin.kernel.allocation.certificates.proving import (
    Branch,
    Leaf,
    Row,
    bound,
    check,
    limit_rows,
)
from sanlin.kernel.allocation.shares.field import Field
from sanlin.kernel.profile import Profile

from .test_limits_hold import rounds
from .test_own_money_keeps_limits import votes


def by_name(outcome, profile, bids, limits):
    return {it.name: it for it in certify(outcome, profile, bids, limits)}


@given(votes(), st.sampled_from(["none", "add1", "add1-exhaustive", "utilitarian", "add1u"]))
def test_equal_shares_are_a_price_system(given_votes, completion):
    profile, asked = given_votes
    outcome = equal_shares(
        profile, asked.bids, asked.limits, asked.ties, completion=completion, step=5
    )
    found = by_name(outcome, profile, asked.bids, asked.limits)
    assert found["limits"].holds
    assert found["prices"].holds
    assert [row[0] for row in found["prices"].witness] == [
        it.key for it in outcome.shares.purchases
    ]
    for purchase in outcome.shares.purchases:
        dearer = replace(purchase, price=purchase.price + Fraction(1, 97))
        assert not prices_hold(outcome, purchase, dearer, profile, asked)
        assert not prices_hold(outcome, purchase, replace(purchase, payers=99), profile, asked)


def prices_hold(outcome, purchase, other, profile, asked):
    """Whether the purchases are still a price system when `other` stands for `purchase`."""
    swapped = tuple(other if it == purchase else it for it in outcome.shares.purchases)
    told = replace(outcome, shares=replace(outcome.shares, purchases=swapped))
    return by_name(told, profile, asked.bids, asked.limits)["prices"].holds


@given(votes(), st.sampled_from(["stop", "skip"]))
def test_phragmens_loads_follow_from_what_voters_earn(given_votes, rule):
    profile, asked = given_votes
    outcome = phragmen(profile, asked.bids, asked.limits, asked.ties, rule=rule)
    assert by_name(outcome, profile, asked.bids, asked.limits)["loads"].holds
    for purchase in outcome.shares.purchases:
        later = replace(purchase, price=purchase.price + Fraction(1, 97))
        swapped = tuple(later if it == purchase else it for it in outcome.shares.purchases)
        told = replace(outcome, shares=replace(outcome.shares, purchases=swapped))
        assert not by_name(told, profile, asked.bids, asked.limits)["loads"].holds


def owed(outcome, profile, bids, budget):
    """EJR+ up to any project as it is written down: every bid, value and group of voters tried."""
    funded = set(outcome.funded)
    goods = {good.key: good for good in Field.of(profile, bids, outcome.shares.utility).goods}
    times = profile.times.tolist()
    has = [0] * profile.rows
    for key in funded & goods.keys():
        for row, weight in zip(goods[key].rows.tolist(), goods[key].weights.tolist(), strict=True):
            has[row] += weight * goods[key].unit
    for key in sorted(goods.keys() - funded):
        good = goods[key]
        own = dict(zip(good.rows.tolist(), good.weights.tolist(), strict=True))
        for many in range(1, len(own) + 1):
            for rows in combinations(own, many):
                size = sum(times[row] for row in rows)
                least = min(own[row] for row in rows) * good.unit
                if good.bid.cost and all(
                    (has[row] + least) * profile.voters * good.bid.cost <= least * size * budget
                    for row in rows
                ):
                    return key
    return None


ballots = st.lists(
    st.tuples(
        st.dictionaries(st.integers(0, 5), st.integers(1, 3), max_size=4).map(
            lambda it: tuple(sorted(it.items()))
        ),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=5,
)


@given(
    ballots,
    st.lists(st.integers(1, 9), min_size=6, max_size=6),
    st.integers(0, 30),
    st.sampled_from(["cost", "cardinality", "points"]),
)
def test_equal_shares_owe_nothing_to_any_group(cast, costs, budget, utility):
    profile = Profile.of(cast, range(6))
    bids = [Bid(key, cost) for key, cost in enumerate(costs)]
    ties = TieOrder(("lot",), {key: key for key in range(6)})
    outcome = equal_shares(profile, bids, Limits(budget), ties, utility=utility)
    assert owed(outcome, profile, bids, budget) is None
    assert by_name(outcome, profile, bids, Limits(budget))["ejr+"].holds


@given(
    ballots,
    st.lists(st.integers(1, 9), min_size=6, max_size=6),
    st.integers(0, 30),
    st.sets(st.integers(0, 5)),
    st.sampled_from(["cost", "cardinality", "points"]),
)
def test_groups_that_are_owed_a_bid_are_found_as_by_trying_all(
    cast, costs, budget, funded, utility
):
    profile = Profile.of(cast, range(6))
    bids = [Bid(key, cost) for key, cost in enumerate(costs)]
    ties = TieOrder(("lot",), {key: key for key in range(6)})
    outcome = equal_shares(profile, bids, Limits(budget), ties, utility=utility)
    told = replace(outcome, funded=tuple(sorted(funded)))
    found = by_name(told, profile, bids, Limits(budget))["ejr+"]
    assert found.get("key") == owed(told, profile, bids, budget)
    assert found.holds == (found.get("key") is None)


def test_a_majority_that_takes_all_is_refuted_with_the_group_that_is_owed():
    """Six of ten voters spend all the money; four are owed 40 of 100, and a bid of 40."""
    profile = Profile.of([(((1, 1), (2, 1)), 6), (((3, 1),), 4)])
    bids = [Bid(1, 50, votes=6), Bid(2, 50, votes=6), Bid(3, 40, votes=4)]
    outcome = allocate(bids, Limits(100), by_votes(bids), TieOrder(("lot",), {1: 1, 2: 2, 3: 3}))
    found = by_name(outcome, profile, bids, Limits(100))
    assert (found["limits"].holds, found["exhaustive"].holds) == (True, True)
    assert found["ejr+"].holds is False
    assert found["ejr+"].witness == ((3, 4, Fraction(0), 0),)
    fair = equal_shares(profile, bids, Limits(100), TieOrder(("lot",), {1: 1, 2: 2, 3: 3}))
    assert (fair.funded, by_name(fair, profile, bids, Limits(100))["ejr+"].holds) == ((1, 3), True)


def test_an_outcome_that_breaks_a_limit_or_hides_money_is_not_certified():
    bids = [Bid(1, 60, votes=3), Bid(2, 30, votes=2), Bid(3, 10, votes=1)]
    limits = Limits(100)
    outcome = allocate(bids, limits, by_votes(bids), TieOrder())
    assert [it.holds for it in certify(outcome, None, bids, limits)] == [True, True]
    tight = by_name(outcome, None, bids, Limits(90))
    assert (tight["limits"].holds, tight["limits"].witness) == (False, ("budget",))
    assert not by_name(replace(outcome, left=5), None, bids, limits)["limits"].holds
    less = replace(outcome, funded=(1, 2), grants=((1, 60), (2, 30)), left=10)
    assert by_name(less, None, bids, limits)["exhaustive"].witness == (3,)


@settings(max_examples=50, deadline=None)
@given(rounds())
def test_the_greatest_welfare_is_proven(asked):
    limits = replace(asked.limits, partial=False)
    outcome = maximise(asked.bids, limits, asked.order, asked.ties)
    found = by_name(outcome, None, asked.bids, limits)["optimal"]
    assert found.holds is True
    rows, tree = found.witness
    values = {
        step.key: step.reason["standing"]
        for step in outcome.steps
        if step.reason.get("place") is not None
    }
    value = found.get("value")
    assert check(values, rows, value, tree)
    if value:
        assert not check(values, rows, value - 1, tree)


def test_a_proof_with_a_hole_in_it_is_no_proof():
    values = {1: Fraction(7), 2: Fraction(6), 3: Fraction(6)}
    rows = (Row("budget", ((1, 60), (2, 50), (3, 50)), 100),)
    below = Leaf(((0, Fraction(-1)),))
    assert not check(values, rows, Fraction(100), below)
    good = Leaf(((0, Fraction(6, 50)),))
    assert bound(values, rows, good, {}) == 12
    assert check(values, rows, Fraction(12), good)
    assert not check(values, rows, Fraction(11), good)
    twice = Branch(1, Branch(1, good, good), good)
    assert not check(values, rows, Fraction(12), twice)
    assert not check(values, rows, Fraction(12), Branch(9, good, good))


def test_a_knapsack_needs_a_few_questions():
    bids = [Bid(key, 7 + key * key % 13, votes=5 + key * 7 % 11) for key in range(1, 15)]
    limits = Limits(61)
    lot = TieOrder(("lot",), {bid.key: bid.key for bid in bids})
    outcome = maximise(bids, limits, by_votes(bids), lot)
    found = by_name(outcome, None, bids, limits)["optimal"]
    assert (found.holds, found.get("rows")) == (True, 1)
    assert 1 < found.get("leaves") < 200


def test_what_is_not_the_best_finds_no_proof(monkeypatch):
    bids = [Bid(1, 60, votes=7), Bid(2, 50, votes=6), Bid(3, 50, votes=5)]
    greedy = allocate(bids, Limits(100), by_votes(bids), TieOrder())
    told = by_name(replace(greedy, rule="welfare"), None, bids, Limits(100))["optimal"]
    assert (told.holds, told.witness, told.get("value")) == (None, (), 7)


@pytest.mark.parametrize("places", [1, 2])
def test_every_limit_that_could_bind_is_a_row(places):
    bids = [
        Bid(key, 10, votes=key, tier="a", team=1, community=2, theme="x") for key in range(1, 4)
    ]
    limits = Limits(
        25,
        tiers=(TierLimit("a", places=places, money=25),),
        team_cap=25,
        community_cap=25,
        theme_caps=(("x", 25),),
        exclusive=(frozenset({1, 2}),),
        requires=((1, 3), (2, 9)),
        one_per_team=True,
    )
    assert [row.name for row in limit_rows(bids, limits, {})] == [
        "budget",
        "tier_money",
        "places",
        "team_cap",
        "community_cap",
        "theme_cap",
        "team_taken",
        "exclusive",
        "requires",
        "requires",
    ]
