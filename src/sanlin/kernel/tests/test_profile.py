"""Ballots as arrays: what goes in comes out, equal ballots once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.profile import Profile

ballot = st.dictionaries(st.integers(1, 6), st.integers(0, 4), max_size=4)
ballots = st.lists(st.tuples(ballot.map(lambda it: tuple(sorted(it.items()))), st.integers(1, 3)))


@given(ballots)
def test_what_goes_in_comes_out(pairs):
    profile = Profile.of(pairs, range(1, 7))
    cast = [kept for kept, times in pairs for _ in range(times)]
    out = [kept for kept, times in profile for _ in range(times)]
    assert sorted(out) == sorted(cast)
    assert profile.rows == len(set(cast))
    assert profile.voters == len(cast)
    assert profile.votes() == {
        key: sum(dict(kept).get(key, 0) for kept in cast) for key in range(1, 7)
    }
    assert profile.supporters() == {key: sum(key in dict(it) for it in cast) for key in range(1, 7)}
    rows = list(profile)
    for key, support in profile.supports.items():
        assert support.rows.tolist() == [r for r, (it, _) in enumerate(rows) if key in dict(it)]
        assert support.weights.tolist() == [dict(rows[r][0])[key] for r in support.rows]


@given(ballots, st.randoms(use_true_random=False))
def test_rows_in_another_order_are_the_same_profile(pairs, chance):
    shuffled = [(kept[::-1], 1) for kept, times in pairs for _ in range(times)]
    chance.shuffle(shuffled)
    assert Profile.of(shuffled, range(1, 7)) == Profile.of(pairs, range(1, 7))


def test_profiles_differ_by_keys_weights_and_numbers():
    one = Profile.of([(((1, 1),), 2)])
    assert one != Profile.of([(((1, 1),), 2)], [1, 2])
    assert one != Profile.of([(((1, 2),), 2)])
    assert one != Profile.of([(((1, 1),), 3)])
    assert one == Profile.from_arrays([1], [0, 1, 2], [0, 0])


def test_the_arrays_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        Profile.of([(((1, 1),), 2)]).times[0] = 9


@pytest.mark.parametrize(
    ("keys", "starts", "places", "weights", "times"),
    [
        ([1], [0, 1], [0, 0], None, None),
        ([1], [1, 1], [0], None, None),
        ([1, 2], [0, 2, 1, 2], [0, 1], None, None),
        ([1], [0, 1], [1], None, None),
        ([1], [0, 1], [-1], None, None),
        ([1, 2], [0, 2], [1, 0], None, None),
        ([1, 2], [0, 2], [1, 1], None, None),
        ([2, 1], [0, 2], [0, 1], None, None),
        ([1], [0, 1], [0], [-1], None),
        ([1], [0, 1], [0], [1, 1], None),
        ([1], [0, 1], [0], None, [-1]),
        ([1], [0, 1], [0], None, [1, 1]),
        ([1], [[0, 1]], [0], None, None),
    ],
)
def test_arrays_that_are_no_ballots_are_refused(keys, starts, places, weights, times):
    with pytest.raises(ValueError, match=r"[a-z]"):
        Profile.from_arrays(keys, starts, places, weights, times)


def test_rows_may_begin_again_with_a_lower_place():
    profile = Profile.from_arrays([4, 5], [0, 0, 2, 2, 3], [0, 1, 0], times=np.array([1, 2, 3, 4]))
    assert profile.votes() == {4: 6, 5: 2}
    with pytest.raises(ValueError, match="no such keys"):
        Profile.of([(((9, 1),), 1)], [1])
