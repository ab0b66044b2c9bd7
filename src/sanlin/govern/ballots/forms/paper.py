"""What is written down about a booth: place and shifts, who is looked for, seals, counts, words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Booth, Shift
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day

A_RUN = 200  # sheets that are written down at once
LONGEST_KEY = 18  # digits; no row has a longer one, and no database takes it


class BoothForm(forms.Form):
    """Name, place, and whose booth it is."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("如：潍坊二村投票站"))
    place = forms.CharField(
        label=_("地点"),
        max_length=100,
        help_text=_("写到门口找得到，如：潍坊二村58号居委会一楼大厅"),
    )
    neighbourhood = forms.ModelChoiceField(
        Neighbourhood.objects.none(),
        label=_("服务范围"),
        required=False,
        empty_label=_("全街道的选民"),
        help_text=_("选了居民区，就只接待这个居民区的选民。"),
    )

    def __init__(self, round: Round, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["neighbourhood"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # as written above
        rows = Neighbourhood.objects.filter(street=round.street_id).on(local_day(now))
        field.queryset = rows.order_by("code")
        if round.rules.vote.own_community_only:
            field.required, field.empty_label = True, _("请选")
            field.help_text = _("本轮各居民区的选票不同，每个站属于一个居民区。")

    @property
    def told(self) -> tuple[str, str, Neighbourhood | None]:
        """(name, place, neighbourhood)."""
        told = self.cleaned_data
        return told["name"].strip(), told["place"].strip(), told["neighbourhood"]


class Names(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no brackets at run time
    """People by name, each with where she holds a post, so that namesakes are told apart."""

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if len(str(one)) > LONGEST_KEY:
                words = self.error_messages["invalid_choice"]
                raise ValidationError(words, "invalid_choice", {"value": "…"})
        return super().clean(value)

    def label_from_instance(self, obj: Any) -> str:
        held = {str(post.neighbourhood or post.street) for post in obj.held}
        return f"{obj.name}（{'、'.join(sorted(held))}）"  # data


class ShiftForm(forms.Form):
    """When the booth is open, and who is on duty then."""

    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    starts = forms.TimeField(
        label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    officers = Names(
        Account.objects.none(),
        label=_("值班人员"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("至少两人。参加投票的项目的负责人不在名单里。"),
        error_messages={"required": _("请选值班人员，至少两人")},
    )

    def __init__(
        self, booth: Booth, *args: Any, shift: Shift | None = None, now: datetime, **kwargs: Any
    ) -> None:
        if shift is not None:
            there = timezone.localtime(shift.starts)
            kwargs["initial"] = {
                "day": there.date(),
                "starts": there.time(),
                "ends": timezone.localtime(shift.ends).time(),
                "officers": [duty.account_id for duty in shift.duties.all()],
            }
        super().__init__(*args, **kwargs)
        field = self.fields["officers"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  # as written above
        field.queryset = rules.fit_for_duty(booth.round, now=now)

    @property
    def told(self) -> tuple[datetime, datetime, list[Account]]:
        """(starts, ends, officers), at the hours of the street."""
        told = self.cleaned_data

        def at(name: str) -> datetime:
            return timezone.make_aware(datetime.combine(told["day"], told[name]))

        return at("starts"), at("ends"), list(told["officers"])


class SheetsForm(forms.Form):
    """How many new sheets."""

    sheets = forms.IntegerField(
        label=_("张数"),
        min_value=1,
        max_value=A_RUN,
        help_text=_("一次最多%(n)s张；不够再领。") % {"n": A_RUN},
    )


class SealForm(forms.Form):
    """The number of a seal."""

    seal = forms.CharField(
        label=_("封条编号"), max_length=20, help_text=_("字母、数字和短横，如A-0012。")
    )


class IncidentForm(forms.Form):
    """What has happened, without naming anybody."""

    words = forms.CharField(
        label=_("情况"),
        min_length=4,
        max_length=200,
        help_text=_("写时间、经过和怎么处理；不写选民的姓名、门牌和投了什么。"),
    )


class FindForm(forms.Form):
    """Who stands at the table: a name with one more thing that only she has, or the code on her phone.

    It is posted: what identifies a person stands in no address.
    """

    name = forms.CharField(
        label=_("姓名"), max_length=60, error_messages={"required": _("请填姓名，或扫投票码")}
    )
    clue = forms.CharField(
        label=_("室号、手机尾号4位或出生日期8位"),
        max_length=20,
        help_text=_("三样里有一样就行，如301、0004、19520304。"),
        error_messages={"required": _("请再填室号、手机尾号或出生日期中的一项")},
    )
    use_required_attribute = False


class CodeForm(forms.Form):
    """The code that a voter shows on her phone, instead of all that."""

    code = forms.CharField(
        label=_("选民手机上的投票码"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("用扫码枪对准即可；用手机的相机拍码，会直接打开找人的页面。"),
    )


class UnmarkForm(forms.Form):
    """Why a mark was wrong."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=2,
        max_length=100,
        help_text=_("会写进票站簿，如：同名记错；不写姓名和门牌。"),
    )


class CloseForm(forms.Form):
    """What was counted when the booth closed."""

    unused = forms.IntegerField(label=_("未用的空白票（张）"), min_value=0, max_value=99_999)
    in_box = forms.IntegerField(
        label=_("票箱里的票（张）"),
        min_value=0,
        max_value=99_999,
        help_text=_("开箱只数张数，票面朝下，不看不记选了什么；数完当场重新封箱。"),
    )
    seal = forms.CharField(
        label=_("封箱的封条编号"), max_length=20, help_text=_("字母、数字和短横，如A-0012。")
    )
    note = forms.CharField(
        label=_("情况说明"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("张数对不上时必须写；不写选民的姓名和门牌。"),
    )

    @property
    def told(self) -> tuple[int, int, str, str]:
        """(unused, in the box, seal, words)."""
        told = self.cleaned_data
        return told["unused"], told["in_box"], told["seal"].strip(), told["note"]
