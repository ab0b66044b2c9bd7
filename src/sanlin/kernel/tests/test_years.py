"""Fewer and larger: the example of the page, and what holds for any year."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel import years
from sanlin.kernel.years import (
    STEP,
    Book,
    Outcome,
    Proposed,
    Standing,
    book,
    fewer_and_larger,
    next_tiers,
)

MONEY = st.integers(0, 10**12)
OUTCOMES = st.lists(st.builds(Outcome, MONEY, MONEY, st.booleans()), max_size=30)


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(years).failed == 0


def test_a_hundred_become_sixty():
    year = Book(100, 60, 8_000_000_00, 0)
    assert fewer_and_larger(year, 8_000_000_00, 100_000_00) == Proposed(60, 133_000_00, 166_000_00)


def test_where_all_pass_nothing_changes():
    year = Book(4, 4, 4_000_00, 0)
    assert fewer_and_larger(year, 40_000_00, 10_000_00) == Proposed(4, 10_000_00, 10_000_00)


def test_without_a_ceiling_none_is_proposed():
    assert fewer_and_larger(Book(4, 2, 0, 0), 40_000_00, None) == Proposed(2, 20_000_00, None)


@pytest.mark.parametrize(("passed", "budget"), [(0, 10**9), (3, 0), (3, STEP - 1), (10, 9 * STEP)])
def test_nothing_is_proposed_out_of_nothing(passed, budget):
    assert fewer_and_larger(Book(20, passed, 0, 0), budget, 10**7) is None


def test_a_step_is_at_least_a_fen():
    with pytest.raises(ValueError, match="step"):
        fewer_and_larger(Book(1, 1, 1, 1), 10, None, step=0)


@given(OUTCOMES, MONEY, st.none() | MONEY)
def test_no_more_is_promised_than_there_is(outcomes, budget, cap):
    year = book(outcomes)
    told = fewer_and_larger(year, budget, cap)
    if told is None:
        return
    assert 0 < told.places <= year.projects
    assert told.mean > 0
    assert told.money <= budget
    assert told.cap is None or told.mean <= told.cap <= budget
    assert (told.cap is None) == (cap is None)


@given(OUTCOMES)
def test_a_book_adds_up(outcomes):
    year = book(outcomes)
    assert year.unspent == sum(one.granted - one.spent for one in outcomes)
    assert year.passed <= year.projects == len(outcomes)


STANDING = st.lists(st.builds(Standing, st.text(max_size=3), st.integers(0, 50), MONEY), max_size=6)


@given(STANDING, MONEY)
def test_all_places_of_the_next_tiers_filled_at_their_ceilings_do_not_pass_the_money(rows, budget):
    tiers = next_tiers(rows, budget)
    for tier in tiers or []:
        assert tier.cap % STEP == 0
    assert sum(tier.money for tier in tiers or []) <= budget


def test_tiers_keep_their_proportions_and_rise_where_teams_are_fewer():
    year = [Standing("top", 10, 2 * STEP * 10), Standing("new", 5, STEP * 10)]
    tiers = next_tiers(year, 500 * STEP)
    assert [(one.places, one.cap) for one in tiers or []] == [(10, 40 * STEP), (5, 20 * STEP)]


@pytest.mark.parametrize("rows", [[], [Standing("top", 0, 10**7)], [Standing("top", 3, 0)]])
def test_no_tiers_follow_where_nobody_stands(rows):
    assert next_tiers(rows, 10**9) is None


def test_a_ceiling_below_a_step_is_not_proposed():
    assert next_tiers([Standing("top", 3, 10**7)], 2 * STEP) is None
    with pytest.raises(ValueError, match="step"):
        next_tiers([], 1, step=0)
