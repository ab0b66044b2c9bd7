from __future__ import annotations

import sys
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import translate_url
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.ground import outage
from sanlin.ground.clock import local_day, set_demo_time
from sanlin.ground.gate import open_to_all
from sanlin.ground.http import Request, ours, say_no

from . import gallery as gallery_samples
from .context import ELDER
from .words import day

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    return ours(request.POST.get("next", ""))


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
@require_POST
def demo_clock(request: Request) -> HttpResponse:
    """Put a demonstration's clock ahead by days, or to nine in the morning of a day."""
    if not settings.DEMO:
        raise Http404
    to = _wanted(request)
    if to is None:
        messages.error(request, _("请填写2000年到2100年之间的一天，例如2024-03-05"))
    else:
        set_demo_time(to)
        messages.success(request, _("演示时间已拨到%(day)s") % {"day": day(to, full=True)})
    return redirect(_back(request))


def _wanted(request: Request) -> datetime | None:
    days = request.POST.get("days", "")
    if days in {"1", "7"}:
        return request.now + timedelta(days=int(days))
    try:
        there = parse_date(request.POST.get("day", ""))
    except ValueError:
        return None
    if there is None or not 2000 <= there.year <= 2100:
        return None
    if there == local_day(request.now):
        return request.now
    return timezone.make_aware(datetime.combine(there, time(9)))


@open_to_all
def gallery(request: Request) -> HttpResponse:
    """Every part of the kit in every state, at the phone's density or the desk's."""
    show = {
        "frame": "desk" if request.GET.get("frame") == "desk" else "phone",
        "nothing": gallery_samples.SAMPLE_TABLE.read(request, gallery_samples.some_rows().none()),
        **gallery_samples.samples(request.now),
    }
    rows = gallery_samples.some_rows()
    return gallery_samples.SAMPLE_TABLE.answer(request, rows, "ui/gallery.html", show)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say_no(
        request, _("提交的内容太大或不完整，没有收下。请分开提交，或换小一点的文件。"), 400
    )


def no_permission(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say_no(request, str(exception) or _("此页不对您开放。"), 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return say_no(request, _("没有这个页面，可能已经移走或写错了地址。"), 404)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return say_no(request, _("页面停留太久，请返回上一页，刷新后再提交一次。"), 403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something is wrong with the house itself, or its database is out of reach for a while."""
    if outage.is_outage(sys.exc_info()[1]):
        return outage.page(request, perhaps_done=getattr(request, "answered", False))
    return say_no(request, _("系统出错了，没有改动任何内容。请稍后再试，或告诉工作人员。"), 500)
