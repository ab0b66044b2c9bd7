"""Working days with China's official holidays and make-up days, and how long a notice hangs.

The days come from the State Council's yearly announcements as the library chinesecalendar keeps
them. For days that it does not know only Saturdays and Sundays are free, and answers that lean on
such a day say so (`beyond`), so that a page can warn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from chinese_calendar.constants import holidays, workdays

DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
YEARS: Final = range(min(holidays).year, max(holidays).year + 1)
KNOWN_FROM: Final = date(YEARS.start, 1, 1)
KNOWN_TO: Final = date(YEARS.stop - 1, 12, 28)


def known_years() -> range:
    """The years whose announcement is known.

    >>> 2024 in known_years()
    True
    """
    return YEARS


def is_known(day: date) -> bool:
    """False for days outside the known years, and for 29 to 31 December of the last of them.

    The announcement for a year may move those last days of the year before (as it did for 2018,
    when 29 December was worked and 31 December was free), so they are only known with the next one.
    """
    return KNOWN_FROM <= day <= KNOWN_TO


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`; by weekends alone where `is_known` says no.

    Saturday 11 May 2024 made up for a day of the May holiday; Wednesday 1 May was free.

    >>> is_working_day(date(2024, 5, 11)), is_working_day(date(2024, 5, 1))
    (True, False)
    """
    return day in workdays or (day.weekday() < SATURDAY and day not in holidays)


def add_working_days(day: date, n: int) -> date:
    """The `n`-th working day after `day`, which is not counted itself; `day` where `n` is 0.

    Raises ValueError where `n` is negative. Ask `beyond(day, answer)` whether to warn.

    >>> add_working_days(date(2024, 4, 30), 1)  # over the May holiday
    datetime.date(2024, 5, 6)
    """
    if n < 0:
        raise ValueError("working days are counted forward")
    while n:
        day += DAY
        n -= is_working_day(day)
    return day


def beyond(first: date, last: date) -> bool:
    """Whether any day from `first` to `last` is one that the data does not know."""
    return not (is_known(first) and is_known(last))


@dataclass(frozen=True)
class Span:
    """From `first` to the end (24:00) of `last`, both included.

    `beyond` says that the answer leans on days whose holidays are not known yet.
    """

    first: date
    last: date
    beyond: bool


def notice_span(first: date, days: int, kind: Literal["working", "calendar"]) -> Span:
    """How long a notice posted on `first` hangs when the rule asks for `days` days.

    The day of posting hangs but is not counted, and a period that would end on a day off ends on
    the next working day: Civil Code (民法典), articles 201 and 203. That they govern public notices
    of an award as well is our own reading; many notices in the field count the day of posting too,
    and this reading gives the public one day more, never less.

    Raises ValueError where `days` is below 1 or `kind` is neither word.

    >>> notice_span(date(2024, 4, 29), 5, "working").last
    datetime.date(2024, 5, 9)
    >>> notice_span(date(2024, 4, 29), 3, "calendar").last  # 2 May is a holiday
    datetime.date(2024, 5, 6)
    """
    if days < 1:
        raise ValueError("a notice hangs for at least one day")
    if kind == "working":
        last = add_working_days(first, days)
    elif kind == "calendar":
        last = add_working_days(first + DAY * (days - 1), 1)
    else:
        raise ValueError(f"days are working or calendar, not {kind!r}")
    return Span(first, last, beyond(first, last))


def working_days_after(due: date, today: date) -> int:
    """How many working days have passed since `due`, `today` included; 0 up to that day.

    >>> working_days_after(date(2024, 4, 30), date(2024, 5, 7)), working_days_after(date(2024, 5, 7), date(2024, 5, 7))
    (2, 0)
    """
    days = (today - due).days
    return sum(is_working_day(due + DAY * n) for n in range(1, days + 1))
