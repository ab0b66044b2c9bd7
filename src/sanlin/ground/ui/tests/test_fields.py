"""An amount is read as people type it, and shown again as they would."""

import pytest
from django import forms

from sanlin.ground.ui.fields import FenField


@pytest.mark.parametrize(
    ("typed", "found"), [("12,000", 12_000_00), (" 1.2万 ", 12_000_00), ("3.50", 3_50), ("", None)]
)
def test_an_amount_is_whole_fen(typed, found):
    assert FenField(required=False).clean(typed) == found


@pytest.mark.parametrize(
    ("typed", "zero", "said"),
    [
        ("八百万", False, "请写成金额，例如 12000 或 1.2万"),
        ("-1", True, "请写成金额，例如 12000 或 1.2万"),
        ("0", False, "金额须大于零"),
        ("10000000000.01", True, "金额不能超过100亿元"),
    ],
)
def test_what_is_none_is_refused_in_words(typed, zero, said):
    with pytest.raises(forms.ValidationError) as no:
        FenField(zero=zero).clean(typed)
    assert no.value.messages == [said]


def test_nothing_may_be_asked_for_where_a_form_says_so():
    assert FenField(zero=True).clean("0") == 0


@pytest.mark.parametrize(("fen", "shown"), [(120_00, "120"), (3_05, "3.05"), ("abc", "abc")])
def test_what_was_kept_stands_there_in_yuan(fen, shown):
    assert FenField().prepare_value(fen) == shown
