"""Krippendorff's alpha: published examples, a plain count of pairs, and its laws."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.scoring import alpha, verdict

halves = st.integers(0, 8).map(lambda half: Fraction(half, 2))
sheets = st.dictionaries(st.integers(1, 4), st.dictionaries(st.integers(1, 5), halves))


def read(*lines):
    """One line an observer, one sign a unit, "." for none."""
    return {
        judge: {unit: Fraction(sign) for unit, sign in enumerate(line) if sign != "."}
        for judge, line in enumerate(lines, start=1)
    }


FOUR = read("123321412...", "1233224125.3", ".3332342251.", "1233244125 1.".replace(" ", ""))
"""K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers,
twelve units, some missing."""

THREE = read(".....34121133.3", "1.213343.......", "..21344.21133.4")
"""The worked example of the encyclopedias: three coders, fifteen units."""


@pytest.mark.parametrize(
    ("seen", "metric", "published"),
    [
        (FOUR, "nominal", "0.743"),
        (FOUR, "ordinal", "0.815"),
        (FOUR, "interval", "0.849"),
        (THREE, "nominal", "0.691"),
        (THREE, "ordinal", "0.807"),
        (THREE, "interval", "0.811"),
    ],
)
def test_published_examples(seen, metric, published):
    assert f"{float(alpha(seen, metric)):.3f}" == published


def by_pairs(seen, metric):
    """The definition, pair by pair: observed over expected disagreement."""
    units = {}
    for own in seen.values():
        for unit, mark in own.items():
            units.setdefault(unit, []).append(mark)
    units = [marks for marks in units.values() if len(marks) > 1]
    values = [mark for marks in units for mark in marks]

    def apart(one, other):
        if metric == "nominal":
            return int(one != other)
        if metric == "interval":
            return (one - other) ** 2
        low, high = min(one, other), max(one, other)
        between = sum(low <= mark <= high for mark in values)
        return (between - Fraction(values.count(low) + values.count(high), 2)) ** 2

    expected = sum(apart(*pair) for pair in permutations(values, 2))
    if not expected:
        return None
    observed = sum(
        Fraction(sum(apart(*pair) for pair in permutations(marks, 2)), len(marks) - 1)
        for marks in units
    )
    return 1 - observed * (len(values) - 1) / Fraction(expected)


@given(sheets, st.sampled_from(["nominal", "ordinal", "interval"]))
def test_it_is_the_definition(seen, metric):
    assert alpha(seen, metric) == by_pairs(seen, metric)


@given(sheets)
def test_only_the_order_counts_for_the_ordinal_metric(seen):
    squared = {
        judge: {u: mark * mark + 1 for u, mark in own.items()} for judge, own in seen.items()
    }
    assert alpha(squared, "ordinal") == alpha(seen, "ordinal")


def test_full_agreement_discord_and_nothing_to_tell():
    assert alpha(read("123", "123")) == 1
    assert alpha(read("12", "21")) == Fraction(-1, 2)
    assert alpha(read("11", "11")) is None
    assert alpha(read("1..", ".2.")) is None
    with pytest.raises(ValueError, match="no metric"):
        alpha(read("12", "21"), "ratio")


def test_what_the_figure_allows():
    bounds = [None, Fraction(4, 5), Fraction(799, 1000), Fraction(2, 3), Fraction(66, 100)]
    assert [verdict(it) for it in bounds] == [
        "unknown",
        "reliable",
        "tentative",
        "tentative",
        "weak",
    ]
