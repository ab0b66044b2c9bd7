"""Z-scores, Borda's points, and what recusal does to both."""

from decimal import Decimal, localcontext
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.scoring import borda, marks_by, mean, standard_deviation, zscores
from sanlin.kernel.scoring.borda import points

halves = st.integers(0, 200).map(lambda half: Fraction(half, 2))
own_marks = st.dictionaries(st.integers(1, 6), halves, max_size=6)
sheets = st.dictionaries(st.integers(1, 5), own_marks)


def marks(*values):
    return {key: Fraction(value) for key, value in enumerate(values, start=1)}


@given(st.lists(halves, min_size=1, max_size=12))
def test_the_deviation_is_the_root_to_six_decimals_half_up(values):
    middle = mean(values)
    variance = sum((mark - middle) ** 2 for mark in values) / len(values)
    with localcontext() as high:
        high.prec = 60
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        assert abs(
            root
            - Decimal(standard_deviation(values).numerator)
            / Decimal(standard_deviation(values).denominator)
        ) <= Decimal("0.0000005")
    assert 10**6 % standard_deviation(values).denominator == 0


def test_z_scores_by_hand():
    # Judge 1: mean 70, deviation 10; judge 2: mean 90, deviation 5; all: mean 80, variance 162.5.
    seen = zscores({1: marks(60, 80), 2: marks(85, 95)})
    wide = Fraction(12747549, 10**6)
    assert seen == {1: {1: 80 - wide, 2: 80 + wide}, 2: {1: 80 - wide, 2: 80 + wide}}


def test_a_judge_of_zero_spread_tells_nothing():
    seen = zscores({1: marks(60, 80), 2: marks(100, 100), 3: marks(70)})
    assert set(seen[2].values()) | set(seen[3].values()) == {Fraction(82)}
    assert seen[1][1] < 82 < seen[1][2]


def test_a_recused_judge_bends_nobodys_scale():
    """Without the mark that he may not give, judge 2's other marks stand where they would stand
    had he never seen the proposal; with it they would be stretched."""
    with_it = {1: marks(60, 70, 80), 2: marks(70, 80, 0)}
    without = {1: marks(60, 70, 80), 2: {1: Fraction(70), 2: Fraction(80), 3: None}}
    never = {1: marks(60, 70, 80), 2: marks(70, 80)}
    for method in ("normalised", "zscore", "severity", "borda"):
        aside = marks_by(method, without, [1, 2, 3])
        assert aside == marks_by(method, never, [1, 2, 3])
        assert aside != marks_by(method, with_it, [1, 2, 3])


def test_bordas_points():
    assert points(marks(9, 5, 5, 1)) == marks(100, 50, 50, 0)
    assert points({}) == {}
    assert marks_by("borda", {1: marks(3, 2, 1), 2: marks(1, 2, 3), 3: marks(9, 1)}, [1, 2, 3]) == {
        1: Fraction(200, 3),
        2: Fraction(100, 3),
        3: 50,
    }


@given(own_marks, st.integers(1, 6))
def test_points_keep_the_order_and_their_mean_is_the_middle(own, key):
    seen = points(own)
    assert sorted(own, key=lambda it: (own[it], it)) == sorted(own, key=lambda it: (seen[it], it))
    assert not own or mean(list(seen.values())) == 50


@given(sheets)
def test_only_the_order_counts_for_borda(given_sheets):
    stretched = {j: {p: m * m for p, m in own.items()} for j, own in given_sheets.items()}
    assert borda(stretched) == borda(given_sheets)
