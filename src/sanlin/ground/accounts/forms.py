from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from .models import Account
from .phones import plain


class PhoneField(forms.CharField):
    """A mobile number in any of the ways in which people write one; cleans to eleven digits."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("手机号"))
        options.setdefault("max_length", 30)
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value))

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if typed and not plain(typed):
            raise forms.ValidationError(_("请写11位手机号码，例如 139 开头的号码"))
        return plain(typed)


class PasswordForm(forms.Form):
    username = forms.CharField(
        label=_("登录名或手机号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PhoneForm(forms.Form):
    phone = PhoneField(
        help_text=_("我们会发一条短信，里面有6位验证码。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class OldPasswordForm(forms.Form):
    """The password that an account has, before anything about it changes."""

    old = forms.CharField(
        label=_("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        if not account.has_usable_password():
            del self.fields["old"]

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.account.check_password(old):
            raise forms.ValidationError(_("现在的密码不对"))
        return old


class NewPhoneForm(OldPasswordForm):
    """The new phone, and the password where there is one."""

    phone = PhoneField(
        label=_("新手机号"),
        help_text=_("我们会发一条短信，里面有6位验证码。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("6位验证码"),
        max_length=12,
        strip=True,
        error_messages={"invalid": _("验证码是6位数字，请再看一下短信")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 6}
        ),
    )

    def clean_code(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["code"]).strip()


class NewPasswordForm(OldPasswordForm):
    """The old password where there is one, the new one twice."""

    new = forms.CharField(
        label=_("新密码"),
        max_length=200,
        strip=False,
        help_text=_("至少8位，不要只用数字，不要用太常见的密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再写一遍新密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.account)
        return new

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise forms.ValidationError(_("两次写的新密码不一样"))
        return again
