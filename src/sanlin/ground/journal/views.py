"""The public pages of the logs: checkpoints to keep, to hang up and to compare."""

from __future__ import annotations

import base64
from functools import lru_cache
from itertools import zip_longest

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from sanlin.ground.gate import open_to_all
from sanlin.ground.http import Request

from . import queries

SHOWN = 60  # checkpoints on the page; the text file has all of them


def _named(log: str) -> tuple[str, str]:
    """(title, where it leads back to) of a log; 404 for one that is not shown."""
    known: tuple[str, str] | None = import_string(settings.LOG_NAMES)(log)
    if known is None:
        raise Http404
    return known


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@open_to_all
@require_safe
def log_page(request: Request, log: str) -> HttpResponse:
    """The checkpoints of one log, newest first, and what to do with them."""
    title, back = _named(log)
    rows = list(queries.taken(log).order_by("-size")[: SHOWN + 1])
    pairs = [{"row": row, "older": older} for row, older in zip_longest(rows, rows[1:])]
    context = {"log": log, "title": title, "back": back, "rows": pairs[:SHOWN]}
    return render(request, "journal/log.html", context)


@open_to_all
@require_safe
def latest(request: Request, log: str) -> HttpResponse:
    """The newest checkpoint: three lines, for whoever fetches it every day."""
    _named(log)
    row = queries.taken(log).order_by("-size").first()
    if row is None:
        raise Http404
    return _plain(row.kept.text)


@open_to_all
@require_safe
def every(request: Request, log: str) -> HttpResponse:
    """All checkpoints, the oldest first, with an empty line between two."""
    _named(log)
    return _plain("\n".join(row.kept.text for row in queries.taken(log).order_by("size")))


@open_to_all
@require_safe
def poster(request: Request, log: str, lines: int) -> HttpResponse:
    """One checkpoint to print on A4 and hang up where everybody passes."""
    title, _back = _named(log)
    row = get_object_or_404(queries.taken(log), size=lines)
    hexed = bytes(row.root).hex()
    context = {
        "log": log,
        "title": title,
        "row": row,
        "groups": [hexed[at : at + 4] for at in range(0, len(hexed), 4)],
        "address": request.build_absolute_uri(reverse("journal:log", args=[log])),
    }
    return render(request, "journal/poster.html", context)


@open_to_all
@require_safe
def proof(request: Request, log: str, old: int, new: int) -> HttpResponse:
    """That the log of a checkpoint is the beginning of a later one: RFC 6962's hashes, one a line.

    Above them stand both checkpoints, so that the file is all that a check needs.
    """
    _named(log)
    rows = queries.taken(log)
    first, last = get_object_or_404(rows, size=old), get_object_or_404(rows, size=new)
    if old > new:
        raise Http404
    hashes = (base64.b64encode(one).decode() for one in _proof(log, old, new))
    return _plain("\n".join([first.kept.text, last.kept.text, *hashes, ""]))


@lru_cache(maxsize=256)
def _proof(log: str, old: int, new: int) -> list[bytes]:
    """Between two checkpoints nothing can change: whatever was found once is kept."""
    return queries.consistency(log, old, new)
