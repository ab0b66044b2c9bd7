from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from .models import Neighbourhood


class DateInput(forms.DateInput):
    input_type = "date"


class RenameForm(forms.Form):
    name = forms.CharField(label=_("新名称"), max_length=60)
    day = forms.DateField(label=_("从哪天起"), widget=DateInput)


class FoundForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60)
    code = forms.CharField(
        label=_("区划代码"),
        help_text=_("12位数字，以街道的代码开头"),
        max_length=12,
        validators=[RegexValidator(r"^\d{12}\Z", _("请填12位数字"))],
    )
    day = forms.DateField(label=_("设立日期"), widget=DateInput)

    def __init__(self, *args: Any, street_code: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.street_code = street_code

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code.startswith(self.street_code):
            raise forms.ValidationError(
                _("请以街道的代码%(code)s开头"), params={"code": self.street_code}
            )
        return code


class EstateForm(forms.Form):
    name = forms.CharField(label=_("小区名称"), max_length=60)


class MoveEstateForm(EstateForm):
    place = forms.ModelChoiceField(Neighbourhood.objects.none(), label=_("居民区"))

    def __init__(self, *args: Any, places: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["place"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # told to the type checker
        field.queryset = places
