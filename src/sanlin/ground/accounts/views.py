from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.ground.gate import can_be_known, gate, open_to_all
from sanlin.ground.http import Request

from .forms import PasswordForm
from .middleware import ACTING_FOR, ACTING_REASON


@open_to_all
def sign_in(request: Request) -> HttpResponse:
    """By name and password."""
    there = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(there, {request.get_host()}):
        there = "/"
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        account = authenticate(request, **form.cleaned_data)
        if account is not None:
            login(request, account)
            return redirect(there)
        form.add_error(None, _("登录名或密码不对，请再试一次"))
    return render(request, "accounts/sign_in.html", {"form": form})


@open_to_all
@require_POST
def sign_out(request: Request) -> HttpResponse:
    logout(request)
    return redirect("/")


@gate(can_be_known)
def me(request: Request) -> HttpResponse:
    """My account: what is kept of me, masked."""
    return render(request, "accounts/me.html")


@gate(can_be_known)
@require_POST
def stop_acting(request: Request) -> HttpResponse:
    """End acting for a resident at the desk."""
    request.session.pop(ACTING_FOR, None)
    request.session.pop(ACTING_REASON, None)
    return redirect("/")
