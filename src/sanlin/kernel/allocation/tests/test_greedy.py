"""The greedy count on small rounds whose right answer can be seen with the eye."""

from dataclasses import replace
from fractions import Fraction

import pytest

from sanlin.kernel.allocation import (
    Bid,
    Change,
    Limits,
    Line,
    Question,
    Reason,
    Tie,
    TieOrder,
    TierLimit,
    UnsettledTie,
    allocate,
    by_score,
    by_votes,
    changes,
    facts,
)

CHEAPER = TieOrder(("cheaper",))


def scored(key, cost, score, **more):
    return Bid(key, cost, None if score is None else Fraction(score), **more)


def count(bids, limits, rule="skip", order=by_score, ties=CHEAPER):
    return allocate(bids, limits, order(bids), ties, rule)


def codes(outcome):
    return {step.key: step.reason.code for step in outcome.steps}


def test_skip_passes_over_what_does_not_fit():
    bids = [scored(1, 60, 90), scored(2, 50, 80), scored(3, 40, 70)]
    outcome = count(bids, Limits(100))
    assert (outcome.funded, outcome.left) == ((1, 3), 0)
    assert outcome.step(2).reason == Reason.of(
        "budget", cap=100, left=40, cost=50, short=10, cut=10, place=2, standing=Fraction(80)
    )


def test_stop_ends_at_what_does_not_fit():
    bids = [scored(1, 60, 90), scored(2, 50, 80), scored(3, 40, 70)]
    outcome = count(bids, Limits(100), "stop")
    assert (outcome.funded, outcome.left) == ((1,), 40)
    assert codes(outcome) == {1: "funded", 2: "budget", 3: "stopped"}
    assert outcome.step(3).reason["other"] == 2


def test_stop_closes_one_tier_and_not_the_others():
    bids = [
        scored(1, 60, 90, tier="a"),
        scored(2, 50, 80, tier="a"),
        scored(3, 10, 70, tier="a"),
        scored(4, 10, 60, tier="b"),
    ]
    limits = Limits(1000, tiers=(TierLimit("a", money=100), TierLimit("b")))
    outcome = count(bids, limits, "stop")
    assert codes(outcome) == {1: "funded", 2: "tier_money", 3: "stopped", 4: "funded"}


@pytest.mark.parametrize(("left", "funded", "extra"), [(79, (1,), 0), (80, (1, 2), 20)])
def test_top_up_from_four_fifths_on(left, funded, extra):
    bids = [scored(1, 50, 90), scored(2, 100, 80), scored(3, 1, 70)]
    outcome = count(bids, Limits(50 + left), "topup")
    assert (outcome.funded, outcome.extra) == (funded, extra)
    assert outcome.left == (0 if extra else left)
    assert outcome.step(3).reason.code == "stopped"


def test_threshold_needs_a_minimum_and_keeps_it():
    bids = [Bid(1, 10, votes=5), Bid(2, 10, votes=4)]
    with pytest.raises(ValueError, match="needs a minimum"):
        count(bids, Limits(100), "threshold", by_votes)
    outcome = count(bids, Limits(100, min_votes=5), "threshold", by_votes)
    assert outcome.funded == (1,)
    assert facts(outcome, 2) == Reason.of(
        "min_votes", least=5, own=4, short=1, standing=Fraction(4), line=Fraction(5), margin=-1
    )


def test_a_blank_is_not_a_zero():
    outcome = count([scored(1, 10, None), scored(2, 10, 0)], Limits(100))
    assert outcome.funded == (2,)
    assert codes(outcome) == {1: "no_score", 2: "funded"}


