"""Fewer and larger: the example of the page, and what holds for any year."""

import doctest
from fractions import Fraction

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
    habitual_unspent,
    next_tiers,
    next_total,
)

MONEY = st.integers(0, 10**12)
OUTCOMES = st.lists(st.builds(Outcome, MONEY, MONEY, st.booleans(), MONEY, MONEY), max_size=30)


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(years).failed == 0


def test_a_hundred_become_sixty():
    year = Book(100, 60, 8_000_000_00, 0)
    assert fewer_and_larger(year, 8_000_000_00, 100_000_00) == Proposed(60, 133_000_00, 166_000_00)


def test_the_worked_example_weighs_what_the_teams_that_go_on_left_unspent():
    """docs/algorithms/next-year.md, sentence by sentence."""
    went_on = [Outcome(80_000_00, 72_000_00, True, 80_000_00, 8_000_00)] * 60
    stopped = [Outcome(80_000_00, 20_000_00, False, 40_000_00, 20_000_00)] * 40
    year = book([*went_on, *stopped])
    assert (year.granted, year.spent, year.unspent) == (8_000_000_00, 5_120_000_00, 2_880_000_00)
    assert (year.paid, year.returned) == (6_400_000_00, 1_280_000_00)
    share = habitual_unspent([book(went_on)])
    assert share == Fraction(1, 10)
    total = next_total(8_000_000_00, share)
    assert total == 7_200_000_00
    assert fewer_and_larger(year, total, 100_000_00) == Proposed(60, 120_000_00, 166_000_00)


def test_years_weigh_by_their_money():
    assert habitual_unspent([Book(1, 1, 900, 900), Book(1, 1, 100, 0)]) == Fraction(1, 10)


@pytest.mark.parametrize(
    "years", [[], [Book(0, 0, 0, 0)], [Book(1, 1, 100, 100)], [Book(1, 1, 5, 9)]]
)
def test_where_nothing_was_left_the_total_stays_to_the_fen(years):
    assert habitual_unspent(years) == 0
    assert next_total(123_45, habitual_unspent(years)) == 123_45


def test_a_total_is_rounded_down_to_a_step():
    assert next_total(10_000_00, Fraction(1, 3)) == 6_000_00
    assert next_total(10_000_00, Fraction(1)) == 0
    with pytest.raises(ValueError, match="step"):
        next_total(1, Fraction(1, 2), step=0)


@given(OUTCOMES, OUTCOMES, MONEY)
def test_a_total_is_never_more_than_there_was(first, second, budget):
    share = habitual_unspent([book(first), book(second)])
    assert 0 <= share <= 1
    assert 0 <= next_total(budget, share) <= budget


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
    assert (year.paid, year.returned) == (
        sum(one.paid for one in outcomes),
        sum(one.returned for one in outcomes),
    )
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
