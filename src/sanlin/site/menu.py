"""What the frame of a page offers to whom. Pages below do not know it; the kit asks by setting."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.people.rules import posts_of
from sanlin.ground.http import Request

Door = tuple[str, str]  # address, words


def menu(request: Request) -> list[Door]:
    """The header: the doors that this person may use."""
    doors = [(reverse("portal:home"), _("首页"))]
    if posts_of(request.user, now=request.now):
        doors.append((reverse("desk:home"), _("工作台")))
    return doors


def side(request: Request) -> list[tuple[str, list[Door]]]:
    """The left of the desk: what waits, and the rounds of my streets."""
    return [(_("今天"), [(reverse("desk:home"), _("等我办理"))])]


def foot(request: Request) -> list[Door]:
    """The footer: doors of every page."""
    return []
