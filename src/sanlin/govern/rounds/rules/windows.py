"""What the dates of a round must keep to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.stages import CONFERRAL, COURSE, LABELS, REVIEW, WINDOWED
from sanlin.ground.clock import local_day
from sanlin.kernel.calendar import beyond, is_working_day

from .book import Book

Span = tuple[datetime, datetime]
LAST_MINUTE = time(23, 59)
OPTIONAL_PARTS = frozenset({"review", "conferral", "optimisation", "vote"})


def parts(book: Book) -> tuple[str, ...]:
    """The parts of this round that have dates, in the order in which they come."""
    return tuple(part for part in WINDOWED if part not in OPTIONAL_PARTS or book.has(part))


def span(first: date, last: date) -> Span:
    """From the beginning of one day to the last minute of another, where the street is."""
    zone = timezone.get_default_timezone()
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last, LAST_MINUTE, zone),
    )


def span_days(dates: Span) -> int:
    """How many calendar days a window touches."""
    return (local_day(dates[1]) - local_day(dates[0])).days + 1


def stage_words(part: str) -> str:
    """What people call a stage or part of a round."""
    return _(LABELS[part])


def spans_of(round: Round) -> dict[str, Span]:
    """The dates that a round has, by part, in order."""
    return {
        window.stage: (window.opens, window.closes)
        for window in sorted(round.windows.all(), key=lambda window: window.opens)
        if window.closes is not None
    }


def order_faults(spans: Mapping[str, Span]) -> dict[str, str]:
    """A sentence for each part that ends before it begins, or begins before the one before ends."""
    found = {
        part: _("%(part)s的截止早于开始") % {"part": stage_words(part)}
        for part, (opens, closes) in spans.items()
        if closes <= opens
    }
    for earlier, later in pairwise(part for part in WINDOWED if part in spans):
        if spans[later][0] < spans[earlier][1]:
            words = {"later": stage_words(later), "earlier": stage_words(earlier)}
            found.setdefault(later, _("%(later)s开始日期早于%(earlier)s截止") % words)
    return found


def length_faults(spans: Mapping[str, Span], book: Book) -> dict[str, str]:
    """A sentence for each part that is shorter than the rules say."""
    found = {}
    for part, dates in spans.items():
        days = book.values.get(f"windows.{part}")
        if isinstance(days, int) and span_days(dates) < days:
            words = {"part": stage_words(part), "given": span_days(dates), "days": days}
            found[part] = _("%(part)s只有%(given)s天，办法规定%(days)s天") % words
    return found


def warnings(spans: Mapping[str, Span], book: Book) -> list[str]:
    """What is allowed and still worth a second look: longer than the rules, unknown holidays."""
    said = []
    for part, dates in spans.items():
        days = book.values.get(f"windows.{part}")
        if isinstance(days, int) and span_days(dates) > days:
            words = {"part": stage_words(part), "given": span_days(dates), "days": days}
            said.append(_("%(part)s有%(given)s天，比办法的%(days)s天长") % words)
        if part in {"screening", "review", CONFERRAL} and not _has_working_day(dates):
            said.append(_("%(part)s期间没有工作日") % {"part": stage_words(part)})
    if spans and beyond(
        local_day(min(opens for opens, _closes in spans.values())),
        local_day(max(closes for _opens, closes in spans.values())),
    ):
        said.append(_("有日期超出已公布的节假日安排，那时的工作日只按周末推算，公布后请再核对"))
    return said


def _has_working_day(dates: Span) -> bool:
    first = local_day(dates[0])
    return any(is_working_day(first + timedelta(days=n)) for n in range(min(span_days(dates), 60)))


def has_begun(round: Round, part: str, now: datetime) -> bool:
    """Whether the round has reached a part. Dates alone do not begin anything: a stage that is
    late may still be given later ones."""
    reached = COURSE.index(round.stage) if round.stage in COURSE else -1
    if part == CONFERRAL:
        window = round.window(part)
        conferring = round.stage == REVIEW and window is not None and window.opens <= now
        return conferring or reached > COURSE.index(REVIEW)
    return reached >= COURSE.index(part)


def later_faults(round: Round, spans: Mapping[str, Span], now: datetime) -> dict[str, str]:
    """Why dates of an opened round may not be put off to `spans`: only later, never shorter."""
    found = {}
    for part, (opens, closes) in spans.items():
        window = round.window(part)
        if window is None or window.closes is None:
            found[part] = _("%(part)s没有起止时间") % {"part": stage_words(part)}
            continue
        words = {"part": stage_words(part)}
        if closes < window.closes:
            found[part] = _("%(part)s的截止只能延后，不能提前") % words
        elif opens != window.opens and has_begun(round, part, now):
            found[part] = _("%(part)s已经开始，不能改开始日期") % words
        elif opens < window.opens:
            found[part] = _("%(part)s的开始只能延后，不能提前") % words
        elif closes - opens < window.closes - window.opens:
            found[part] = _("%(part)s延后以后不能比原来短") % words
    return found | order_faults({**spans_of(round), **spans})
