from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.calendar import (
    Span,
    add_working_days,
    beyond,
    is_known,
    is_working_day,
    known_years,
    notice_span,
)

YEARS = known_years()
ALL_DAYS = st.dates(date(1999, 1, 1), date(2060, 12, 31))
KNOWN_DAYS = st.dates(date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31))


def days_after(first, last):
    """Every day after `first` up to `last`."""
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def test_the_years_of_the_library_are_known():
    assert (YEARS.start, YEARS.stop - 1) == (2004, 2026)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 9), True),  # New Year's Eve of 2024 was no day off
        (date(2024, 2, 10), False),
        (date(2024, 2, 18), True),  # a Sunday that made up
        (date(2024, 9, 30), True),
        (date(2024, 10, 1), False),
        (date(2024, 10, 7), False),
        (date(2024, 10, 12), True),  # a Saturday that made up
        (date(2024, 10, 13), False),
        (date(2027, 10, 1), True),  # not announced yet: a Friday like any other
        (date(2027, 10, 2), False),
    ],
)
def test_days_as_they_were_announced(day, works):
    assert is_working_day(day) is works


@given(KNOWN_DAYS)
def test_known_days_are_the_librarys(day):
    assert is_working_day(day) is chinese_calendar.is_workday(day)


@pytest.mark.parametrize(
    ("first", "days", "kind", "last"),
    [
        (date(2024, 11, 4), 5, "working", date(2024, 11, 11)),  # a plain week
        (
            date(2024, 9, 30),
            5,
            "working",
            date(2024, 10, 12),
        ),  # the national holiday, a make-up day
        (date(2024, 2, 9), 1, "working", date(2024, 2, 18)),
        (date(2024, 11, 9), 5, "working", date(2024, 11, 15)),  # posted on a Saturday
        (date(2024, 11, 4), 7, "calendar", date(2024, 11, 11)),
        (date(2024, 11, 4), 5, "calendar", date(2024, 11, 11)),  # would end on a Saturday
        (date(2024, 9, 26), 5, "calendar", date(2024, 10, 8)),  # would end on 1 October
        (date(2024, 9, 9), 5, "calendar", date(2024, 9, 14)),  # a Saturday that was worked
    ],
)
def test_notices_of_2024(first, days, kind, last):
    assert notice_span(first, days, kind) == Span(first, last, beyond=False)


@given(ALL_DAYS, st.integers(0, 60))
def test_exactly_n_working_days_lie_behind(day, n):
    last = add_working_days(day, n)
    assert sum(map(is_working_day, days_after(day, last))) == n
    assert last == day if n == 0 else is_working_day(last)


@given(ALL_DAYS, st.integers(0, 30), st.integers(0, 30))
def test_days_add_up(day, a, b):
    assert add_working_days(add_working_days(day, a), b) == add_working_days(day, a + b)


@given(ALL_DAYS, st.integers(1, 60), st.sampled_from(["working", "calendar"]))
def test_a_notice_is_never_short_and_ends_on_a_working_day(first, days, kind):
    span = notice_span(first, days, kind)
    counted = days_after(first, span.last)
    assert span.first == first
    assert is_working_day(span.last)
    if kind == "working":
        assert sum(map(is_working_day, counted)) == days
    else:
        assert len(counted) >= days
        assert not any(map(is_working_day, counted[days - 1 : -1]))  # rolled over days off only
    assert notice_span(first, days + 1, kind).last >= span.last


@given(ALL_DAYS, st.integers(0, 500))
def test_beyond_is_one_unknown_day_in_between(first, days):
    last = first + timedelta(days=days)
    lean = not all(map(is_known, [first, *days_after(first, last)]))
    assert beyond(first, last) is lean


def test_a_notice_over_the_end_of_the_known_years_says_so():
    last_year = YEARS.stop - 1
    assert notice_span(date(last_year, 12, 18), 5, "working").beyond is False
    assert notice_span(date(last_year, 12, 28), 5, "working").beyond is True
    assert notice_span(date(2003, 12, 30), 5, "working").beyond is True


@pytest.mark.parametrize(
    "act",
    [
        lambda: add_working_days(date(2024, 1, 1), -1),
        lambda: notice_span(date(2024, 1, 1), 0, "working"),
        lambda: notice_span(date(2024, 1, 1), 5, "weeks"),
    ],
)
def test_nonsense_is_refused(act):
    with pytest.raises(ValueError, match="day"):
        act()
