"""Serial numbers of paper ballots: what is read is what was printed, and a slip never passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.ballots.serial import NotASerial, read_serial, serial

NUMBERS = st.tuples(st.integers(1, 999_999_999), st.integers(1, 9_999), st.integers(1, 999_999))


@given(NUMBERS)
def test_what_is_printed_is_read(numbers):
    assert read_serial(serial(*numbers)) == numbers


@given(NUMBERS, st.data())
def test_no_single_wrong_digit_passes(numbers, data):
    written = serial(*numbers)
    at = data.draw(st.sampled_from([n for n, sign in enumerate(written) if sign.isdigit()]))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != written[at]]))
    with pytest.raises(NotASerial):
        read_serial(written[:at] + wrong + written[at + 1 :])


@given(NUMBERS)
def test_no_two_neighbours_that_changed_places_pass(numbers):
    written = serial(*numbers)
    for at in range(len(written) - 1):
        one, two = written[at : at + 2]
        if one != two and one.isdigit() and two.isdigit():
            with pytest.raises(NotASerial):
                read_serial(written[:at] + two + one + written[at + 2 :])


@pytest.mark.parametrize(
    "text", ["", "hello", "7-2-31-75", "7-2-0031", "7-2-0031-7५", "07-2-0031-75", "-" * 99]
)
def test_what_is_no_serial_is_refused(text):
    with pytest.raises(NotASerial):
        read_serial(text)


def test_blanks_and_a_wide_hyphen_do_not_matter():
    assert read_serial(" 7-2－0031 - 75\n") == (7, 2, 31)
