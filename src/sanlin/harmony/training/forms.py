from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Session


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )


class PlanForm(forms.Form):
    title = forms.CharField(label=_("题目"), max_length=60)
    programme = forms.CharField(
        label=_("内容安排"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    opens = _moment(_("开始时间"))
    closes = _moment(_("结束时间"))
    place = forms.CharField(label=_("地点"), max_length=60)
    seats = forms.IntegerField(label=_("名额"), min_value=1, max_value=2000, initial=40)
    round_name = forms.CharField(
        label=_("为哪一轮"), help_text=_("不是为某一轮办的，留空。"), max_length=60, required=False
    )


class CameForm(forms.Form):
    """Who was there and is not noted yet, and who is noted and was not."""

    came = forms.MultipleChoiceField(
        label=_("报了名、还没签到的"), required=False, widget=forms.CheckboxSelectMultiple
    )
    not_there = forms.MultipleChoiceField(
        label=_("已签到，其实没来的"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(session.signups.select_related("account"))
        self.signed, self.there = len(rows), sum(one.came for one in rows)
        for name, there in (("came", False), ("not_there", True)):
            choices = [(str(one.pk), one.account.name) for one in rows if one.came == there]
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def keys(self, name: str) -> list[int]:
        """Of the sign-ups that were ticked in one of the two lists."""
        return [int(key) for key in self.cleaned_data[name]]


class IdeaForm(forms.Form):
    text = forms.CharField(
        label=_("您的点子"), help_text=_("一句话，不写姓名；审看后上墙。"), max_length=100
    )


class QuestionForm(forms.Form):
    text = forms.CharField(label=_("想问专家什么"), max_length=200)


class TakeForm(forms.Form):
    owner = forms.CharField(label=_("谁来做（团队或部门）"), max_length=60)
    due = forms.DateField(
        label=_("何日前做到"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class FinishForm(forms.Form):
    word = forms.CharField(label=_("怎么落实的"), max_length=200)


class AdviceForm(forms.Form):
    expert = forms.CharField(label=_("哪位专家"), max_length=60)
    advice = forms.CharField(
        label=_("专家建议"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
