from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanlin.commons.orgs.models import Membership
from sanlin.ground.accounts.models import Account
from sanlin.ground.files import PaperField, PhotoField
from sanlin.kernel.money import BadAmount, fen
from sanlin.kernel.packs import Rules

from .models import Circle, Project

MOST_PEOPLE = 1_000_000
PHOTOS = 3


class FenField(forms.CharField):
    """An amount in yuan as people type it; its clean value is whole fen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = fen(text)
        except BadAmount as error:
            raise forms.ValidationError(_("请写成金额，例如 12000 或 1.2万")) from error
        if not amount:
            raise forms.ValidationError(_("金额须大于零"))
        return amount


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200)


class StopForm(ReasonForm):
    breach = forms.BooleanField(label=_("属于违约，按办法禁报"), required=False)


class RefundForm(forms.Form):
    amount = FenField(label=_("退回金额（元）"))


class SlipForm(forms.Form):
    """A receipt: the photo first, then what it says."""

    paper = PaperField(
        label=_("照片或PDF"), help_text=_("拍清楚号码、日期、收款方和金额；不超过10 MB。")
    )
    number = forms.CharField(label=_("票据号码"), max_length=40)
    day = forms.DateField(
        label=_("开票日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    payee = forms.CharField(label=_("收款方"), max_length=60)
    head = forms.ChoiceField(label=_("支出科目"))
    what = forms.CharField(label=_("用途"), max_length=60)
    amount = FenField(label=_("金额（元）"))
    quantity = forms.IntegerField(
        label=_("数量"),
        help_text=_("按人天等计价的科目填写，其他填1。"),
        min_value=1,
        max_value=100_000,
        initial=1,
    )

    def __init__(self, *args: Any, rules: Rules, planned: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = [(head.key, head.name) for head in rules.heads if not head.forbidden]
        first = [pair for pair in usable if pair[0] in planned]
        rest = [pair for pair in usable if pair[0] not in planned]
        groups: list[Any] = [(_("预算里的科目"), first)] if first else []
        self.fields["head"].choices = [*groups, (_("其他科目"), rest)]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()


class ReportForm(forms.Form):
    text = forms.CharField(
        label=_("做了什么、有什么变化"),
        help_text=_("会公开，请勿写入姓名、电话等个人信息。"),
        min_length=10,
        max_length=4000,
        widget=forms.Textarea,
    )
    activities = forms.IntegerField(label=_("活动次数"), min_value=0, max_value=10_000)
    people = forms.IntegerField(label=_("参与人次"), min_value=0, max_value=MOST_PEOPLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, PHOTOS + 1):
            self.fields[f"photo{n}"] = PhotoField(label=_("照片%(n)s") % {"n": n}, required=False)

    def photos(self) -> list[Any]:
        """The photos that were sent, as pictures."""
        sent = (self.cleaned_data.get(f"photo{n}") for n in range(1, PHOTOS + 1))
        return [photo for photo in sent if photo]


class ReviewForm(forms.Form):
    mark = forms.IntegerField(label=_("评分（0到100）"), min_value=0, max_value=100)
    note = forms.CharField(
        label=_("评语"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class CircleForm(forms.Form):
    name = forms.CharField(label=_("小组名称"), max_length=30)
    leader: forms.ModelChoiceField[Account] = forms.ModelChoiceField(
        None, label=_("组长"), required=False, empty_label=_("暂不指定")
    )

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = Membership.objects.filter(
            organisation__in=projects.values("undertaking__organisation"),
            leads=True,
            until__isnull=True,
        )
        people = Account.objects.filter(pk__in=leaders.values("account")).order_by("name", "pk")
        self.fields["leader"].queryset = people  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    projects: forms.ModelMultipleChoiceField[Project] = forms.ModelMultipleChoiceField(
        None, label=_("项目"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, circle: Circle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.filter(round=circle.round_id).select_related("undertaking")
        self.fields["projects"].queryset = rows.exclude(circle=circle).order_by("number")  # type: ignore[attr-defined]
