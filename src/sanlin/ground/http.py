"""The request as every view sees it: somebody, at some moment, with a key for repeats."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sanlin.kernel.machine import NotNow

from . import outage
from .verdict import Refused

logger = logging.getLogger("sanlin.outage")


class Request(HttpRequest):
    """`now` is set once a request; `by` is the person in whose name it acts; `key` is its form's."""

    now: datetime
    by: Any  # an Account, or Django's AnonymousUser; accounts stands above this room
    key: str
    here: str  # the page to which this one belongs in the frame, where it is another
    answered: bool  # whether the view had done its work before the middlewares around it finished


TROUBLE = 500
LONGEST_ADDRESS = 2000
Handler = Callable[[Request], HttpResponse]


def ours(address: str) -> str:
    """A page of this house that a request names, as path and query; anything else is the first."""
    known = address.startswith("/") and len(address) <= LONGEST_ADDRESS
    return address if known and url_has_allowed_host_and_scheme(address, None) else "/"


def say_no(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    """A page in plain words with a way on; never a bare status line."""
    return render(request, "ui/refused.html", {"reason": reason}, status=status)


class Refusals:
    """Middleware: a refusal that no view has shown beside its form becomes a page of its own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.key = request.POST.get("key", "")[:64] if request.method == "POST" else ""
        answer = self.get_response(request)
        request.answered = answer.status_code < TROUBLE
        return answer

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        if outage.is_outage(error):
            logger.error("the database is out of reach: %s", error)
            return outage.page(request)
        if isinstance(error, Refused):
            return say_no(request, str(error), 409)
        if isinstance(error, NotNow):
            return say_no(
                request, _("此事刚刚被他人处理，或尚未到时候；请回到上一页刷新后再看。"), 409
            )
        return None


def done(request: Request, form: Any, verb: Callable[..., Any], *args: Any, **kw: Any) -> Any:
    """Do the one verb of a form and give what it made, or True where that is nothing; a refusal
    becomes the form's own sentence, what was typed stays, and None is given."""
    try:
        return verb(*args, by=request.by, now=request.now, key=request.key, **kw) or True
    except Refused as no:
        form.add_error(None, str(no))
    except NotNow:
        form.add_error(None, _("刚刚有人处理过，请刷新后再看"))
    return None


def press(
    request: Request, where: str, done: str, verb: Callable[..., Any], *things: Any
) -> HttpResponse:
    """Do the one verb of a button and go back to `where`: with `done`, or with the refusal's
    sentence. For forms that hold nothing but a button, or whose input has been cleaned already."""
    try:
        verb(*things, by=request.by, now=request.now, key=request.key)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, done)
    return redirect(where)
