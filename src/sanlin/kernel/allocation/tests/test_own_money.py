"""Small elections whose outcome can be followed with pencil and paper."""

from fractions import Fraction

import pytest

from sanlin.kernel.allocation import (
    Bid,
    Limits,
    Purchase,
    TieOrder,
    TierLimit,
    UnsettledTie,
    equal_shares,
    phragmen,
)
from sanlin.kernel.profile import Profile

BY_LOT = TieOrder(("lot",), {key: key for key in range(1, 10)})


def approvals(*rows):
    return Profile.of([(tuple((key, 1) for key in keys), times) for keys, times in rows])


def election(costs, *rows):
    profile = approvals(*rows)
    votes = profile.votes()
    bids = [Bid(key, cost, votes=votes.get(key, 0)) for key, cost in costs.items()]
    return profile, bids


def codes(outcome):
    return {step.key: step.reason.code for step in outcome.steps}


def test_a_minority_gets_its_part():
    """Six of ten want 1 and 2, four want 3; 100 each would buy them all but 2."""
    profile, bids = election({1: 60, 2: 60, 3: 40}, ((1, 2), 6), ((3,), 4))
    outcome = equal_shares(profile, bids, Limits(100), BY_LOT)
    assert outcome.funded == (1, 3)
    assert outcome.shares.each == 10
    assert outcome.shares.purchases == (
        Purchase(1, Fraction(1, 6), 6, 6, Fraction(40)),
        Purchase(3, Fraction(1, 4), 4, 4, Fraction(0)),
    )
    assert codes(outcome) == {1: "bought", 3: "bought", 2: "poor"}
    assert (outcome.step(2).reason["own"], outcome.step(2).reason["short"]) == (0, 60)
    assert [tie.keys for tie in outcome.ties] == [(1, 2)]
    assert outcome.ties[0].split


def test_those_who_have_less_give_all_and_the_others_pay_more():
    """Each has 10. After 1 (6 voters, 5 each) two of them have 5 left for 2, whose others have 10."""
    profile, bids = election({1: 30, 2: 22}, ((1,), 4), ((1, 2), 2), ((2,), 1), ((), 1))
    outcome = equal_shares(profile, bids, Limits(80), BY_LOT, utility="cardinality")
    assert outcome.funded == (1,)
    assert outcome.step(2).reason["short"] == 2
    cheaper = [bids[0], Bid(2, 19, votes=3)]
    outcome = equal_shares(profile, cheaper, Limits(80), BY_LOT, utility="cardinality")
    assert outcome.shares.purchases[1] == Purchase(2, Fraction(9), 3, 2, Fraction(31))


@pytest.mark.parametrize(
    ("completion", "funded", "raises", "stopped"),
    [
        ("none", (1,), 0, ""),
        ("add1", (1, 3), 13, "overshoot"),
        ("add1-exhaustive", (1, 3), 2, "exhausted"),
        ("add1u", (1, 3), 13, "overshoot"),
        ("utilitarian", (1, 3), 0, ""),
    ],
)
def test_completions(completion, funded, raises, stopped):
    """10 voters with 10 each: six buy 1. The two for 3 can pay from 12 each on, the four for 2 from
    23.75 on, and that is too much for the budget."""
    profile, bids = election({1: 60, 2: 95, 3: 24}, ((1,), 6), ((2,), 2), ((2, 3), 2))
    outcome = equal_shares(profile, bids, Limits(100), BY_LOT, completion=completion, step=1)
    assert (outcome.funded, outcome.shares.raises, outcome.shares.stopped) == (
        funded,
        raises,
        stopped,
    )


def test_greedy_instead_where_more_voters_are_better_off_with_it():
    """Nine lack 10 for their 100, which a tenth spends on a wish of his own."""
    profile, bids = election({1: 100, 2: 10}, ((1,), 9), ((2,), 1))
    outcome = equal_shares(profile, bids, Limits(100), BY_LOT, completion="comparison", step=1)
    assert (outcome.funded, outcome.rule, outcome.shares.preferred) == ((1,), "skip", (1, 9))
    assert [it.key for it in outcome.shares.purchases] == [2]
    few, bids = election({1: 100, 2: 10}, ((1,), 1), ((2,), 1))
    outcome = equal_shares(few, bids, Limits(100), BY_LOT, completion="comparison", step=1)
    assert (outcome.funded, outcome.rule, outcome.shares.preferred) == (
        (2,),
        "equal-shares",
        (1, 1),
    )


def test_limits_hold_and_speak():
    profile, bids = election({1: 30, 2: 30, 3: 30, 4: 30, 5: 30}, ((1, 2, 3, 4), 10))
    limits = Limits(
        120, exclusive=(frozenset({1, 2}),), tiers=(TierLimit("a", places=2),), min_votes=1
    )
    tiered = [Bid(b.key, b.cost, votes=b.votes, tier="z" if b.key == 4 else "a") for b in bids]
    for count in (equal_shares, phragmen):
        outcome = count(profile, tiered, limits, BY_LOT)
        assert outcome.funded == (1, 3)
        assert codes(outcome) == {
            1: "bought",
            3: "bought",
            2: "exclusive",
            4: "no_tier",
            5: "min_votes",
        }


def test_nothing_but_the_stated_order_parts_equals():
    profile, bids = election({1: 30, 2: 30}, ((1,), 2), ((2,), 2))
    for count in (equal_shares, phragmen):
        with pytest.raises(UnsettledTie):
            count(profile, bids, Limits(60), TieOrder(("votes", "cheaper")))
        turned = TieOrder(("lot",), {1: 2, 2: 1})
        assert count(profile, bids, Limits(60), turned).funded == (2, 1)


def test_phragmen_by_hand():
    """1 is due at 10; then 2, whose two voters paid at 10, at 25; and 3, new, at 12."""
    profile, bids = election({1: 40, 2: 30, 3: 12}, ((1, 2), 2), ((1,), 2), ((3,), 1))
    outcome = phragmen(profile, bids, Limits(100), BY_LOT)
    assert [(it.key, it.price, it.payers) for it in outcome.shares.purchases] == [
        (1, 10, 4),
        (3, 12, 1),
        (2, 25, 2),
    ]
    outcome = phragmen(profile, bids, Limits(51), BY_LOT)
    assert codes(outcome) == {1: "bought", 3: "budget", 2: "stopped"}
    outcome = phragmen(profile, [*bids, Bid(4, 5)], Limits(70), BY_LOT, rule="skip")
    assert codes(outcome) == {1: "bought", 3: "bought", 2: "budget", 4: "no_support"}
