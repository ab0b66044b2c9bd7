from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Neighbourhood
from sanlin.ground.accounts.forms import PhoneField
from sanlin.ground.accounts.models import Account
from sanlin.ground.pii import mark

from .models import GrowthStage, OrganisationKind, Particulars


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **options)


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类型"), choices=OrganisationKind.choices)
    neighbourhood = forms.ModelChoiceField(
        Neighbourhood.objects.none(), label=_("居民区"), empty_label=_("全街道")
    )
    number = forms.CharField(label=_("登记或备案号"), max_length=40, required=False)
    founded = day_field(_("成立日期"), required=False)
    dissolved = day_field(_("注销日期"), required=False)

    def __init__(self, *args: Any, places: Any, whole_street: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["neighbourhood"]
        field.queryset, field.required = places, not whole_street

    def particulars(self) -> Particulars:
        return Particulars(**self.cleaned_data)


class PersonForm(forms.Form):
    """Somebody with an account, known by name and phone together."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = PhoneField(help_text=_("用登记时的手机号，和姓名一起核对"))
    day = day_field(_("从哪天起"))

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("name") and told.get("phone"):
            found = Account.objects.filter(phone_mark=mark(told["phone"]), name=told["name"])
            self.account = found.first()
            if self.account is None:
                self.add_error("phone", _("没有登记这个姓名和手机号，请先登记这位居民"))
        return told


class EndForm(forms.Form):
    day = day_field(_("退出日期"))


class GrowthForm(forms.Form):
    stage = forms.ChoiceField(label=_("阶段"), choices=GrowthStage.choices)
    day = day_field(_("达到日期"))
    evidence = forms.CharField(
        label=_("依据"),
        help_text=_("例如会议记录、备案号、登记证书号"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Neighbourhood.objects.none(), label=_("并入哪个居民区"))
    day = day_field(_("从哪天起"))

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["into"]
        field.queryset = places