def test_a_full_community_says_how_much_was_missing():
    """Votes enough, but the 300,000 yuan of its community are used up: 12,000 are missing."""
    bids = [
        Bid(1, 200_000_00, votes=90, community=7),
        Bid(2, 112_000_00, votes=80, community=7),
        Bid(3, 50_000_00, votes=70, community=8),
    ]
    outcome = count(bids, Limits(1_000_000_00, community_cap=300_000_00), order=by_votes)
    assert outcome.funded == (1, 3)
    assert facts(outcome, 2) == Reason.of(
        "community_cap",
        cap=300_000_00,
        left=100_000_00,
        cost=112_000_00,
        short=12_000_00,
        cut=12_000_00,
        place=2,
        standing=Fraction(80),
        line=Fraction(70),
        margin=Fraction(10),
    )


def test_eighth_of_eight_places_and_its_distance_from_the_line():
    bids = [scored(key, 10, 100 - key, tier="示范") for key in range(1, 9)]
    bids.append(scored(9, 10, Fraction(906, 10), tier="示范"))
    outcome = count(bids, Limits(1000, tiers=(TierLimit("示范", places=8),), reserve=1))
    assert outcome.lines == (Line("示范", Fraction(92), Fraction(906, 10)),)
    eighth = facts(outcome, 8)
    assert (eighth["seat"], eighth["places"], eighth["margin"]) == (8, 8, Fraction(7, 5))
    ninth = facts(outcome, 9)
    assert (ninth.code, ninth["place"], ninth["reserve"]) == ("places", 9, 1)
    assert ninth["margin"] == Fraction(-7, 5)


def test_reserve_places_are_counted_tier_by_tier():
    bids = [scored(key, 10, 100 - key, tier="ab"[key % 2]) for key in range(8)]
    tiers = (TierLimit("a", places=1), TierLimit("b", places=1))
    outcome = count(bids, Limits(1000, tiers=tiers, reserve=2))
    assert (outcome.funded, outcome.reserve) == ((0, 1), (2, 3, 4, 5))
    assert [facts(outcome, key).get("reserve") for key in range(8)] == [None, None, 1, 1, 2, 2] + [
        None
    ] * 2


def test_partial_award_down_to_the_least_accepted():
    bids = [scored(1, 70, 90), scored(2, 60, 80, least=31), scored(3, 60, 70, least=30)]
    outcome = count(bids, Limits(100, partial=True))
    assert outcome.grants == ((1, 70), (3, 30))
    assert codes(outcome) == {1: "funded", 2: "budget", 3: "funded_partly"}
    assert count(bids, Limits(100)).grants == ((1, 70),)


def test_a_cap_on_projects_cuts_where_parts_are_accepted():
    bids = [scored(1, 70, 90), scored(2, 60, 80, least=31)]
    outcome = count(bids, Limits(100, project_cap=50, partial=True))
    assert outcome.grants == ((2, 50),)
    assert outcome.step(1).reason == Reason.of(
        "project_cap", cap=50, cost=70, short=20, cut=20, standing=Fraction(90)
    )


def test_rivals_and_teams():
    bids = [scored(1, 10, 90, team=5), scored(2, 10, 80, team=5), scored(3, 10, 70)]
    outcome = count(bids, Limits(100, one_per_team=True, exclusive=(frozenset({1, 3}),)))
    assert outcome.funded == (1,)
    assert codes(outcome) == {1: "funded", 2: "team_taken", 3: "exclusive"}
    assert outcome.step(3).reason["other"] == 1


def test_who_is_exactly_at_a_limit_is_inside_it():
    bids = [scored(1, 50, 60, votes=3), scored(2, 50, 60, votes=3, tier="a")]
    limits = Limits(50, project_cap=50, min_score=Fraction(60), min_votes=3)
    assert count(bids[:1], limits).funded == (1,)
    tiers = (TierLimit("a", places=1, money=50, cap=50),)
    assert count(bids[1:], replace(limits, tiers=tiers)).funded == (2,)


def test_where_two_pots_are_short_the_first_is_named_and_the_cut_fits_both():
    bids = [scored(1, 60, 90, community=7, theme="x"), scored(2, 60, 80, community=7, theme="x")]
    outcome = count(bids, Limits(500, community_cap=100, theme_caps=(("x", 70),)))
    reason = outcome.step(2).reason
    assert (reason.code, reason["left"], reason["short"], reason["cut"]) == (
        "community_cap",
        40,
        20,
        50,
    )


