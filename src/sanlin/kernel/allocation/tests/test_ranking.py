"""Marks and votes in stated weights: exact, monotone, and refused where the question is open."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import NORMALISERS, Bid, Weights, blend, by_score, by_votes

halves = st.integers(0, 200).map(lambda half: Fraction(half, 2))
fields = st.lists(st.tuples(halves, st.integers(0, 20)), min_size=1, max_size=6)
named = st.sampled_from(sorted(NORMALISERS))


def bids_of(field):
    return [Bid(key, 1, score, votes) for key, (score, votes) in enumerate(field)]


def ordered(ranking):
    """Keys in groups of equal standing, the highest first."""
    levels = sorted(set(ranking.of.values()), reverse=True)
    return [{key for key, value in ranking.of.items() if value == level} for level in levels]


@given(fields, named)
def test_all_weight_on_one_side_is_that_side_alone(field, normaliser):
    bids = bids_of(field)
    marks = blend(bids, Weights(1000, 0, normaliser, 20))
    votes = blend(bids, Weights(0, 1000, normaliser, 20))
    assert marks.of == by_score(bids).of
    assert ordered(votes) == ordered(by_votes(bids))


@given(fields, named, st.integers(0, 1000))
def test_a_blend_lies_between_nothing_and_the_full_mark(field, normaliser, expert):
    ranking = blend(bids_of(field), Weights(expert, 1000 - expert, normaliser, 20))
    assert all(0 <= standing <= 100 for standing in ranking.of.values())
    assert all(type(standing) is Fraction for standing in ranking.of.values())


@given(fields, named, st.integers(0, 1000), st.integers(1, 20))
def test_more_votes_never_lower_a_standing(field, normaliser, expert, more):
    bids = bids_of(field)
    lifted = [replace(bids[0], votes=bids[0].votes + more), *bids[1:]]
    before, after = (
        blend(them, Weights(expert, 1000 - expert, normaliser, 40)).of[0] for them in (bids, lifted)
    )
    assert after >= before


def test_a_blank_has_no_standing_while_marks_weigh_anything():
    bids = [Bid(1, 1, None, 10), Bid(2, 1, Fraction(0), 10)]
    half = blend(bids, Weights(1, 999, "rank"))
    assert half.of == {1: None, 2: Fraction(999 * 3 * 100, 4000)}
    none = blend(bids, Weights(0, 1000, "rank"))
    assert none.of == {1: 75, 2: 75}


def test_without_any_vote_nobody_leads():
    bids = [Bid(1, 1, Fraction(50)), Bid(2, 1, Fraction(60))]
    ranking = blend(bids, Weights(500, 500, "share_of_leader"))
    assert ranking.of == {1: 25, 2: 30}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"expert": 600, "public": 300, "normaliser": "rank"}, "make up 1000"),
        ({"expert": 1200, "public": -200, "normaliser": "rank"}, "make up 1000"),
        ({"expert": 600, "public": 400, "normaliser": "applause"}, "no normaliser"),
        ({"expert": 600, "public": 400, "normaliser": "share_of_ballots"}, "number of ballots"),
        ({"expert": 600, "public": 400, "normaliser": "rank", "onsite": 1001}, "on site"),
    ],
)
def test_an_open_question_is_refused(asked, said):
    with pytest.raises(ValueError, match=said):
        blend([Bid(1, 1, Fraction(1), 1)], Weights(**asked))


def test_two_channels_are_two_publics():
    """Forty online and ten on-site ballots: a bid that everybody on site wants, and one online."""
    bids = [Bid(1, 1, Fraction(0), 20, onsite=10), Bid(2, 1, Fraction(0), 40, onsite=0)]
    told = {"expert": 0, "public": 1000, "normaliser": "share_of_ballots"}
    channels = {"ballots": 50, "ballots_onsite": 10}
    together = blend(bids, Weights(**told, ballots=50)).of
    assert together == {1: 40, 2: 80}
    for onsite, expected in ((0, {1: 25, 2: 100}), (600, {1: 70, 2: 40}), (500, {1: 62.5, 2: 50})):
        assert blend(bids, Weights(**told, **channels, onsite=onsite)).of == expected


def test_a_channel_without_ballots_gives_nobody_anything():
    bids = [Bid(1, 1, Fraction(0), 20), Bid(2, 1, Fraction(0), 10)]
    for normaliser in NORMALISERS:
        weights = Weights(0, 1000, normaliser, 30, onsite=1000)
        assert blend(bids, weights).of == {1: 0, 2: 0}


@given(fields, named)
def test_all_weight_online_is_the_online_vote_alone(field, normaliser):
    bids = [Bid(key, 1, score, votes + 4, onsite=3) for key, (score, votes) in enumerate(field)]
    online = [Bid(key, 1, score, votes + 1) for key, (score, votes) in enumerate(field)]
    two = blend(bids, Weights(500, 500, normaliser, 60, onsite=0, ballots_onsite=30))
    assert two.of == blend(online, Weights(500, 500, normaliser, 30)).of


@given(fields, named)
def test_other_bids_are_ranked_in_the_same_way(field, normaliser):
    bids = bids_of(field)
    weights = Weights(500, 500, normaliser, 20)
    other = [replace(bid, votes=20 - bid.votes) for bid in bids]
    for made in (by_score, by_votes, lambda given: blend(given, weights)):
        assert made(bids).again(other) == made(other)
