"""When the database cannot answer or keep anything for a while: a page that asks it nothing."""

from __future__ import annotations

import sqlite3

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

RETRY_AFTER = 30  # seconds
SAFE = {"GET", "HEAD", "OPTIONS"}
# SQLite: busy, locked, no memory, read-only, disk trouble, full, cannot open, lock protocol.
SQLITE = {5, 6, 7, 8, 10, 13, 14, 15}
# PostgreSQL, by the class of its code: connection, rollback by the server, resources, a lock or an
# operator in the way, the system. An error without a code is a connection that was never made.
POSTGRES = {"08", "40", "53", "55", "57", "58"}


def is_outage(error: BaseException | None) -> bool:
    """Whether it lies with the database for now (locked, full, away) and not with what was asked."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, DatabaseError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE
    code = getattr(cause, "sqlstate", None)
    return isinstance(error, OperationalError) and (code is None or code[:2] in POSTGRES)


def page(request: HttpRequest, *, perhaps_done: bool = False) -> HttpResponse:
    """503, in the reader's language: what became of what was sent, and when to come again.

    `perhaps_done`: the view had answered before the trouble came.
    """
    with translation.override(translation.get_language_from_request(request)):
        told = {
            "sent": request.method not in SAFE,
            "perhaps_done": perhaps_done,
            "seconds": RETRY_AFTER,
            "elder": request.COOKIES.get("elder") == "1",
            "registration": settings.REGISTRATION,
            "title": _("系统暂时办不了"),
        }
        answer = HttpResponse(render_to_string("ui/outage.html", told), status=503)
        answer["Content-Language"] = translation.get_language()
    answer["Retry-After"] = str(RETRY_AFTER)
    answer["Cache-Control"] = "no-store"
    if request.headers.get("HX-Request") == "true":
        answer["HX-Refresh"] = "true"  # a part of a page cannot say it: ask for the whole
    return answer
