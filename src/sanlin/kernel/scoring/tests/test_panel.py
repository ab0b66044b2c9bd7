"""Marks of several judges, by hand and by their laws."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.scoring import (
    METHODS,
    Row,
    mean,
    mean_absolute_deviation,
    median,
    normalised,
    ranks,
    side_by_side,
    spread,
    trimmed_mean,
)


def marks(*values):
    return [Fraction(value) for value in values]


halves = st.integers(0, 200).map(lambda half: Fraction(half, 2))
sheets = st.dictionaries(
    st.integers(1, 5), st.dictionaries(st.integers(1, 6), st.none() | halves, max_size=6)
)


def test_from_five_judges_on_the_highest_and_the_lowest_are_left_out():
    assert trimmed_mean(marks(0, 80, 90, 100)) == Fraction(135, 2)
    assert trimmed_mean(marks(0, 80, 90, 100, 100)) == 90
    assert trimmed_mean(marks(70, 70, 70, 70, 70)) == 70
    assert trimmed_mean(marks(0, 0, 60, 60, 100, 100)) == 55


def test_without_marks_there_is_no_mean():
    assert [mean([]), trimmed_mean([]), median([]), spread([])] == [None] * 4


def test_median_and_spread():
    assert median(marks(90, 10, 50)) == 50
    assert median(marks(90, 10, 50, 61)) == Fraction(111, 2)
    assert spread(marks(90, 10, 50)) == 80


def test_a_strict_and_a_mild_judge_come_to_one_scale():
    seen = normalised({1: dict(zip("ab", marks(60, 70), strict=True)), 2: {"a": 80, "b": 90}})
    assert seen == {1: {"a": 65, "b": 85}, 2: {"a": 65, "b": 85}}


def test_a_judge_who_gave_one_mark_throughout_counts_as_the_mean_of_all():
    seen = normalised(
        {1: {1: Fraction(60), 2: Fraction(80)}, 2: {1: Fraction(100), 2: Fraction(100)}}
    )
    assert seen[2] == {1: 85, 2: 85}
    assert seen[1] == {1: Fraction(85) - 15, 2: Fraction(85) + 15}


def test_recused_judges_are_simply_absent():
    rows = side_by_side({1: {1: Fraction(80)}, 2: {1: None, 2: Fraction(60)}, 3: {}}, [2, 1, 3])
    assert [(row.key, row.judges, row.raw) for row in rows] == [
        (2, 1, 60),
        (1, 1, 80),
        (3, 0, None),
    ]
    assert rows[2] == Row(3, 0, *[None] * 8)


def test_side_by_side():
    given_marks = {judge: {1: Fraction(mark)} for judge, mark in enumerate((50, 80, 82, 84, 99))}
    (row,) = side_by_side(given_marks, [1])
    evened = [Fraction(79)] * 3  # every judge has one mark, so none tells anything
    assert row == Row(
        1, 5, *marks(79, 82, 82), evened[0], evened[1], evened[2], Fraction(50), Fraction(49)
    )
    assert [row.by(name) for name in METHODS] == [79, 82, 82, 79, 79, 79, 50]


def test_ranks_leave_a_gap_after_equals():
    assert ranks({1: Fraction(5), 2: Fraction(5), 3: Fraction(1)}) == {1: 1, 2: 1, 3: 3}


@given(sheets)
def test_normalising_keeps_the_order_within_each_judge(given_sheets):
    seen = normalised(given_sheets)
    for judge, own in given_sheets.items():
        known = {key: mark for key, mark in own.items() if mark is not None}
        assert seen[judge].keys() == known.keys()
        even = seen[judge]
        for one, other in combinations(known, 2):
            before, after = known[one] - known[other], even[one] - even[other]
            assert (before > 0, before < 0) == (after > 0, after < 0)


@given(sheets)
def test_afterwards_all_judges_are_equally_mild_and_equally_wide(given_sheets):
    everything = [
        mark for own in given_sheets.values() for mark in own.values() if mark is not None
    ]
    for own in normalised(given_sheets).values():
        even = list(own.values())
        assert not even or mean(even) == mean(everything)
        assert mean_absolute_deviation(even) in {0, mean_absolute_deviation(everything)}


@given(sheets)
def test_the_order_of_judges_changes_nothing(given_sheets):
    backwards = dict(reversed(given_sheets.items()))
    assert side_by_side(given_sheets, range(1, 7)) == side_by_side(backwards, range(1, 7))
