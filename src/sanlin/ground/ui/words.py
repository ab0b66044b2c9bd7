"""Days, spans and what is left of them, in the words of the page's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sanlin.ground.clock import page_year

WEEK = "一二三四五六日"  # data: only the Chinese branches below read it


def english() -> bool:
    return (get_language() or "").startswith("en")


def _local(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def short_day(value: date | datetime, *, year: bool) -> str:
    """3月5日, or 5 Mar; with its year where asked."""
    day = _local(value)
    if english():
        return f"{day.day} {day:%b}" + (f" {day.year}" if year else "")
    return (f"{day.year}年" if year else "") + f"{day.month}月{day.day}日"  # data


def month(value: date) -> str:
    """2024年3月, or Mar 2024."""
    return f"{value:%b} {value.year}" if english() else f"{value.year}年{value.month}月"  # data


def day(value: date | datetime | None, *, full: bool = False) -> str:
    """3月5日 (周三) / Wed 5 Mar; with the year where it is not the page's own, or where `full`."""
    if value is None:
        return "—"
    there = _local(value)
    written = short_day(there, year=full or there.year != page_year())
    return (
        f"{there:%a} {written}" if english() else f"{written} (周{WEEK[there.weekday()]})"
    )  # data


def moment(value: datetime | None, *, full: bool = False) -> str:
    """3月5日 (周三) 10:32."""
    if value is None:
        return "—"
    return f"{day(value, full=full)} {timezone.localtime(value):%H:%M}"


def span(opens: date | datetime | None, closes: date | datetime | None) -> str:
    """3月5日–3月11日; the year stands once, and only where it is not the page's own.

    Without an end: 3月5日起; without a beginning: 3月11日止; one day is written once.
    """
    if opens is None and closes is None:
        return ""
    if closes is None:
        return _("%(day)s起") % {"day": short_day(opens, year=_strange(opens))}  # type: ignore[arg-type]
    if opens is None:
        return _("%(day)s止") % {"day": short_day(closes, year=_strange(closes))}
    if _local(opens) == _local(closes):
        return day(opens)
    both = _local(opens).year != _local(closes).year
    strange = _strange(opens)
    first = short_day(opens, year=both or (strange and not english()))
    last = short_day(closes, year=both or (strange and english()))
    return f"{first} – {last}" if english() else f"{first}–{last}"


def _strange(value: date | datetime | None) -> bool:
    return value is not None and _local(value).year != page_year()


def left(now: datetime, until: datetime | None) -> str:
    """还剩2天 / 还剩3小时 / 已截止; nothing where there is no end."""
    if until is None:
        return ""
    rest = until - now
    if rest <= timedelta():
        return _("已截止")
    if rest >= timedelta(days=1):
        return ngettext("还剩%(n)s天", "还剩%(n)s天", rest.days) % {"n": rest.days}
    hours = max(1, -(-rest.seconds // 3600))
    return ngettext("还剩%(n)s小时", "还剩%(n)s小时", hours) % {"n": hours}
