from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PasswordForm(forms.Form):
    username = forms.CharField(label=_("登录名"), max_length=60)
    password = forms.CharField(label=_("密码"), max_length=200, widget=forms.PasswordInput)
