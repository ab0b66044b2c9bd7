from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.models import Round
from sanlin.ground.ui.fields import FenField


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=120, min_length=4)


class ConsentForm(forms.Form):
    """Where the method counts whole ballots, an officer has to know what publishing them tells."""

    consent = forms.BooleanField(label=_("我已知晓，同意不记名公布整张选票"))


class SourceForm(forms.Form):
    source = forms.CharField(
        label=_("公开号码的来源"),
        help_text=_("写明日期和号码，例如“6月1日公布的双色球开奖号码”。指定后不能更改。"),
        max_length=120,
        min_length=6,
    )


class NumberForm(forms.Form):
    number = forms.RegexField(
        r"^[0-9A-Za-z-]{1,60}$",
        label=_("公开号码"),
        help_text=_("只写数字、字母和连字符，例如 03-11-17-22-28-31-09。填写后不能更改。"),
        max_length=60,
        error_messages={"invalid": _("只能写数字、字母和连字符")},
    )


class RivalsForm(ReasonForm):
    proposals: forms.ModelMultipleChoiceField[Proposal] = forms.ModelMultipleChoiceField(
        None, label=_("互斥的提案"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("proposals", "reason")

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposals"].queryset = admitted(round).order_by("number")  # type: ignore[attr-defined]


class PremiseForm(ReasonForm):
    proposal: forms.ModelChoiceField[Proposal] = forms.ModelChoiceField(
        None, label=_("哪个提案"), empty_label=_("请选择")
    )
    needs: forms.ModelChoiceField[Proposal] = forms.ModelChoiceField(
        None,
        label=_("只有哪个提案立项，它才能立项"),
        empty_label=_("请选择"),
    )
    field_order = ("proposal", "needs", "reason")

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("proposal", "needs"):
            self.fields[name].queryset = admitted(round).order_by("number")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("proposal") and told["proposal"] == told.get("needs"):
            self.add_error("needs", _("不能以自己为前提"))
        return told


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("您认为哪里不对"),
        help_text=_("请写明事实和依据；不会公布您的姓名。"),
        max_length=1000,
        min_length=8,
        widget=forms.Textarea,
    )


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("结论"),
        choices=[("reject", _("不成立，项目继续")), ("uphold", _("成立"))],
        widget=forms.RadioSelect,
    )
    grant = FenField(
        label=_("更正后的金额（元）"),
        help_text=_("异议成立时填写；不填即取消立项。"),
        zero=True,
        required=False,
    )
    answer = forms.CharField(
        label=_("答复"),
        help_text=_("答复会公布，请勿写入姓名、电话等个人信息。"),
        max_length=1000,
        min_length=4,
        widget=forms.Textarea,
    )


class DrawForm(forms.Form):
    """The dice, and what the sample is to find."""

    digits = forms.RegexField(
        r"^\s*[0-9 ]{6,60}\s*$",
        label=_("骰子数字"),
        max_length=60,
        help_text=_("请到场的人轮流掷骰子，至少6个数字，按掷出的先后填写。填写后不能再改。"),
        error_messages={"invalid": _("请填6到40个数字，只要数字")},
    )
    margin = forms.IntegerField(
        label=_("要发现的票差"),
        min_value=1,
        help_text=_("不能比上面算出的大；想查得更细，可以填小一些，要抽的票就更多。"),
    )
    limit = forms.TypedChoiceField(
        label=_("风险上限"),
        coerce=int,
        choices=((100, "10%"), (50, "5%"), (10, "1%")),
        help_text=_("录入真有这么大的错、而抽样没有发现的可能，至多这么大。"),
    )

    def clean_digits(self) -> str:
        return "".join(self.cleaned_data["digits"].split())
