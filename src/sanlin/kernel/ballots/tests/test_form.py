"""A ballot is checked against its form, kept in one shape, and counted."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import Bid
from sanlin.kernel.ballots import Form, canonical, check, choices, merge, tally
from sanlin.kernel.reason import Reason

BIDS = [Bid(1, 60), Bid(2, 50), Bid(3, 40)]

keys = st.lists(st.integers(1, 5), max_size=6)
boxes = st.lists(keys, max_size=20)


@pytest.mark.parametrize(
    ("chosen", "form", "faults"),
    [
        ([1, 3], Form("approve", most=2), []),
        ([], Form("approve", most=2), [Reason.of("too_few", own=0, least=1)]),
        ([], Form("approve", most=2, least=0), []),
        ([1, 2, 3], Form("approve", most=2), [Reason.of("too_many", own=3, most=2)]),
        ([1, 1, 3], Form("approve", most=2), [Reason.of("twice", key=1, times=2)]),
        ([9, 1], Form("approve", most=2), [Reason.of("unknown", key=9)]),
        ([1, 3], Form("knapsack", budget=100), []),
        (
            [1, 2, 3],
            Form("knapsack", budget=149),
            [Reason.of("over_budget", own=150, budget=149, over=1)],
        ),
        ([3, 1], Form("rank", most=2), []),
        ({1: 6, 2: 4}, Form("points", points=10), []),
        (
            {1: 6, 2: 5},
            Form("points", points=10),
            [Reason.of("over_points", own=11, points=10, over=1)],
        ),
        (
            {1: 6, 2: 0},
            Form("points", points=10, each=5),
            [Reason.of("no_points", key=2), Reason.of("over_each", key=1, own=6, each=5)],
        ),
    ],
)
def test_what_keeps_a_ballot_from_being_cast(chosen, form, faults):
    assert list(check(chosen, form, BIDS)) == faults


@pytest.mark.parametrize("kind", ["knapsack", "rank", "lottery"])
def test_a_form_that_makes_no_sense_is_refused(kind):
    with pytest.raises(ValueError, match=kind):
        Form(kind)


def test_equal_ballots_have_equal_bytes_and_order_matters_only_in_a_ranking():
    approve, rank = Form("approve"), Form("rank", most=3)
    assert canonical(choices([3, 1], approve)) == canonical(choices([1, 3, 1], approve))
    assert canonical(choices([3, 1], rank)) != canonical(choices([1, 3], rank))
    assert canonical(choices([], approve)) == b"[]"


def test_merging_keeps_count_of_ballots_and_of_repetitions():
    box = merge([[1, 2], [2, 1], [2, 2], [], [2, 2]], Form("approve"))
    assert box.ballots == (((), 1), (((1, 1), (2, 1)), 2), (((2, 1),), 2))
    assert (box.cast, box.repeated) == (5, 2)
    assert (box.votes(), box.supporters()) == ({1: 2, 2: 4}, {1: 2, 2: 4})


def test_points_and_supporters_are_two_figures():
    box = merge([{1: 6, 2: 4}, {2: 4, 1: 6}, {1: 10}], Form("points", points=10))
    assert box.ballots == ((((1, 6), (2, 4)), 2), (((1, 10),), 1))
    assert (box.votes(), box.supporters()) == ({1: 22, 2: 8}, {1: 3, 2: 2})


def test_what_a_ranking_names_beyond_its_length_weighs_nothing():
    assert choices([5, 4, 3, 2], Form("rank", most=3)) == ((3, 1), (4, 2), (5, 3))


@given(boxes)
def test_approvals_count_each_voter_once(box):
    expected = Counter(key for chosen in box for key in set(chosen))
    assert tally(box, Form("approve")) == dict(expected)


@given(boxes, st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_of_approvals_changes_nothing(box, chance):
    form = Form("approve")
    mixed = [chance.sample(chosen, len(chosen)) for chosen in box]
    chance.shuffle(mixed)
    assert merge(mixed, form) == merge(box, form)


@given(boxes, st.sampled_from([Form("approve"), Form("rank", most=4)]))
def test_merged_ballots_weigh_what_single_ones_weigh(box, form):
    single = Counter()
    for chosen in box:
        single.update(dict(choices(chosen, form)))
    assert tally(box, form) == dict(single)
    assert merge(box, form).cast == len(box)
