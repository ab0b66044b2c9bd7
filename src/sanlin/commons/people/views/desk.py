"""With a resident at the desk: a look at what is masked, and acting in her name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sanlin.commons.people import actions, rules
from sanlin.commons.people.forms import ActForm, LookForm
from sanlin.commons.people.models import Resident
from sanlin.ground.accounts.session import ACTING
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.verdict import Refused

WHOM = ("account", "neighbourhood__street")


@gate(rules.can_unmask, Resident, having=WHOM)
@never_cache
def unmask(request: Request, resident: Resident) -> HttpResponse:
    """A masked value, once, for a reason; each look is written down. The answer is kept nowhere."""
    form, seen = LookForm(request.POST or None), ""
    if form.is_valid():
        told = form.cleaned_data
        try:
            seen = actions.unmask(
                resident, told["field"], reason=told["reason"], by=request.by, now=request.now
            )
        except Refused as no:
            form.add_error("reason", str(no))
    shown = {"form": form, "resident": resident, "seen": seen, "looked": form.is_valid()}
    return render(request, "people/unmask.html", shown)


@gate(rules.can_act_for, Resident, having=WHOM)
def act(request: Request, resident: Resident) -> HttpResponse:
    """Begin to act for a resident who is present."""
    form = ActForm(request.POST or None)
    if form.is_valid() and (
        begun := done(request, form, actions.act_for, resident, reason=form.cleaned_data["reason"])
    ):
        request.session[ACTING] = begun.pk
        rotate_token(request)  # what is open in another tab was meant in one's own name
        messages.success(request, _("代办已开始，30分钟后自动结束"))
        return redirect("/")
    return render(request, "people/act.html", {"form": form, "resident": resident})
