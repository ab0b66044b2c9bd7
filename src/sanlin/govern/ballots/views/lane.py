"""The short way of a ballot: what a ballot that can be cast needs of a request, and nothing else.

On one evening very many cast at once. A ballot that can be cast asks for the token of the form, the
session, the account, the clock and the round, and is put in by the same rules as ever, together with
those that come at the same moment (docs/decisions/2026-11-22-ballots-together.md). Whatever is not so
plain (somebody acts for another, a token is old, a rule refuses, the database is away) is left
to the long way through all middlewares and `review`, where it is looked at anew and answered. So nothing
is decided here and no sentence is said here. A test holds both ways to the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware

from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.rounds.models import Window
from sanlin.govern.rounds.stages import VOTE
from sanlin.ground import clock
from sanlin.ground.accounts.session import ACTING, LENT
from sanlin.ground.accounts.store import of_sessions, sessions
from sanlin.ground.http import Request
from sanlin.ground.prepared import Given, Read
from sanlin.ground.together import Together
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

from .booth import handed_over, review, wish

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
    try:
        request.get_host()
        token.process_request(request)
        if token.process_view(request, review, (), {}) is not None or "verb" in request.POST:
            return None
        request.now = clock.now()
        return TOGETHER.do((request, pk))
    except (Refused, NotNow, SuspiciousOperation, DatabaseError, InterfaceError):
        return None


def _put_in_all(sent: Sequence[tuple[Request, int]]) -> list[HttpResponse | None]:
    """The answers to ballots that come together; None for each that is not plain."""
    _sign_in([request for request, _pk in sent])
    windows = {pk: WINDOW.kept(round=pk) for pk in {pk for _request, pk in sent}}
    wishes = [_wish(request, windows[pk]) for request, pk in sent]
    ballots = iter(actions.cast_together([told for told in wishes if told], now=clock.now()))
    answers = []
    for (request, _pk), told in zip(sent, wishes, strict=True):
        ballot = next(ballots) if told else None
        done = handed_over(request, told.round, ballot) if told and ballot else None
        answers.append(done and _framed(request, done))
    return answers


TOGETHER = Together(_put_in_all)


def _sign_in(requests: Sequence[Request]) -> None:
    """Who is there, as the middlewares would find out for each."""
    keys = [request.COOKIES.get(settings.SESSION_COOKIE_NAME, "") for request in requests]
    for request, session in zip(requests, sessions(keys), strict=True):
        request.session = session
    known = of_sessions([request.session for request in requests])
    for request, account in zip(requests, known, strict=True):
        request.by = account


def _wish(request: Request, window: Window | None) -> actions.Wish | None:
    """The ballot that somebody wants to put in; None where that is not plain."""
    account, session = request.by, request.session
    if account is None or ACTING in session or LENT in session:
        return None
    request.user = account
    if window is None or rules.roll_of(window.round) is None:
        return None
    window.round.roll.closes = window.closes
    ready = queries.read_ready(account, window.round, request.POST.get("ready", ""))
    return wish(request, window.round, ready) if ready else None


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
