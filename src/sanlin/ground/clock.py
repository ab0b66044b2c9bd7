"""The one place that looks at the clock. Everyone else is told the time.

A demonstration may stand in another year: a file in the home folder then holds how many seconds its
clock is ahead (or, below zero, behind). Outside a demonstration the file is not even looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from .http import Request

_page_year: ContextVar[int | None] = ContextVar("page_year", default=None)


def _shift_file() -> Path:
    return Path(settings.HOME) / "demo-clock"


def shift() -> timedelta:
    """How far a demonstration's clock is from the real one; zero everywhere else."""
    if not settings.DEMO:
        return timedelta()
    try:
        return timedelta(seconds=int(_shift_file().read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def set_demo_time(moment: datetime) -> None:
    """Put a demonstration's clock to `moment`; raises RuntimeError outside a demonstration."""
    if not settings.DEMO:
        raise RuntimeError("only a demonstration has a clock that can be set")
    ahead = int((moment - timezone.now()).total_seconds())
    written = _shift_file().with_suffix(".new")
    written.write_text(str(ahead))
    written.replace(_shift_file())


def now() -> datetime:
    """This moment, in UTC."""
    return timezone.now() + shift()


def local_day(moment: datetime) -> date:
    """The calendar day of `moment` where the street is."""
    return timezone.localtime(moment).date()


def page_year() -> int | None:
    """The year in which the page that is being written is read; None where there is no request."""
    return _page_year.get()


def tell_time(get_response: Callable[[Request], HttpResponse]) -> Callable[[Request], HttpResponse]:
    """Middleware: one request, one moment."""

    def middleware(request: Request) -> HttpResponse:
        request.now = now()
        token = _page_year.set(local_day(request.now).year)
        try:
            return get_response(request)
        finally:
            _page_year.reset(token)

    return middleware
