"""The greatest welfare: proven against trying every set, with ties parted as documented."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    Bid,
    Floor,
    Limits,
    Question,
    Ranking,
    Reason,
    TieOrder,
    TierLimit,
    UnsettledTie,
    by_votes,
    maximise,
    missed,
    settle,
    violations,
)
from sanlin.kernel.allocation import model as model_room
from sanlin.kernel.allocation.constraints import largest, screen, smallest
from sanlin.kernel.allocation.welfare import knapsack

from .test_floors import possible, whole_sets
from .test_limits_hold import rounds

items = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), max_size=9)


def tried(costs, values, budget):
    """The best set by trying all: greatest value, then the first place in which two differ."""
    places = range(len(costs))
    sets = (set(it) for many in range(len(costs) + 1) for it in combinations(places, many))
    fitting = [it for it in sets if sum(costs[at] for at in it) <= budget]
    return max(
        fitting,
        key=lambda it: (sum(values[at] for at in it), [at in it for at in places]),
    )


@given(items, st.integers(0, 50))
def test_the_knapsack_is_the_best_of_all_sets(given_items, budget):
    costs, values = [it[0] for it in given_items], [it[1] for it in given_items]
    assert set(knapsack(costs, values, budget)) == tried(costs, values, budget)


def ordered(asked):
    """The bids that take part, in their strict order."""
    ranked = [
        bid for bid in asked.bids if screen(bid, asked.limits, asked.order.of[bid.key]) is None
    ]
    return settle(ranked, asked.order.of, asked.ties)[0]


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_the_model_is_the_best_of_all_sets(asked):
    asked = replace(asked, limits=replace(asked.limits, partial=False))
    queue = ordered(asked)
    limits = replace(asked.limits, floors=possible(asked))
    sets = [
        {bid.key for bid in group}
        for group, grants in whole_sets(asked)
        if not violations(asked.bids, limits, grants)
    ]
    best = max(
        sets,
        key=lambda it: (sum(asked.order.of[key] for key in it), [bid.key in it for bid in queue]),
    )
    outcome = maximise(asked.bids, asked.limits, asked.order, asked.ties)
    assert set(outcome.funded) == best
    assert outcome.funded == tuple(bid.key for bid in queue if bid.key in best)


@st.composite
def parts(draw):
    """A tiny round in which parts of a cost may be granted."""
    bids = []
    for key in range(draw(st.integers(1, 4))):
        cost = draw(st.integers(1, 6))
        bids.append(
            Bid(
                key,
                cost,
                votes=draw(st.integers(0, 3)),
                least=draw(st.none() | st.integers(1, cost)),
                community=draw(st.integers(1, 2)),
                theme="x",
            )
        )
    limits = Limits(
        draw(st.integers(0, 14)),
        project_cap=draw(st.none() | st.integers(2, 6)),
        community_cap=draw(st.none() | st.integers(1, 9)),
        theme_caps=(("x", draw(st.integers(5, 15))),),
        floors=tuple(
            Floor("community", name, *draw(st.tuples(st.integers(0, 2), st.integers(0, 8))))
            for name in draw(st.sets(st.integers(1, 2)))
        ),
        requires=draw(st.sampled_from([(), ((1, 0),)])),
        partial=True,
    )
    lot = dict(enumerate(draw(st.permutations(range(len(bids))))))
    return Question(tuple(bids), limits, by_votes(bids), TieOrder(("lot",), lot))


def all_grants(asked, queue):
    """Every allocation of whole fen that keeps all limits but the floors."""
    bare = replace(asked.limits, floors=())
    choices = [[0, *range(max(smallest(bid, bare), 1), largest(bid, bare) + 1)] for bid in queue]
    for amounts in product(*choices):
        grants = {bid.key: grant for bid, grant in zip(queue, amounts, strict=True) if grant}
        if not violations(queue, bare, grants):
            yield grants


@settings(max_examples=60, deadline=None)
@given(parts())
def test_parts_of_a_cost_are_granted_as_documented(asked):
    queue = ordered(asked)
    allowed, votes = list(all_grants(asked, queue)), {bid.key: bid.votes for bid in queue}
    for floor in asked.limits.floors:
        for what in (
            lambda grants, floor=floor: min(
                sum(floor.holds(bid) for bid in queue if bid.key in grants), floor.projects
            ),
            lambda grants, floor=floor: min(
                sum(grants.get(bid.key, 0) for bid in queue if floor.holds(bid)), floor.money
            ),
        ):
            most = max(map(what, allowed))
            allowed = [grants for grants in allowed if what(grants) == most]
    best = max(
        allowed,
        key=lambda grants: (
            sum(votes[key] for key in grants),
            [bid.key in grants for bid in queue],
            sum(grants.values()),
            [grants.get(bid.key, 0) for bid in queue],
        ),
    )
    outcome = maximise(asked.bids, asked.limits, asked.order, asked.ties)
    assert dict(outcome.grants) == best


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_no_limit_is_broken_and_no_count_has_more_welfare(asked):
    outcome = maximise(asked.bids, asked.limits, asked.order, asked.ties)
    assert violations(asked.bids, asked.limits, dict(outcome.grants)) == outcome.unmet
    assert sorted(step.key for step in outcome.steps) == [bid.key for bid in asked.bids]
    if not asked.limits.floors and asked.rule != "topup":
        assert missed(asked).value >= 0


@given(items, st.integers(0, 50))
def test_nothing_that_was_left_out_would_fit(given_items, budget):
    bids = [Bid(key, cost, votes=votes) for key, (cost, votes) in enumerate(given_items)]
    ties = TieOrder(("lot",), {bid.key: bid.key for bid in bids})
    outcome = maximise(bids, Limits(budget), by_votes(bids), ties)
    for step in outcome.steps:
        if not step.funded:
            assert step.reason.code == "outweighed"
            assert step.reason["limit"] == "budget"
            assert step.reason["cost"] > outcome.left


def test_a_dear_favourite_gives_way_to_two_others():
    bids = [Bid(1, 60, votes=7), Bid(2, 50, votes=6), Bid(3, 50, votes=5), Bid(4, 500, votes=9)]
    outcome = maximise(bids, Limits(100, reserve=1), by_votes(bids), TieOrder())
    assert (outcome.funded, outcome.left, outcome.rule) == ((2, 3), 0, "welfare")
    assert outcome.reserve == (4,)
    assert outcome.step(1).reason == Reason.of(
        "outweighed", limit="budget", cap=100, left=0, cost=60, short=60, place=2, standing=7
    )
    found = missed(Question(tuple(bids), Limits(100), by_votes(bids), TieOrder()))
    assert (found.value, found.votes, found.money) == (4, 4, 40)
    assert (found.gained, found.lost) == ((2, 3), (1,))


def test_floors_are_filled_by_sacrificing_least():
    """Floors first in the order of votes take bid 3; the best set takes two others."""
    bids = [
        Bid(1, 60, votes=10, community=1),
        Bid(2, 40, votes=9, community=1),
        Bid(3, 30, votes=3, community=2),
        Bid(4, 60, votes=5, community=2),
    ]
    floors = (Floor("community", 2, projects=1), Floor("community", 3, projects=1))
    asked = Question(tuple(bids), Limits(100, floors=floors), by_votes(bids), TieOrder())
    found = missed(asked)
    assert (found.simple.funded, found.best.funded) == ((1, 3), (2, 4))
    assert (found.votes, found.money, found.floors) == (1, 10, 0)
    assert found.best.unmet == found.simple.unmet
    assert [reason["group"] for reason in found.best.unmet] == [3]


def test_equals_in_everything_need_a_lot():
    bids = [Bid(1, 10, votes=5), Bid(2, 10, votes=5)]
    with pytest.raises(UnsettledTie):
        maximise(bids, Limits(10), by_votes(bids), TieOrder())
    tied = maximise(bids, Limits(10), by_votes(bids), TieOrder(("lot",), {1: 2, 2: 1}))
    assert tied.funded == (2,)
    assert (tied.ties[0].keys, tied.ties[0].split) == ((2, 1), True)


def test_values_too_large_for_the_solver_are_split():
    bids = [Bid(key, 3 + key % 4, tier="a") for key in range(8)]
    whole = 10**40
    values = {bid.key: Fraction(whole + bid.key * bid.key, 3) for bid in bids}
    order = Ranking("score", tuple(values.items()))
    limits = Limits(16, tiers=(TierLimit("a", places=3),))
    outcome = maximise(bids, limits, order, TieOrder())
    assert outcome.funded == max(
        (it[::-1] for it in combinations(range(8), 3) if sum(bids[key].cost for key in it) <= 16),
        key=lambda it: sum(values[key] for key in it),
    )


def test_an_answer_that_breaks_a_limit_is_never_given(monkeypatch):
    bids = [Bid(1, 10, votes=5, team=1), Bid(2, 10, votes=4, team=1)]
    monkeypatch.setattr(model_room._Model, "_rules", lambda self: None)
    with pytest.raises(model_room.SolverFailed, match="team_taken"):
        maximise(bids, Limits(50, one_per_team=True), by_votes(bids), TieOrder())


def test_standings_below_zero_are_refused():
    order = Ranking("score", ((1, Fraction(-1)),))
    with pytest.raises(ValueError, match="below zero"):
        maximise([Bid(1, 5)], Limits(9), order, TieOrder())
