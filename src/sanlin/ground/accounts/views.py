from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sanlin.ground.gate import can_be_known, gate, open_to_all
from sanlin.ground.http import Request, ours
from sanlin.ground.journal.models import Unmasking
from sanlin.ground.pii import Sealed, mark
from sanlin.ground.verdict import Refused

from . import actions, rules, session, sms
from .forms import CodeForm, NewPasswordForm, NewPhoneForm, PasswordForm, PhoneForm
from .kept import kept_of
from .middleware import leave_desk
from .models import Account, Assistance
from .phones import plain

BY_MODEL = "django.contrib.auth.backends.ModelBackend"
LOOKS = 50  # how many of the latest looks at one's own data the page lists


def _next(request: Request) -> str:
    """Where to go after signing in: a page of this house, the front door otherwise."""
    return ours(request.GET.get("next", ""))


def _with_next(request: Request, name: str) -> str:
    there = _next(request)
    return reverse(name) + (f"?{urlencode({'next': there})}" if there != "/" else "")


def _login_name(typed: str) -> str:
    """The login name of whoever typed that name, or the phone of her account.

    A phone that nobody has goes on as its mark: the log of failures keeps no number.
    """
    phone = plain(typed)
    if not phone:
        return typed
    known = Account.objects.filter(Q(username=typed) | Q(phone_mark=mark(phone))).first()
    return known.username if known else f"phone:{mark(phone)[:20]}"


@open_to_all
@never_cache
@sensitive_post_parameters()
def sign_in(request: Request) -> HttpResponse:
    """By name and password."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        account = authenticate(
            request,
            username=_login_name(form.cleaned_data["username"]),
            password=form.cleaned_data["password"],
        )
        if account is not None:
            login(request, account)
            session.forget_asked(request)
            return redirect(_next(request))
        form.add_error(None, _("登录名或密码不对，请再试一次"))
    page = {"form": form, "by_code": _with_next(request, "accounts:phone")}
    return render(request, "accounts/sign_in.html", page)


@open_to_all
@never_cache
@sensitive_post_parameters()
def phone(request: Request) -> HttpResponse:
    """By a code, first page: which phone. The answer is the same for every number."""
    if request.user.is_authenticated:
        return redirect(_next(request))
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        try:
            _send(request, form.cleaned_data["phone"])
            return redirect(_with_next(request, "accounts:code"))
        except Refused as no:
            form.add_error(None, str(no))
    page = {
        "form": form,
        "ready": sms.is_set_up(),
        "by_password": _with_next(request, "accounts:sign_in"),
    }
    return render(request, "accounts/phone.html", page)


def _send(request: Request, number: str) -> None:
    code = actions.send_code(number, now=request.now)
    session.remember_asked(request, number, shown=code if sms.shows() else "")


@open_to_all
@never_cache
@sensitive_post_parameters()
def code(request: Request) -> HttpResponse:
    """By a code, second page: the code. A newcomer goes on to introduce herself."""
    asked = session.asked(request)
    if request.user.is_authenticated or not asked:
        there = _next(request)
        return redirect(
            there if request.user.is_authenticated else _with_next(request, "accounts:phone")
        )
    again = "again" in request.POST
    form = CodeForm(None if again else request.POST or None)
    if again:
        try:
            _send(request, asked.reveal())
            messages.success(request, _("验证码已重新发送"))
            return redirect(_with_next(request, "accounts:code"))
        except Refused as no:
            messages.warning(request, str(no))
    elif form.is_valid():
        if actions.take_code(asked.reveal(), form.cleaned_data["code"], now=request.now):
            return _enter(request, asked)
        form.add_error("code", _("验证码不对、已用过或已超过5分钟，请再看一下，或重新发送"))
    page = {
        "form": form,
        "phone": asked,
        "shown": _shown(request),
        "other": _with_next(request, "accounts:phone"),
    }
    return render(request, "accounts/code.html", page)


def _shown(request: Request) -> str:
    """The code on the page of a demonstration; nothing anywhere else."""
    return str(request.session.get(session.SHOWN, "")) if sms.shows() else ""


def _enter(request: Request, phone: Sealed) -> HttpResponse:
    """The phone is proved: sign its account in, or let a newcomer introduce herself."""
    session.forget_asked(request)
    account = Account.objects.filter(phone_mark=mark(phone.reveal())).first()
    if account is None:
        session.remember_proved(request, phone.reveal())
        return redirect(settings.NEWCOMERS)
    if not account.is_active:
        messages.error(request, _("这个账号已停用，请联系居委"))
        return redirect(_with_next(request, "accounts:sign_in"))
    login(request, account, backend=BY_MODEL)
    return redirect(_next(request))


@open_to_all
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session; an assistance at the desk ends with it."""
    _stop_acting(request)
    logout(request)
    return redirect("/")


