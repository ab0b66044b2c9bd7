"""The sample of paper: its size against the published formula, its risk against simulation."""

import hashlib
import math
from fractions import Fraction
from itertools import product
from random import Random  # noqa: TID251  # a simulation, not a lot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.ballots.form import Form, choices
from sanlin.kernel.ballots.sample import (
    draw,
    draws_due,
    overstatement,
    permille,
    risk,
    seed_of,
    weight,
)

FIVE = Fraction(1, 20)
limits = st.sampled_from([Fraction(1, 100), FIVE, Fraction(1, 10), Fraction(1, 3)])


@given(sheets=st.integers(1, 3000), margin=st.integers(1, 3000), limit=limits)
def test_the_size_is_that_of_the_published_formula(sheets, margin, limit):
    n = draws_due(sheets, margin, 1, limit)
    if margin > 2 * sheets:
        assert n == 0
        return
    share = margin / sheets
    assert n <= math.ceil(2.08 * math.log(1 / limit) / share)
    assert n >= math.ceil(math.log(1 / limit) / -math.log1p(-share / 2.08) - 1e-6)


@given(
    sheets=st.integers(1, 500),
    margin=st.integers(1, 1000),
    limit=limits,
    errors=st.lists(st.integers(1, 2), max_size=4),
)
def test_so_many_draws_are_enough_and_one_less_is_not(sheets, margin, limit, errors):
    n = draws_due(sheets, margin, 1, limit, errors)
    if margin > 2 * sheets:
        assert n == 0
        return
    if n > len(errors):
        assert risk(errors + [0] * (n - len(errors)), sheets, margin, 1) <= limit
    if n - 1 >= len(errors) and n > 1:
        assert risk(errors + [0] * (n - 1 - len(errors)), sheets, margin, 1) > limit


@given(
    sheets=st.integers(1, 100),
    margin=st.integers(1, 100),
    errors=st.lists(st.integers(0, 2), max_size=8),
)
def test_an_error_never_makes_the_count_look_better(sheets, margin, errors):
    clean = risk([0] * len(errors), sheets, margin, 1)
    assert clean <= risk(errors, sheets, margin, 1) <= 1
    assert risk([*errors, 0], sheets, margin, 1) <= risk(errors, sheets, margin, 1)


@pytest.mark.parametrize(("votes", "sheets"), [(1, 10), (2, 5), (2, 25), (1, 40)])
def test_a_wrong_count_passes_no_more_often_than_the_risk_says(votes, sheets):
    """The worst case: just so many sheets are wrong that the margin is gone."""
    margin, chance = 20, Random(f"{votes}/{sheets}")
    wrong = -(-margin // votes)
    all_of_it = [votes] * wrong + [0] * (wrong + sheets)
    n = draws_due(len(all_of_it), margin, 1, FIVE)
    passed = sum(
        risk(chance.choices(all_of_it, k=n), len(all_of_it), margin, 1) <= FIVE for _ in range(2000)
    )
    assert passed <= 2000 * 0.05 + 4 * math.sqrt(2000 * 0.05 * 0.95)


def test_the_risk_of_every_possible_sample_is_within_the_limit():
    """Small enough to go through all of them: three sheets of paper, four draws, all errors of 0 to 2."""
    for errors in product((0, 1, 2), repeat=3):
        margin = sum(errors)
        if not margin:
            continue
        for limit in (Fraction(1, 2), Fraction(1, 4), FIVE):
            hits = sum(risk(found, 3, margin, 1) <= limit for found in product(errors, repeat=4))
            assert Fraction(hits, 3**4) <= limit


def test_where_paper_is_too_little_to_matter_nothing_is_drawn():
    assert draws_due(5, 11, 1, FIVE) == 0
    assert risk([], 5, 11, 1) == 0
    assert draws_due(5, 10, 1, FIVE) > 0


@pytest.mark.parametrize(
    ("margin", "limit"), [(0, FIVE), (-1, FIVE), (3, Fraction(0)), (3, Fraction(1))]
)
def test_a_sample_without_sense_is_refused(margin, limit):
    with pytest.raises(ValueError, match="margin of 1 vote"):
        draws_due(10, margin, 1, limit)


@settings(max_examples=50)
@given(
    st.sets(st.from_regex("7-2-[0-9]{4}-[0-9]{2}", fullmatch=True), min_size=1, max_size=40),
    st.integers(0, 60),
)
def test_anybody_draws_the_same(serials, times):
    seed = seed_of("0f" * 32, "351264")
    row = sorted(serials)
    by_hand = [
        row[int(hashlib.sha256(f"{seed},{i}".encode()).hexdigest(), 16) % len(row)]
        for i in range(1, times + 1)
    ]
    assert list(draw(seed, times, sorted(serials, reverse=True))) == by_hand
    assert draw(seed, times + 5, row)[:times] == draw(seed, times, row)


def test_no_sheet_is_drawn_from_none_and_none_by_a_poor_seed():
    assert draw("2024", 5, []) == ()
    for root, digits in (("ab" * 32, "12345"), ("ab" * 32, "12a456"), ("AB" * 32, "123456")):
        with pytest.raises(ValueError, match="dice"):
            seed_of(root, digits)


FORMS = {
    "approve": (Form("approve", most=2), [[], [3], [7], [3, 7]]),
    "rank": (Form("rank", most=3), [[], [3], [7, 3], [3, 7, 9]]),
    "points": (Form("points", points=10), [{}, {3: 10}, {7: 4, 3: 6}, {9: 1}]),
    "stance": (Form("stance", may=("support", "against")), [{}, {3: 1}, {3: 2, 7: 1}, {7: 2}]),
}


@pytest.mark.parametrize("kind", FORMS)
def test_an_error_moves_two_proposals_at_most_twice_the_weight_apart(kind):
    form, made = FORMS[kind]
    kept = [choices(one, form, (3, 7, 9)) for one in made]
    for told, found in product(kept, repeat=2):
        moved = overstatement(told, found, form)
        assert (moved == 0) == (told == found)
        assert 0 <= moved <= 2 * weight(form)
        for a, b in product((3, 7, 9), repeat=2):
            if kind != "stance":
                gap = {3: 0, 7: 0, 9: 0, **dict(told)}, {3: 0, 7: 0, 9: 0, **dict(found)}
                assert (gap[0][a] - gap[0][b]) - (gap[1][a] - gap[1][b]) <= moved


def test_a_risk_is_never_told_smaller_than_it_is():
    assert permille(Fraction(0)) == 0
    assert permille(Fraction(1, 10**9)) == 1
