"""Strict and mild judges: against least squares, and by the laws that the model promises."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sanlin.kernel.scoring import (
    METHODS,
    Disconnected,
    corrected,
    disconnected,
    marks_by,
    severities,
    side_by_side,
)

halves = st.integers(0, 200).map(lambda half: Fraction(half, 2))
panels = st.dictionaries(
    st.integers(1, 6), st.dictionaries(st.integers(1, 8), halves, min_size=1), min_size=1
)


def least_squares(sheets):
    """Worth by proposal out of numpy: a column a judge, a column a proposal, mildness sums to 0."""
    judges, keys = sorted(sheets), sorted({key for own in sheets.values() for key in own})
    rows, marks = [], []
    for judge, own in sheets.items():
        for key, mark in own.items():
            row = np.zeros(len(judges) + len(keys))
            row[judges.index(judge)] = row[len(judges) + keys.index(key)] = 1
            rows.append(row)
            marks.append(float(mark))
    rows.append(np.array([1.0] * len(judges) + [0.0] * len(keys)))
    found = np.linalg.lstsq(np.array(rows), np.array([*marks, 0.0]), rcond=None)[0]
    return dict(zip(keys, found[len(judges) :], strict=True))


@given(panels)
def test_worth_is_the_least_squares_solution(sheets):
    assume(disconnected(sheets) is None)
    found, expected = corrected(sheets), least_squares(sheets)
    assert found.keys() == expected.keys()
    assert all(abs(float(found[key]) - expected[key]) < 1e-6 for key in found)


@given(panels)
def test_mildness_sums_to_zero_and_what_is_left_over_sums_to_zero_for_each_judge(sheets):
    assume(disconnected(sheets) is None)
    mild, worth = severities(sheets), corrected(sheets)
    assert sum(mild.values()) == 0
    for judge, own in sheets.items():
        assert sum(mark - worth[key] - mild[judge] for key, mark in own.items()) == 0


@given(panels, st.integers(1, 6), halves)
def test_a_milder_judge_changes_no_distance_between_proposals(sheets, judge, by):
    assume(disconnected(sheets) is None and judge in sheets)
    milder = {**sheets, judge: {key: mark + by for key, mark in sheets[judge].items()}}
    before, after = corrected(sheets), corrected(milder)
    shift = {after[key] - before[key] for key in before}
    assert shift == {by / len(sheets)}


def test_marks_that_follow_the_model_are_taken_apart_exactly():
    worth, mild = {1: 70, 2: 75, 3: 90}, {1: -8, 2: 1, 3: 7}
    seen = {1: (1, 2), 2: (2, 3), 3: (1, 3)}
    sheets = {j: {p: Fraction(worth[p] + mild[j]) for p in keys} for j, keys in seen.items()}
    assert corrected(sheets) == worth
    assert severities(sheets) == mild


def test_a_strict_judge_of_few_does_not_sink_them():
    """The plain mean puts 3 below 1 only because the strict judge happened to see it."""
    full = {1: {1: 80, 2: 70, 3: 82}, 2: {1: 82, 2: 72, 3: 84}, 3: {2: 51, 3: 63}}
    sheets = {j: {p: Fraction(mark) for p, mark in own.items()} for j, own in full.items()}
    assert marks_by("mean", sheets, [1, 3]) == {1: 81, 3: Fraction(229, 3)}
    found = marks_by("severity", sheets, [1, 3])
    assert found[3] - found[1] == 2


def test_two_groups_that_share_no_proposal_cannot_be_compared():
    ten = Fraction(10)
    sheets = {1: {1: ten, 2: ten}, 2: {2: ten}, 3: {3: ten}, 4: {}}
    reason = disconnected(sheets)
    assert (reason.code, dict(reason.figures)) == (
        "disconnected",
        {"parts": 2, "judges": 1, "proposals": 1},
    )
    with pytest.raises(Disconnected):
        marks_by("severity", sheets, [1])
    rows = side_by_side(sheets, [1, 3])
    assert [(row.raw, row.severity) for row in rows] == [(ten, None), (ten, None)]
    linked = {**sheets, 4: {2: ten, 3: ten}}
    assert disconnected(linked) is None


def test_nobody_marked_anything():
    assert {name: marks_by(name, {1: {}, 2: {1: None}}, [1]) for name in METHODS} == {
        name: {1: None} for name in METHODS
    }
    assert severities({}) == {}
