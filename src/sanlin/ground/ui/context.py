from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

ELDER = "elder"  # cookie: the large reading of every page


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs to know."""
    known = hasattr(request, "by") and hasattr(request, "now")
    return {
        "elder": request.COOKIES.get(ELDER) == "1",
        "menu": import_string(settings.MENU)(request) if known else [],
        "now": getattr(request, "now", None),
        "by": getattr(request, "by", None),
        "demo": settings.DEMO,
        "registration": settings.REGISTRATION,
    }
