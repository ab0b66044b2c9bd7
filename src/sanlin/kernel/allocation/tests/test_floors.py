"""Floors and pairs: every floor that can be filled is filled, whatever stands higher."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given

from sanlin.kernel.allocation import (
    Bid,
    Floor,
    Limits,
    Question,
    Reason,
    TieOrder,
    TierLimit,
    allocate,
    by_votes,
    facts,
    from_the_top,
    violations,
)
from sanlin.kernel.allocation import floors as floors_room
from sanlin.kernel.allocation.constraints import largest, screen
from sanlin.kernel.allocation.floors import FloorBooks

from .test_limits_hold import rounds


def count(bids, limits, rule="skip"):
    return allocate(bids, limits, by_votes(bids), TieOrder(("cheaper",)), rule)


def test_a_floor_keeps_money_for_the_last_of_its_group():
    bids = [
        Bid(1, 60, votes=9, community=7),
        Bid(2, 30, votes=8, community=7),
        Bid(3, 40, votes=3, community=8),
        Bid(4, 20, votes=2, community=8),
    ]
    assert count(bids, Limits(100)).funded == (1, 2)
    outcome = count(bids, Limits(100, floors=(Floor("community", 8, projects=1),)))
    assert (outcome.funded, outcome.unmet) == ((1, 3), ())
    assert facts(outcome, 2) == Reason.of(
        "floor",
        kind="community",
        group=8,
        projects=1,
        left=40,
        cost=30,
        place=2,
        standing=by_votes(bids).of[2],
        line=3,
        margin=5,
    )


def test_money_of_a_theme_is_kept_though_the_projects_are_dear():
    bids = [Bid(1, 50, votes=9), Bid(2, 70, votes=2, theme="green"), Bid(3, 30, votes=1)]
    outcome = count(bids, Limits(100, floors=(Floor("theme", "green", money=40),)))
    assert (outcome.funded, outcome.step(1).reason.code) == ((2, 3), "floor")


def test_a_floor_that_nobody_can_fill_is_lowered_and_told():
    bids = [Bid(1, 60, votes=9), Bid(2, 30, votes=1, community=8), Bid(3, 40, votes=5)]
    asked = Limits(100, floors=(Floor("community", 8, projects=2, money=50),))
    outcome = count(bids, asked)
    assert outcome.funded == (1, 2)
    assert outcome.unmet == (
        Reason.of("floor_unmet", kind="community", group=8, projects=1, money=20),
    )


def test_the_first_floor_is_kept_before_the_second():
    bids = [Bid(1, 80, votes=1, theme="x"), Bid(2, 80, votes=2, theme="y")]
    both = (Floor("theme", "x", projects=1), Floor("theme", "y", projects=1))
    assert count(bids, Limits(100, floors=both)).funded == (1,)
    assert count(bids, Limits(100, floors=both[::-1])).funded == (2,)


def test_what_was_passed_over_for_a_floor_may_get_a_part_at_the_end():
    bids = [Bid(1, 10, votes=9, least=2), Bid(2, 5, votes=1, theme="x"), Bid(3, 3, votes=5)]
    limits = Limits(12, floors=(Floor("theme", "x", projects=1),), partial=True, requires=((3, 1),))
    outcome = count(bids, limits)
    assert outcome.grants == ((2, 5), (1, 7))
    assert [outcome.step(key).reason.code for key in (1, 2, 3)] == [
        "funded_partly",
        "funded",
        "requires",
    ]
    assert sorted(step.key for step in outcome.steps) == [1, 2, 3]


def test_a_floor_of_a_tier_within_its_places():
    bids = [Bid(1, 10, votes=9, tier="a"), Bid(2, 90, votes=8, tier="b"), Bid(3, 20, tier="b")]
    limits = Limits(
        100,
        tiers=(TierLimit("a"), TierLimit("b", places=1)),
        floors=(Floor("tier", "b", money=50),),
    )
    assert count(bids, limits).funded == (1, 2)
    assert count(bids, replace(limits, budget=95)).funded == (2,)


def test_a_bid_waits_for_the_one_that_it_depends_on():
    bids = [Bid(1, 30, votes=9), Bid(2, 30, votes=5), Bid(3, 30, votes=7), Bid(4, 30, votes=3)]
    outcome = count(bids, Limits(120, requires=((1, 2), (2, 4))))
    assert outcome.funded == (3, 4, 2, 1)
    assert [outcome.step(key).reason["place"] for key in (1, 2, 3, 4)] == [1, 3, 2, 4]
    short = count(bids, Limits(60, requires=((1, 2), (4, 3))))
    assert (short.funded, short.reserve) == ((3, 2), ())


def test_what_depends_on_a_bid_that_is_out_is_out():
    bids = [Bid(1, 30, votes=9), Bid(2, 300, votes=5), Bid(3, 30, votes=7)]
    outcome = count(bids, Limits(120, requires=((1, 2), (3, 99))))
    assert outcome.funded == ()
    assert [outcome.step(key).reason.get("other") for key in (1, 3)] == [2, 99]
    assert outcome.step(1).reason.code == "requires"


def test_tiers_earned_by_rank_wait_alike():
    bids = [Bid(1, 30, votes=9), Bid(2, 30, votes=5), Bid(3, 30, votes=7)]
    tiers = (TierLimit("a", places=1), TierLimit("b", places=1), TierLimit("c"))
    limits = Limits(90, tiers=tiers, requires=((1, 2),))
    placed = from_the_top(bids, limits, by_votes(bids), TieOrder())
    assert {bid.key: bid.tier for bid in placed} == {3: "a", 2: "b", 1: "c"}
    with pytest.raises(ValueError, match="cannot have a floor"):
        from_the_top(
            bids,
            replace(limits, floors=(Floor("tier", "a", projects=1),)),
            by_votes(bids),
            TieOrder(),
        )


def test_own_money_below_the_share():
    bids = [Bid(1, 90, votes=9, own_funds=10), Bid(2, 90, votes=8, own_funds=9), Bid(3, 0)]
    outcome = count(bids, Limits(500, own_share=100))
    assert outcome.funded == (1, 3)
    assert outcome.step(2).reason == Reason.of(
        "own_share", least=10, own=9, short=1, share=100, standing=8
    )


@pytest.mark.parametrize(
    ("limits", "rule", "said"),
    [
        (Limits(9, floors=(Floor("theme", "x", 1),)), "stop", "cannot keep floors"),
        (Limits(9, floors=(Floor("team", 1, 1),)), "skip", "no floor is kept for a team"),
        (Limits(9, floors=(Floor("theme", "x", -1),)), "skip", "below zero"),
        (Limits(9, requires=((1, 2), (2, 1))), "skip", "in a circle"),
    ],
)
def test_what_makes_no_sense_is_refused(limits, rule, said):
    with pytest.raises(ValueError, match=said):
        count([Bid(1, 5), Bid(2, 5)], limits, rule)


def whole_sets(asked):
    """Every set of bids that keeps all limits but the floors, each bid funded whole."""
    ranked = [
        bid for bid in asked.bids if screen(bid, asked.limits, asked.order.of[bid.key]) is None
    ]
    bare = replace(asked.limits, floors=())
    for many in range(len(ranked) + 1):
        for group in combinations(ranked, many):
            grants = {bid.key: largest(bid, asked.limits) for bid in group}
            if not violations(asked.bids, bare, grants):
                yield group, grants


def possible(asked):
    """The floors as they can be kept, by trying every set: the first named as high as can be."""
    sets, kept = list(whole_sets(asked)), []
    for floor in asked.limits.floors:
        reached = []
        for group, grants in sets:
            inside = [bid.key for bid in group if floor.holds(bid)]
            projects = min(len(inside), floor.projects)
            reached.append((projects, min(sum(grants[key] for key in inside), floor.money)))
        projects, money = max(reached)
        kept.append(replace(floor, projects=projects, money=money))
        sets = [
            it
            for it, had in zip(sets, reached, strict=True)
            if had[0] >= projects and had[1] >= money
        ]
    return tuple(kept)


@given(rounds())
def test_every_floor_that_can_be_filled_is_filled(asked):
    kept = possible(asked)
    outcome = asked.answer()
    audit = violations(asked.bids, replace(asked.limits, floors=kept), dict(outcome.grants))
    assert [it.code for it in audit] == ([] if not outcome.extra else ["budget"])


@given(rounds())
def test_books_lower_floors_to_what_trying_every_set_gives(asked):
    ranked = [
        bid for bid in asked.bids if screen(bid, asked.limits, asked.order.of[bid.key]) is None
    ]
    assert FloorBooks(asked.limits, ranked).floors == possible(asked)


def test_the_solver_answers_as_the_search_does(monkeypatch):
    bids = [
        Bid(key, 7 + key * 3 % 11, votes=key, community=key % 3, theme="xy"[key % 2])
        for key in range(1, 12)
    ]
    asked = Question(
        tuple(bids),
        Limits(
            60,
            community_cap=30,
            floors=(Floor("community", 2, 2, 25), Floor("theme", "x", 2, 30)),
            requires=((8, 1), (11, 4)),
        ),
        by_votes(bids),
        TieOrder(),
    )
    plain = asked.answer()
    monkeypatch.setattr(floors_room, "NODES", 0)
    assert asked.answer() == plain
    assert plain.unmet == ()


def test_two_bids_of_one_team_in_a_plan():
    bids = [Bid(1, 10, votes=9)] + [
        Bid(key, 20, votes=1, team=1, community=1, own_funds=key) for key in (2, 3)
    ]
    outcome = allocate(
        bids,
        Limits(50, floors=(Floor("community", 1, projects=2),), team_cap=40),
        by_votes(bids),
        TieOrder(("own_funds",)),
    )
    assert outcome.funded == (1, 3, 2)
