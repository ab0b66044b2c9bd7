from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import residence
from sanlin.commons.places.models import Street

from .models import VoiceKind


def page_path(address: str) -> str:
    """The path of an address of ours, without what was asked there; nothing for any other.

    >>> page_path("/rounds/3/?q=x#y"), page_path("https://evil.example/"), page_path("//evil/x")
    ('/rounds/3/', '', '')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return parts.path[:200] if ours and parts.path.isprintable() else ""


class SpeakForm(forms.Form):
    """Whoever lives in a street speaks to that one; others choose among those with an officer."""

    kind = forms.ChoiceField(
        label=gettext_lazy("类型"), choices=VoiceKind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("想说的话"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("时间、地点和经过写得越清楚，办得越快。不要写别人的电话和门牌。"),
    )
    street = forms.ModelChoiceField(
        label=gettext_lazy("交给哪个街道"),
        queryset=Street.objects.none(),
        empty_label=gettext_lazy("请选择"),
    )
    contact = forms.CharField(
        label=gettext_lazy("联系方式"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("只有办理人员说明理由后才能查看，每次查看都会留下记录。"),
    )
    anonymous = forms.BooleanField(
        label=gettext_lazy("匿名提出（只凭回执号查答复）"), required=False
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2000)

    def __init__(self, *args: Any, who: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lives = residence(who)
        streets = Street.objects.filter(post__kind=PostKind.STREET_OFFICER).distinct()
        self.fields["street"].queryset = streets.order_by("code")  # type: ignore[attr-defined]
        if lives is not None:
            del self.fields["street"]
            self.home = lives.neighbourhood.street
        if not who.is_authenticated:
            del self.fields["anonymous"]

    def clean_page(self) -> str:
        return page_path(self.cleaned_data["page"])

    @property
    def chosen_street(self) -> Street:
        """The street it goes to, once the form is valid."""
        chosen: Street = self.cleaned_data.get("street") or self.home
        return chosen


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("答复"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    public = forms.BooleanField(label=gettext_lazy("同时公开这条答复"), required=False)
    gist = forms.CharField(
        label=gettext_lazy("公开的问题摘要"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("用自己的话写一句，不含姓名、电话和门牌。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("public") and not cleaned.get("gist"):
            self.add_error("gist", _("要公开，请先写一句问题摘要"))
        if not cleaned.get("public"):
            cleaned["gist"] = ""
        return cleaned


class ReceiptForm(forms.Form):
    receipt = forms.CharField(label=gettext_lazy("回执号"), max_length=20)

    def clean_receipt(self) -> str:
        return "".join(self.cleaned_data["receipt"].split()).replace("-", "").upper()


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("查看联系方式的理由"), max_length=200)
