"""A sheet is whole or it has no total; a mark is whole or half or it is refused."""

from fractions import Fraction

import pytest

from sanlin.kernel.reason import Reason
from sanlin.kernel.scoring import BadSheet, Criterion, blanks, check, full, read_mark, total

RUBRIC = (Criterion("need", 30, 10), Criterion("plan", 50, 10), Criterion("budget", 20, 5))
HALF = Fraction(1, 2)


def test_total_is_the_weighted_share_of_full_marks():
    assert full(RUBRIC) == 100
    assert total(RUBRIC, {"need": 10, "plan": 10, "budget": 5}) == 100
    assert total(RUBRIC, {"need": 7 + HALF, "plan": 8, "budget": 3}) == Fraction(149, 2)


def test_thirds_stay_exact():
    thirds = (Criterion("need", 100, 3),)
    assert total(thirds, {"need": 1}) == Fraction(100, 3)


def test_a_blank_is_not_a_zero():
    assert total(RUBRIC, {"need": 10, "plan": 10}) is None
    assert total(RUBRIC, {"need": 10, "plan": 10, "budget": None}) is None
    assert total(RUBRIC, {"need": 10, "plan": 10, "budget": 0}) == 80
    assert blanks(RUBRIC, {"plan": 0, "budget": None}) == ("need", "budget")


@pytest.mark.parametrize(
    ("mark", "code"),
    [(11, "above_max"), (-1, "below_zero"), (Fraction(1, 3), "not_half")],
)
def test_marks_outside_the_rubric_are_refused(mark, code):
    fault = Reason.of(code, criterion="need", max=10, own=mark)
    assert check(RUBRIC, {"need": mark}) == (fault,)
    with pytest.raises(BadSheet) as caught:
        total(RUBRIC, {"need": mark})
    assert caught.value.faults == (fault,)


def test_an_unknown_criterion_is_refused_even_on_a_whole_sheet():
    with pytest.raises(BadSheet, match="unknown charm"):
        total(RUBRIC, {"need": 1, "plan": 1, "budget": 1, "charm": 1})


@pytest.mark.parametrize("text", ["7.3", "-1", "1e3", "nan", "七", "7,5", "1" * 50, "7\x00"])
def test_what_is_not_a_mark_is_refused(text):
    with pytest.raises(ValueError, match="not a whole or half mark"):
        read_mark(text)


@pytest.mark.parametrize(("weight", "most"), [(-1, 10), (1, 0)])
def test_a_criterion_makes_sense(weight, most):
    with pytest.raises(ValueError, match="a criterion weighs"):
        Criterion("need", weight, most)