def test_unknown_tier_is_set_aside():
    outcome = count([scored(1, 10, 90, tier="z")], Limits(100, tiers=(TierLimit("a"),)))
    assert outcome.step(1).reason == Reason.of("no_tier", tier="z", standing=Fraction(90))


def test_ties_are_parted_in_the_stated_order_and_all_reported():
    bids = [
        scored(1, 30, 80, votes=5),
        scored(2, 30, 80, votes=9),
        scored(3, 30, 80, votes=5),
        scored(4, 30, 90),
    ]
    ties = TieOrder(("votes", "cheaper", "lot"), {1: 2, 3: 1})
    outcome = count(bids, Limits(90), ties=ties)
    assert outcome.funded == (4, 2, 3)
    assert outcome.ties == (Tie((2, 3, 1), "votes", True), Tie((3, 1), "lot", True))


def test_level_in_votes_and_one_without_a_mark():
    bids = [Bid(1, 10, votes=5), scored(2, 10, 0, votes=5), scored(3, 10, 7, votes=5)]
    outcome = count(bids, Limits(20), order=by_votes, ties=TieOrder(("score",)))
    assert (outcome.funded, outcome.ties) == ((3, 2), (Tie((3, 2, 1), "score", True),))


def test_nothing_left_to_part_equals_is_an_error_with_their_keys():
    bids = [scored(3, 10, 80), scored(1, 10, 80), scored(2, 10, 70)]
    with pytest.raises(UnsettledTie) as caught:
        count(bids, Limits(100))
    assert caught.value.keys == (1, 3)


def test_equals_that_were_set_aside_need_no_lot():
    bids = [scored(1, 10, 80), scored(2, 200, 80)]
    assert count(bids, Limits(500, project_cap=100), ties=TieOrder()).funded == (1,)


def test_changes_are_verified_by_counting_again():
    bids = (
        scored(1, 60, 90),
        scored(2, 50, 80),
        scored(3, 40, 70),
        scored(4, 30, None),
    )
    asked = Question(bids, Limits(100), by_score(bids), CHEAPER)
    assert changes(asked, 1) == ()
    assert changes(asked, 2) == (
        Change("cost", 10),
        Change("mark", Fraction(10)),  # level, and the cheaper comes first
        Change("budget", 10),
    )
    assert changes(asked, 4) == ()


@pytest.mark.parametrize(
    ("bids", "limits", "rule", "said"),
    [
        ([Bid(1, 1), Bid(1, 2)], Limits(1), "skip", "same key"),
        ([Bid(1, -1)], Limits(1), "skip", "below zero"),
        ([Bid(1, 1, least=2)], Limits(1), "skip", "smallest grant"),
        ([], Limits(1), "fastest", "no greedy rule"),
    ],
)
def test_what_makes_no_sense_is_refused(bids, limits, rule, said):
    with pytest.raises(ValueError, match=said):
        allocate(bids, limits, by_votes(bids), TieOrder(), rule)


def test_an_outcome_is_plain_data_without_a_float():
    outcome = count([scored(1, 10, Fraction(1, 3))], Limits(100))
    assert outcome.as_data() == {
        "funded": [1],
        "grants": [[1, 10]],
        "reserve": [],
        "left": 90,
        "steps": [
            {
                "key": 1,
                "funded": True,
                "grant": 10,
                "left": 90,
                "reason": {
                    "code": "funded",
                    "figures": {"cost": 10, "grant": 10, "place": 1, "seat": 1, "standing": "1/3"},
                },
            }
        ],
        "ties": [],
        "lines": [{"tier": None, "last_in": "1/3", "first_out": None}],
        "rule": "skip",
        "unit": "score",
        "extra": 0,
        "unmet": [],
    }
