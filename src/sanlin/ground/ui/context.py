from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

ELDER = "elder"  # cookie: the large reading of every page
Door = tuple[str, str]  # address, words


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs to know.

    `menu` and `side` are doors with a third part, whether one stands in them; the side of the desk
    is asked for only by pages that show it. A page that staff and residents share extends `frame`:
    the desk's for whoever has a side there, the phone's for everybody else.
    """
    known = hasattr(request, "by") and hasattr(request, "now")
    side: Any = SimpleLazyObject(lambda: _side(request)) if known else []
    return {
        "elder": request.COOKIES.get(ELDER) == "1",
        "menu": _marked(request, _ask(settings.MENU, request)) if known else [],
        "foot": _ask(settings.FOOT, request) if known else [],
        "side": side,
        "frame": lambda: "ui/desk.html" if side else "ui/page.html",
        "now": getattr(request, "now", None),
        "by": getattr(request, "by", None),
        "demo": settings.DEMO,
        "registration": settings.REGISTRATION,
    }


def _ask(where: str, request: HttpRequest) -> Any:
    doors: Callable[[HttpRequest], Any] = import_string(where)
    return doors(request)


def _marked(request: HttpRequest, doors: list[Door]) -> list[tuple[str, str, bool]]:
    """The door one stands in is the one with the longest address that begins this one's, or that of
    the page to which this one belongs, where the doors have said so (`request.here`)."""
    path = getattr(request, "here", request.path)
    inside = [href for href, _words in doors if path.startswith(href) and href != "/"]
    here = max(inside, key=len, default="/" if path == "/" else "")
    return [(href, words, href == here) for href, words in doors]


def _side(request: HttpRequest) -> list[dict[str, Any]]:
    groups: list[tuple[str, list[Door]]] = _ask(settings.SIDE, request)
    marked = _marked(request, [door for _title, doors in groups for door in doors])
    here = {href: is_here for href, _words, is_here in marked}
    return [
        {"title": title, "doors": [(href, words, here[href]) for href, words in doors]}
        for title, doors in groups
    ]
