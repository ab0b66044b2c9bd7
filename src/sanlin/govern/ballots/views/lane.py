"""The short way of a ballot: what a ballot that can be cast needs of a request, and nothing else.

On one evening very many cast at once. A ballot that can be cast asks for the session, the account, the
token of the form, the clock and the round, and is put in by the same verb as ever. Whatever is not so
plain (somebody acts for another, a token is old, a rule refuses, the database is away) is left
to the long way through all middlewares and `review`, where it is looked at anew and answered. So nothing
is decided here and no sentence is said here. A test holds both ways to the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware

from sanlin.govern.ballots import queries, rules
from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground import clock
from sanlin.ground.accounts.session import ACTING, LENT
from sanlin.ground.accounts.store import SessionStore, of_session
from sanlin.ground.http import Request
from sanlin.ground.prepared import Given, Read
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

from .booth import put_in, review

Answer = Callable[[Request], HttpResponse]
ADDRESS = re.compile(r"/rounds/([0-9]{1,18})/ballot/review/")
# When the vote of a round ends, with its roll, in one question. What is frozen is read at the first ballot
# and stays with the rows for as long as these read the same.
CHANGES = (
    *("closes", "round__stage", "round__street"),
    *("round__roll__round", "round__roll__closed_at", "round__roll__key"),
)
WINDOW: Read[Window] = Read(
    lambda: (
        Window.objects.filter(round=Given("round"), stage=VOTE)
        .select_related("round__roll")
        .only(*CHANGES)
    )
)


def short_way(get_response: Answer) -> Answer:
    """Middleware, before all others: a ballot that can be cast goes no further."""
    token = CsrfViewMiddleware(get_response)  # type: ignore[arg-type]  # our Request

    def middleware(request: Request) -> HttpResponse:
        at = request.method == "POST" and ADDRESS.fullmatch(request.path_info)
        answer = _cast(request, int(at[1]), token) if at else None
        return get_response(request) if answer is None else answer

    return middleware


def _cast(request: Request, pk: int, token: CsrfViewMiddleware) -> HttpResponse | None:
    """The answer to a ballot that was put in; None where that is not plain."""
    request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    try:
        account = of_session(request.session)
        if account is None or ACTING in request.session or LENT in request.session:
            return None
        request.get_host()
        token.process_request(request)
        if token.process_view(request, review, (), {}) is not None:
            return None
        request.user = request.by = account
        request.now = clock.now()
        window = WINDOW.kept(round=pk)
        if window is None or rules.roll_of(window.round) is None or "verb" in request.POST:
            return None
        window.round.roll.closes = window.closes
        ready = queries.read_ready(account, window.round, request.POST.get("ready", ""))
        return _framed(request, put_in(request, window.round, ready)) if ready else None
    except (Refused, NotNow, SuspiciousOperation, DatabaseError, InterfaceError):
        return None


def _framed(request: Request, answer: HttpResponse) -> HttpResponse:
    """The answer with the headers that every answer has."""
    secure = request.is_secure()
    if secure not in FRAMES:
        FRAMES[secure] = _frame(request)
    for name, value in FRAMES[secure].items():
        answer.headers[name] = value
    return answer


FRAMES: dict[bool, dict[str, str]] = {}  # by whether the way to the reader is encrypted


def _frame(request: Request) -> dict[str, str]:
    """What the middlewares that are not asked would have written: they are asked once."""
    answer = HttpResponse()
    for kind in (CSPMiddleware, SecurityMiddleware, XFrameOptionsMiddleware):
        kind(lambda _request: answer).process_response(request, answer)
    del answer.headers["Content-Type"]
    return {**answer.headers, "Content-Length": "0", "Vary": "Cookie"}
