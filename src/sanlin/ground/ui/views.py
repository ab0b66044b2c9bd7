from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.ground.gate import open_to_all
from sanlin.ground.http import Request, say_no

from .context import ELDER

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    there = request.POST.get("next", "/")
    return there if url_has_allowed_host_and_scheme(there, {request.get_host()}) else "/"


@open_to_all
@require_POST
def elder(request: Request) -> HttpResponse:
    """Switch the large reading on or off, on this device."""
    answer = redirect(_back(request))
    answer.set_cookie(ELDER, "1" if request.POST.get("elder") == "1" else "0", max_age=YEAR)
    return answer


@open_to_all
@require_POST
def language(request: Request) -> HttpResponse:
    """Switch the language, on this device; an unknown one changes nothing."""
    wanted = request.POST.get("language", "")
    answer = redirect(_back(request))
    if wanted in dict(settings.LANGUAGES):
        answer = redirect(translate_url(_back(request), wanted))
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR)
    return answer


@open_to_all
def gallery(request: Request) -> HttpResponse:
    """Every part of the kit in every state."""
    return render(request, "ui/gallery.html")


def no_permission(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say_no(request, str(exception) or _("此页不对您开放。"), 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say_no(request, _("没有这个页面，可能已经移走或写错了地址。"), 404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return say_no(request, _("页面停留太久，请返回上一页，刷新后再提交一次。"), 403)


def broken(request: HttpRequest) -> HttpResponse:
    return say_no(request, _("系统出错了，没有改动任何内容。请稍后再试，或告诉工作人员。"), 500)
