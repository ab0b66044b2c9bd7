"""What people type into more than one form, made clean in one way."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sanlin.kernel.money import BadAmount, fen

LARGEST = 10**12  # fen


class FenField(forms.CharField):
    """An amount in yuan as people type it; its clean value is whole fen, or None where empty."""

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)
        self.least = 0 if zero else 1

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = fen(text)
        except BadAmount as error:
            raise forms.ValidationError(_("请写成金额，例如 12000 或 1.2万")) from error
        if amount < self.least:
            raise forms.ValidationError(_("金额须大于零"))
        if amount > LARGEST:
            raise forms.ValidationError(_("金额不能超过100亿元"))
        return amount

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        whole, rest = divmod(value, 100)
        return f"{whole}.{rest:02d}" if rest else str(whole)