@gate(rules.can_keep_account)
@never_cache
def me(request: Request) -> HttpResponse:
    """My account: what is kept of me, masked, who looked at it, and who acted for me."""
    account = request.by
    kept = kept_of(account, now=request.now)
    subjects = [f"{account._meta.label}:{account.pk}"]
    subjects += [subject for one in kept for subject in one.subjects]
    looks = Unmasking.objects.filter(subject__in=subjects).select_related("by").order_by("-pk")
    helped = Assistance.objects.filter(person_id=account.pk).select_related("hand").order_by("-pk")
    page = {"kept": kept, "looks": looks[:LOOKS], "helped": helped[:LOOKS]}
    return render(request, "accounts/me.html", page)


@gate(rules.can_keep_account)
@never_cache
@sensitive_post_parameters()
def password(request: Request) -> HttpResponse:
    """Choose a new password."""
    form = NewPasswordForm(request.POST or None, account=request.by)
    if form.is_valid():
        actions.change_password(
            form.cleaned_data["new"], by=request.by, now=request.now, key=request.key
        )
        update_session_auth_hash(request, request.by)
        messages.success(request, _("密码已改好，其他设备上的登录已退出"))
        return redirect("accounts:me")
    return render(request, "accounts/password.html", {"form": form})


@gate(rules.can_keep_account)
@never_cache
@sensitive_post_parameters()
def new_phone(request: Request) -> HttpResponse:
    """Another phone for one's account, first page: which."""
    form = NewPhoneForm(request.POST or None, account=request.by)
    if form.is_valid():
        try:
            _send(request, form.cleaned_data["phone"])
            return redirect("accounts:new_phone_code")
        except Refused as no:
            form.add_error(None, str(no))
    page = {"form": form, "ready": sms.is_set_up()}
    return render(request, "accounts/new_phone.html", page)


@gate(rules.can_keep_account)
@never_cache
@sensitive_post_parameters()
def new_phone_code(request: Request) -> HttpResponse:
    """Second page: the code that was sent to the new phone."""
    asked = session.asked(request)
    if not asked:
        return redirect("accounts:new_phone")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            if not actions.take_code(asked.reveal(), form.cleaned_data["code"], now=request.now):
                raise Refused(_("验证码不对、已用过或已超过5分钟，请再看一下，或重新发送"))
            actions.change_phone(asked.reveal(), by=request.by, now=request.now)
            session.forget_asked(request)
            messages.success(request, _("手机号已改好"))
            return redirect("accounts:me")
        except Refused as no:
            form.add_error("code", str(no))
    page = {"form": form, "phone": asked, "shown": _shown(request)}
    return render(request, "accounts/new_phone_code.html", page)


@gate(can_be_known)
@require_POST
def stop_acting(request: Request) -> HttpResponse:
    """End acting for a resident at the desk."""
    _stop_acting(request)
    messages.success(request, _("代办已结束，现在以您本人的名义办理"))
    return redirect("/")


def _stop_acting(request: Request) -> None:
    if session.ACTING not in request.session and session.LENT not in request.session:
        return
    standing = Assistance.objects.filter(pk=request.session.get(session.ACTING, 0)).first()
    if standing is not None and getattr(request.by, "hand", None) is not None:
        actions.stop_acting(standing, by=request.by, now=request.now)
    leave_desk(request)
