"""One's own wish about messages before a vote closes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from sanlin.govern.ballots import actions, rules
from sanlin.ground.accounts import sms
from sanlin.ground.gate import gate
from sanlin.ground.http import Request


@gate(rules.can_choose_reminders)
@require_http_methods(["GET", "HEAD", "POST"])
def my_reminders(request: Request) -> HttpResponse:
    """Whether messages remind me of a vote that I have not cast."""
    if request.method == "POST":
        if request.POST.get("want") == "yes":
            actions.take_reminders(by=request.by, now=request.now, key=request.key)
            messages.success(request, _("以后会收到短信提醒"))
        else:
            actions.stop_reminders(by=request.by, now=request.now, key=request.key)
            messages.success(request, _("已退订，不会再收到短信提醒"))
        return redirect("ballots:reminders")
    shown = {
        "who": request.by,
        "declines": rules.declines(request.by),
        "ready": sms.is_set_up(),
        "can_change_phone": request.by.hand is None,
    }
    return render(request, "ballots/reminders.html", shown)
