"""What the header offers to whom. Pages below do not know it; the kit asks for it by setting."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.people.rules import posts_of
from sanlin.ground.http import Request


def menu(request: Request) -> list[tuple[str, str]]:
    """(address, words) of the doors that this person may use."""
    doors = [(reverse("portal:home"), _("首页"))]
    if posts_of(request.user, now=request.now):
        doors.append((reverse("desk:home"), _("工作台")))
    return doors
