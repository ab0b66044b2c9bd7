"""What a field says of what was typed: the house's own sentences, in one place for every form.

Django's fields keep such a sentence by a code on their class, its validators on the class or in a
mapping. Both are read when a fault is found or a field is made, so it is enough to put ours there
once, before any form is. A field that knows better still says its own (`error_messages`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

_AGAIN = _("这里没有您选的这一项，请重新选")
_SEVERAL = {
    "required": _("请至少选一项"),
    "invalid_choice": _AGAIN,
    "invalid_list": _AGAIN,
    "invalid_pk_value": _AGAIN,
    "list": _AGAIN,
}

FIELDS: dict[type, dict[str, Any]] = {
    forms.Field: {"required": _("请填写这一项")},
    forms.BooleanField: {"required": _("请先勾选这一项")},
    forms.ChoiceField: {"required": _("请选一项"), "invalid_choice": _AGAIN},
    forms.MultipleChoiceField: _SEVERAL,
    forms.ModelChoiceField: {"required": _("请选一项"), "invalid_choice": _AGAIN},
    forms.ModelMultipleChoiceField: _SEVERAL,
    forms.IntegerField: {"invalid": _("请填整数，例如 12")},
    forms.DecimalField: {"invalid": _("请填数字，例如 12.5")},
    forms.DateField: {"invalid": _("没有这一天；请按年-月-日填写，例如 2024-05-20")},
    forms.TimeField: {"invalid": _("请填24小时制的时间，例如 09:30")},
    forms.DateTimeField: {"invalid": _("请填日期和时间，例如 2024-05-20 09:30")},
    forms.FileField: {
        "required": _("请选一个文件"),
        "missing": _("请选一个文件"),
        "invalid": _("文件没有传上来，请重新选一次"),
        "empty": _("这个文件是空的，请另选一个"),
        "max_length": _("文件名太长，请改短了再传"),
    },
    BaseFormSet: {
        "missing_management_form": _("这一页没有传完整，请刷新后再填一次"),
        "too_many_forms": ngettext_lazy("最多%(num)d行", "最多%(num)d行", "num"),
        "too_few_forms": ngettext_lazy("至少%(num)d行", "至少%(num)d行", "num"),
    },
}
MESSAGES: dict[type, Any] = {
    validators.MaxLengthValidator: ngettext_lazy(
        "最多%(limit_value)d个字，现在有%(show_value)d个",
        "最多%(limit_value)d个字，现在有%(show_value)d个",
        "limit_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "至少%(limit_value)d个字，现在有%(show_value)d个",
        "至少%(limit_value)d个字，现在有%(show_value)d个",
        "limit_value",
    ),
    validators.MaxValueValidator: _("不能大于%(limit_value)s"),
    validators.MinValueValidator: _("不能小于%(limit_value)s"),
    validators.RegexValidator: _("格式不对，请再看一下"),
    validators.ProhibitNullCharactersValidator: _("有一个看不见的字符存不下来，请删掉重写"),
    validators.FileExtensionValidator: _("这里不收这种文件，可以用：%(allowed_extensions)s"),
}


def speak() -> None:
    """Puts the house's sentences in the place of the framework's."""
    for kind, sentences in FIELDS.items():
        kind.default_error_messages = {  # type: ignore[attr-defined]  # all of them have it
            **getattr(kind, "default_error_messages", {}),
            **sentences,
        }
    for validator, sentence in MESSAGES.items():
        validator.message = sentence  # type: ignore[attr-defined]
