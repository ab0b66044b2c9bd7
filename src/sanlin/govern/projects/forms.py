from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanlin.commons.orgs.models import Membership
from sanlin.ground.accounts.models import Account
from sanlin.ground.files import PaperField, PapersField, PhotoField
from sanlin.ground.ui.fields import FenField
from sanlin.kernel.budget import Line
from sanlin.kernel.packs import Rules

from .models import Circle, PaperKind, Project
from .models.project import kinds
from .rules import Answers, Asked, Flows, Move, child_faults

MOST_PEOPLE = 1_000_000
PHOTOS = 3


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), min_length=4, max_length=200)


class StopForm(ReasonForm):
    breach = forms.BooleanField(label=_("属于违约，按办法禁报"), required=False)


class RefundForm(forms.Form):
    amount = FenField(label=_("退回金额（元）"))


class PapersForm(forms.Form):
    """The photos or files of one receipt, before it is filled in."""

    papers = PapersField(
        label=_("照片或文件"),
        help_text=_(
            "可一次选几张；照片、PDF、OFD、XML都行，每个不超过10 MB。电子发票会自动读出号码和金额。"
        ),
    )


class SlipForm(forms.Form):
    """What a receipt says, apart from its lines."""

    number = forms.CharField(
        label=_("票据号码"), help_text=_("没有号码的收据留空。"), max_length=40, required=False
    )
    code = forms.CharField(
        label=_("发票代码"),
        help_text=_("只有老式发票才有，10或12位；没有就留空。"),
        max_length=20,
        required=False,
    )
    day = forms.DateField(
        label=_("开票日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    payee = forms.CharField(label=_("收款方"), max_length=60)
    face = FenField(
        label=_("票面金额（元）"),
        help_text=_("只报销其中一部分时填写，全部报销可留空。"),
        required=False,
    )
    answer = forms.CharField(
        label=_("对退回意见的说明"), max_length=200, required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, answers: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not answers:
            del self.fields["answer"]

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split()).upper()


class SlipLineForm(forms.Form):
    """One line of a receipt; a line left empty is none."""

    head = forms.ChoiceField(label=_("支出科目"))
    what = forms.CharField(label=_("买了什么"), max_length=60)
    unit_price = FenField(label=_("单价（元）"))
    quantity = forms.IntegerField(
        label=_("数量"),
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, heads: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["head"].choices = [("", _("请选择")), *heads]  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """The head alone makes no line: the one of the line above is offered."""
        return bool(set(self.changed_data) - {"head", "quantity"})


class _SlipLines(forms.BaseFormSet):  # type: ignore[type-arg]
    def initial_form_count(self) -> int:
        return 0 if self.is_bound else super().initial_form_count()

    def clean(self) -> None:
        if not any(self.errors) and not self.lines():
            raise forms.ValidationError(_("请至少写一行明细"))

    def lines(self) -> tuple[Line, ...]:
        """The lines that are filled in, in their order."""
        return tuple(
            Line(**form.cleaned_data)
            for form in self.forms
            if form.is_valid() and form.has_changed()
        )


MOST_LINES = 20


def slip_lines(
    data: Any, rules: Rules, planned: set[str], initial: list[dict[str, Any]], more: int = 1
) -> _SlipLines:
    """The lines of a receipt to fill in, with `more` empty ones below `initial`."""
    usable = [(head.key, head.name) for head in rules.heads if not head.forbidden]
    first = [pair for pair in usable if pair[0] in planned]
    rest = [pair for pair in usable if pair[0] not in planned]
    heads: list[Any] = [(_("预算里的科目"), first)] if first else []
    made: Any = forms.formset_factory(
        SlipLineForm,
        formset=_SlipLines,
        extra=more,
        max_num=MOST_LINES,
        absolute_max=MOST_LINES + 5,
        validate_max=True,
    )
    bound: _SlipLines = made(
        data,
        # What was offered and sent back as it was is filled in too.
        initial=initial if data is None else None,
        prefix="lines",
        form_kwargs={"heads": [*heads, (_("其他科目（须先申请变更）"), rest)]},
    )
    return bound


class JudgeForm(forms.Form):
    """Accepting a receipt that others look like."""

    judged = forms.CharField(
        label=_("为什么不是重复"), min_length=4, max_length=200, required=False
    )


class ScanForm(forms.Form):
    """The signed copy as a photo or PDF, and whose signatures stand on it."""

    paper = PaperField(label=_("扫描件"), help_text=_("照片或PDF，拍全签字和盖章，不超过10 MB。"))
    parties = forms.MultipleChoiceField(
        label=_("纸面上已签字盖章的各方"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(party.value, party.label) for party in parties]
        self.fields["parties"].choices = choices  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    """A signed paper as a photo or PDF, and of a confirmation how many signed it."""

    what = forms.ChoiceField(label=_("哪一种材料"), choices=PaperKind.choices)
    paper = PaperField(label=_("照片或PDF"), help_text=_("拍全签字和日期，一页一张，不超过10 MB。"))
    people = forms.IntegerField(
        label=_("签字的受益人数"),
        help_text=_("只有受益居民确认书要填：这一份上有几位受益人签字。"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("what") == PaperKind.CONFIRMATION and "people" in said and not said["people"]:
            self.add_error("people", _("请写明有多少位受益人签字"))
        return said


class CheckScanForm(forms.Form):
    fits = forms.ChoiceField(
        label=_("核对结果"),
        choices=[
            ("yes", _("与系统里的协议一致，签字盖章齐全")),
            ("no", _("不一致或不清楚")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("核对意见"), help_text=_("不一致时写明理由。"), max_length=200, required=False
    )


class CheckPaperForm(CheckScanForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("yes", _("与纸面原件一致，签字清楚")), ("no", _("不一致或不清楚"))]
        self.fields["fits"].choices = choices  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """What a team asks to change; one move between heads at a time is enough for a phone."""

    reason = forms.CharField(
        label=_("变更理由"), min_length=4, max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    source = forms.ChoiceField(label=_("从哪个科目调出"), required=False)
    target = forms.ChoiceField(label=_("调到哪个科目"), required=False)
    amount = FenField(label=_("调多少（元）"), required=False)
    source2 = forms.ChoiceField(label=_("再从哪个科目调出"), required=False)
    target2 = forms.ChoiceField(label=_("调到哪个科目"), required=False)
    amount2 = FenField(label=_("调多少（元）"), required=False)
    starts = forms.DateField(
        label=_("新的开始日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends = forms.DateField(
        label=_("新的结束日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    grant = FenField(
        label=_("资助金额减为（元）"), help_text=_("只能减少，不能增加。"), required=False
    )
    third = forms.CharField(label=_("丙方改为"), max_length=60, required=False)

    def __init__(self, *args: Any, project: Project, three: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = project.round.rules
        names = {head.key: head.name for head in rules.heads}
        sources = [("", _("不调整")), *((key, names.get(key, key)) for key in project.plan)]
        targets = [
            ("", _("不调整")),
            *((head.key, head.name) for head in rules.heads if not head.forbidden),
        ]
        for n in ("", "2"):
            self.fields[f"source{n}"].choices = sources  # type: ignore[attr-defined]
            self.fields[f"target{n}"].choices = targets  # type: ignore[attr-defined]
        if not three:
            del self.fields["third"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for n in ("", "2"):
            told = [bool(said.get(f"{name}{n}")) for name in ("source", "target", "amount")]
            if any(told) and not all(told):
                self.add_error(f"amount{n}", _("请写明从哪个科目调到哪个科目、多少钱"))
        return said

    def asked(self) -> Asked:
        """What was asked, as the verb takes it."""
        said = self.cleaned_data
        moves = tuple(
            Move(said[f"source{n}"], said[f"target{n}"], said[f"amount{n}"])
            for n in ("", "2")
            if said.get(f"amount{n}")
        )
        return Asked(
            said["reason"],
            moves,
            said["starts"],
            said["ends"],
            said["grant"],
            said.get("third", ""),
        )


class ChildForm(forms.Form):
    """A small round of a project's own: a handful of answers, all else comes from its pack and from
    the mother round. A draft (`keeps`) may still have answers that do not do."""

    name = forms.CharField(label=_("子项目轮次名称"), max_length=60)
    purpose = forms.CharField(
        label=_("想办成什么"),
        help_text=_("写给居民小组看，会公开，请勿写入姓名、电话等个人信息"),
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    head = forms.ChoiceField(label=_("用哪个科目的钱"))
    amount = FenField(
        label=_("一共拿出多少（元）"), help_text=_("从这一科目预留，不能超过它还剩的钱")
    )
    cap = FenField(label=_("每个小组最多多少（元）"))
    least = forms.IntegerField(
        label=_("至少几个小组申报"),
        min_value=1,
        max_value=500,
        help_text=_("申报的小组不到这个数，不能立项"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    decides = forms.ChoiceField(
        label=_("由谁决定"),
        choices=[
            ("score", _("评委打分：每份申报至少三位评委，例如母项目团队、居委、居民代表")),
            ("votes", _("居民投票：本居民区居民，每人至多选三组")),
            ("blend", _("评委打分和居民投票各占一半")),
        ],
        widget=forms.RadioSelect,
    )
    calls = forms.DateField(
        label=_("征集到哪一天"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends = forms.DateField(
        label=_("各小组做到哪一天"),
        help_text=_("不晚于母项目结束"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(
        self, *args: Any, project: Project, money: Flows, now: datetime, keeps: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.project, self.money, self.now, self.keeps = project, money, now, keeps
        names = {head.key: head.name for head in project.round.rules.heads}
        heads = [(key, names.get(key, key)) for key in project.plan]
        self.fields["head"].choices = heads  # type: ignore[attr-defined]

    def answers(self) -> Answers:
        """What was answered, as the verbs take it."""
        return Answers(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (self.keeps or self.errors):
            told = child_faults(self.project, Answers(**cleaned), now=self.now, money=self.money)
            for name, words in told.items():
                self.add_error(name, words)
        return cleaned


class LeastForm(forms.Form):
    """How many groups are enough after all."""

    least = forms.IntegerField(label=_("改为至少几个小组"), min_value=1, max_value=500)


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


class KindForm(forms.Form):
    kind = forms.ChoiceField(label=_("项目类型"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds()  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    projects: forms.ModelMultipleChoiceField[Project] = forms.ModelMultipleChoiceField(
        None, label=_("项目"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, circle: Circle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.objects.filter(round=circle.round_id).select_related("undertaking")
        self.fields["projects"].queryset = rows.exclude(circle=circle).order_by("number")  # type: ignore[attr-defined]
