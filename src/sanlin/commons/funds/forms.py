from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanlin.commons.orgs.models import Organisation, OrganisationKind
from sanlin.commons.people.models import Post, PostKind
from sanlin.ground.accounts.forms import PhoneField
from sanlin.ground.accounts.models import Account
from sanlin.ground.pii import mark
from sanlin.ground.ui.fields import LARGEST, FenField
from sanlin.kernel.ledger import FEN, HOURS, POINTS, BadUnit, committee_faults, goods

from .models import Committee, DutyKind, Fund, Gift, Origin, SeatKind
from .rules import sentence

KINDS = (
    ("money", _("资金")),
    ("goods", _("实物")),
    (POINTS, _("积分")),
    (HOURS, _("服务时长（分钟）")),
)
OFFERED = [one for one in Origin.choices if one[0] not in {Origin.MATCH, Origin.SWEEP}]


class GiftForm(forms.Form):
    """What a source is about to bring: money, goods with their value, points or hours."""

    origin = forms.ChoiceField(label=_("来源"), choices=[("", _("请选择")), *OFFERED])
    name = forms.CharField(
        label=_("名称"), max_length=60, help_text=_("公开显示，例如“3号楼居民”；不写个人姓名。")
    )
    kind = forms.ChoiceField(label=_("捐什么"), choices=KINDS, initial="money")
    amount = FenField(label=_("金额（元）"), required=False, help_text=_("捐资金时填写。"))
    goods = forms.CharField(
        label=_("实物名称"), max_length=20, required=False, help_text=_("例如“大米(袋)”。")
    )
    quantity = forms.IntegerField(
        label=_("数量"),
        min_value=1,
        max_value=LARGEST,
        required=False,
        help_text=_("实物件数、积分或分钟数。"),
    )
    value = FenField(label=_("实物作价（元）"), required=False)
    phone = PhoneField(required=False, help_text=_("捐赠人有账号的，填手机号，本人可以查看。"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("捐赠单位"), required=False, empty_label=_("不填")
    )
    anonymous = forms.BooleanField(label=_("匿名，公开账目不显示名称"), required=False)

    def __init__(self, *args: Any, fund: Fund, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(street=fund.street_id).order_by("name")
        self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        self.giver = None
        if phone := told.get("phone"):
            self.giver = Account.objects.filter(phone_mark=mark(phone)).first()
            if self.giver is None:
                self.add_error("phone", _("没有登记这个手机号"))
        if told.get("kind") == "money":
            if "amount" not in self.errors and not told.get("amount"):
                self.add_error("amount", _("请填写金额"))
        elif "quantity" not in self.errors and not told.get("quantity"):
            self.add_error("quantity", _("请填写数量"))
        if told.get("kind") == "goods":
            try:
                goods(told.get("goods", ""))
            except BadUnit:
                self.add_error("goods", _("请填写实物名称，不超过20个字，不用符号"))
        return told

    @property
    def gift(self) -> Gift:
        told = self.cleaned_data
        kind = told["kind"]
        units = {"money": FEN, "goods": f"goods:{told['goods']}"}
        return Gift(
            origin=told["origin"],
            name=told["name"],
            amount=told["amount"] if kind == "money" else told["quantity"],
            unit=units.get(kind, kind),
            value=told["value"] if kind == "goods" else None,
            giver=self.giver,
            organisation=told["organisation"],
            anonymous=told["anonymous"],
        )


class MoneyArrivedForm(forms.Form):
    amount = FenField(label=_("实际到账（元）"))


class GoodsArrivedForm(forms.Form):
    amount = forms.IntegerField(label=_("实际到货数量"), min_value=1, max_value=LARGEST)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        min_length=4,
        max_length=180,
        help_text=_("写在冲销凭证上，任何人都能看到；不写个人信息。"),
    )


class RunningForm(forms.Form):
    what = forms.CharField(label=_("用途"), max_length=60)
    amount = FenField(label=_("金额（元）"))


class SweepForm(forms.Form):
    on = forms.DateField(
        label=_("结余清缴日"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("不填则不清缴。到这一天，未用的钱（应付款除外）划到区级资金池。"),
    )

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        return on


class DutyForm(forms.Form):
    """For every duty of a fund somebody of its place, or nobody: all of them in one go."""

    def __init__(self, *args: Any, fund: Fund, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Post.objects.on(today)
        mine = held.filter(kind=PostKind.STREET_OFFICER, street=fund.street_id or 0)
        mine |= held.filter(kind=PostKind.DISTRICT_ADMIN, district=fund.district_id)
        if fund.neighbourhood_id:
            mine |= held.filter(kind=PostKind.COMMITTEE_WORKER, neighbourhood=fund.neighbourhood_id)
        people = Account.objects.filter(pk__in=mine.values("account")).order_by("pk")
        self.people = {str(one.pk): one for one in people}
        choices = [("", _("不加人"))] + [(key, one.name) for key, one in self.people.items()]
        for kind, words in DutyKind.choices:
            self.fields[kind] = forms.ChoiceField(label=words, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        told = {kind: key for kind, key in self.cleaned_data.items() if key}
        if not told and not self.errors:
            raise forms.ValidationError(_("请至少为一个岗位选一个人"))
        return {kind: self.people[key] for kind, key in told.items()}


class SeatForm(forms.Form):
    """Somebody with an account, known by phone, and a seat."""

    phone = PhoneField(label=_("手机号"))
    kind = forms.ChoiceField(label=_("席位"), choices=SeatKind.choices)

    def clean_phone(self) -> Account:
        found = Account.objects.filter(phone_mark=mark(self.cleaned_data["phone"])).first()
        if found is None:
            raise forms.ValidationError(_("没有登记这个手机号"))
        return found


def _phones(text: str) -> list[str]:
    return text.replace("，", " ").replace(",", " ").replace("、", " ").split()


class CommunityFundForm(forms.Form):
    """A community fund: its host, its committee and who sits in."""

    name = forms.CharField(
        label=_("名称"),
        max_length=80,
        help_text=_("写法：依托机构名称＋社区名称＋慈善基金。"),
    )
    host = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("依托慈善组织"),
        empty_label=_("请选择"),
        help_text=_("社区基金没有自己的账户，钱放在依托机构的账户里。"),
    )
    members = forms.CharField(
        label=_("管委会委员手机号"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=400,
        help_text=_("至少5人，单数；每个手机号之间空一格。"),
    )
    supervisors = forms.CharField(label=_("监督员手机号"), max_length=200)

    def __init__(self, *args: Any, place: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(
            street=place.street_id, kind=OrganisationKind.REGISTERED, dissolved__isnull=True
        )
        self.fields["host"].queryset = rows.exclude(number="")  # type: ignore[attr-defined]

    def _people(self, name: str) -> tuple[Account, ...]:
        phones = _phones(self.cleaned_data[name])
        marks = {mark(phone): phone for phone in phones}
        found = {one.phone_mark: one for one in Account.objects.filter(phone_mark__in=marks)}
        missing = [phone for code, phone in marks.items() if code not in found]
        if missing:
            raise forms.ValidationError(
                _("没有登记手机号：%(phones)s"), params={"phones": "、".join(missing[:3])}
            )
        return tuple(found[code] for code in marks)

    def clean_members(self) -> tuple[Account, ...]:
        return self._people("members")

    def clean_supervisors(self) -> tuple[Account, ...]:
        return self._people("supervisors")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "members" in told and "supervisors" in told:
            for fault in committee_faults(len(told["members"]), len(told["supervisors"])):
                self.add_error(
                    "supervisors" if fault.code == "unsupervised" else "members", sentence(fault)
                )
        return told

    @property
    def committee(self) -> Committee:
        return Committee(self.cleaned_data["members"], self.cleaned_data["supervisors"])
