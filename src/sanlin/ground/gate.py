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
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from .http import Request
from .verdict import ALLOWED, Verdict, denied

View = Callable[..., HttpResponse]
Rule = Callable[..., Verdict]


def gate(
    rule: Rule, model: type[Model] | None = None, *, having: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """Guard a view with `rule(who, thing, now=…)`; `having` names rows to load with the thing.

    The address names the thing by `pk`; the view gets the thing instead.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, **kwargs: Any) -> HttpResponse:
            things: tuple[Model, ...] = ()
            if model is not None:
                rows: QuerySet[Model] = model._default_manager.select_related(*having)
                things = (get_object_or_404(rows, pk=kwargs.pop("pk")),)
            verdict = rule(request.by, *things, now=request.now)
            if not verdict and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not verdict:
                raise PermissionDenied(verdict.reason)
            return view(request, *things, **kwargs)

        guarded.gate, guarded.guards = rule, model  # type: ignore[attr-defined]
        return guarded

    return decorate


def open_to_all(view: View) -> View:
    """Say that an address needs no gate."""
    view.gate = open_to_all  # type: ignore[attr-defined]
    return view


def can_be_known(who: Any, *things: Model, now: Any) -> Verdict:
    """Anybody who is signed in."""
    return ALLOWED if who.is_authenticated else denied(_("请先登录"))
