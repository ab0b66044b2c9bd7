"""In whose name a request acts: one's own, or a resident's who stands at the desk."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.ground.http import Request, say_no

from .models import Assistance
from .session import ACTING, LENT

SAFE = {"GET", "HEAD", "OPTIONS"}
Answer = Callable[[Request], HttpResponse]


def name_the_hand(get_response: Answer) -> Answer:
    """Middleware: set `request.by`; at the desk it is the resident, with the worker as its hand.

    An assistance that has run out ends here. What was then sent for the resident is not done in the
    worker's own name instead: it is not done at all.
    """

    def middleware(request: Request) -> HttpResponse:
        request.by = request.user
        acting = request.session.get(ACTING)
        if acting is None:
            return get_response(request)
        standing = (
            Assistance.objects.standing(now=request.now)
            .filter(pk=acting, hand_id=request.user.pk, person__is_active=True)
            .select_related("person")
            .first()
        )
        if standing is not None:
            person = standing.person
            person.hand, person.hand_reason = request.user, standing.reason
            request.by = person
            return get_response(request)
        leave_desk(request)
        words = _("代办已满30分钟，自动结束。没有以居民名义再办理任何事项。")
        leaving = {reverse("accounts:stop_acting"), reverse("accounts:sign_out")}
        if request.method not in SAFE and request.path not in leaving:
            return say_no(request, words, 409)
        messages.info(request, words)
        return get_response(request)

    return middleware


def leave_desk(request: Request) -> None:
    """Forget the assistance, and make every form that is still open in another tab worthless."""
    request.session.pop(ACTING, None)
    request.session.pop(LENT, None)
    rotate_token(request)
