"""Every view stands behind a gate: load the thing, ask the rule, then enter.

A gate without a model asks its rule about nothing but the person. Whoever is not signed in is sent
to sign in first, and comes back; whoever is, reads the rule's sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.urls import resolve
from django.utils.translation import gettext as _

from .http import Request
from .prepared import Given, Read
from .verdict import ALLOWED, Verdict, denied

View = Callable[..., HttpResponse]
Rule = Callable[..., Verdict]


def gate(
    rule: Rule, model: type[Model] | None = None, *, having: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """Guard a view with `rule(who, thing, now=…)`; `having` names rows to load with the thing.

    The address names the thing by `pk`; the view gets the thing instead.
    """

    known = model and _reader(model, having)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, **kwargs: Any) -> HttpResponse:
            things: tuple[Model, ...] = ()
            if known is not None:
                thing = known(kwargs.pop("pk"))
                if thing is None:
                    raise Http404
                things = (thing,)
            verdict = rule(request.by, *things, now=request.now)
            if not verdict and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not verdict:
                raise PermissionDenied(verdict.reason)
            return view(request, *things, **kwargs)

        guarded.gate, guarded.guards = rule, model  # type: ignore[attr-defined]
        return guarded

    return decorate


def _reader(model: type[Model], having: tuple[str, ...]) -> Callable[[Any], Model | None]:
    """Loads one thing by its key, with the rows of `having`; None where there is none.

    A key may be more than the column holds; such a row cannot be.
    """

    def rows() -> QuerySet[Model]:
        return model._default_manager.select_related(*having).filter(pk=Given("pk"))

    read = Read(rows)
    return lambda pk: read.one(pk=pk) if not isinstance(pk, int) or pk <= LARGEST_KEY else None


LARGEST_KEY = 2**63 - 1


def open_to_all(view: View) -> View:
    """Say that an address needs no gate."""
    view.gate = open_to_all  # type: ignore[attr-defined]
    return view


def lets_in(href: str, who: Any, *things: Model, now: Any) -> bool:
    """Whether the gate before one of our own addresses would let this person in to these things,
    so that no page offers a door that is shut."""
    rule = resolve(href).func.gate  # type: ignore[attr-defined]
    return rule is open_to_all or bool(rule(who, *things, now=now))


def can_be_known(who: Any, *things: Model, now: Any) -> Verdict:
    """Anybody who is signed in."""
    return ALLOWED if who.is_authenticated else denied(_("请先登录"))
