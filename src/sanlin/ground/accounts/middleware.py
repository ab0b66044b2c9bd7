"""In whose name a request acts: one's own, or a resident's who stands at the desk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from sanlin.ground.http import Request

from .models import Account

ACTING_FOR = "acting_for"  # session keys, set by the desk's verb and cleared by its end
ACTING_REASON = "acting_reason"


def name_the_hand(
    get_response: Callable[[Request], HttpResponse],
) -> Callable[[Request], HttpResponse]:
    """Middleware: set `request.by`; at the desk it is the resident, with the worker as its hand."""

    def middleware(request: Request) -> HttpResponse:
        request.by = request.user
        principal = request.session.get(ACTING_FOR) if request.user.is_authenticated else None
        if principal:
            resident = Account.objects.filter(pk=principal, is_active=True).first()
            if resident:
                resident.hand = request.user  # type: ignore[assignment]
                resident.hand_reason = request.session.get(ACTING_REASON, "")
                request.by = resident
        return get_response(request)

    return middleware
