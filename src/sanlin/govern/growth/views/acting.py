"""What every page with a verb does with a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from sanlin.ground.http import Request, done

PROJECT = (
    "round__street",
    "undertaking__organisation",
    "undertaking__neighbourhood",
    "award__proposal",
    "circle",
)


def through(prefix: str) -> tuple[str, ...]:
    """What a page loads of a project that hangs on another row."""
    return tuple(f"{prefix}__{name}" for name in PROJECT)


@dataclass(frozen=True)
class Deed:
    """What a form of a page does: the verb, what it is given out of a valid form, the words after."""

    form: Form
    verb: Callable[..., Any]
    given: Callable[[], tuple[Any, ...]]
    words: str


def asked(request: Request, verb: str) -> Any:
    """What was sent to the form that names this verb; None for every other form of the page."""
    sent = request.method == "POST" and request.POST.get("verb", "") == verb
    return request.POST if sent else None


def turn(request: Request, deeds: Iterable[Deed], where: str) -> HttpResponse | None:
    """Do the one deed whose form was sent and is right, and go on; None where a page is to be shown."""
    for one in deeds:
        if one.form.is_bound and one.form.is_valid():
            if done(request, one.form, one.verb, *one.given()):
                messages.success(request, one.words)
                return redirect(where)
            return None
    return None
