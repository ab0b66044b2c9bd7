from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sanlin.commons.orgs.models import Organisation
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.rounds.models import Round
from sanlin.ground.files import PhotoField
from sanlin.ground.ui.fields import FenField
from sanlin.ground.verdict import Verdict
from sanlin.kernel.budget import Line
from sanlin.kernel.money import LARGEST
from sanlin.kernel.packs import Rules

from .models import Answer, Content, Result

NEW_TEAM = "new"
MOST_LINES = 40
MOST_UNITS = 100_000


class Words(forms.CharField):
    """Text as it is kept: one kind of line break, one form of every character."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


class Later:
    """A field that handing in asks for, while a draft may leave it empty: see rules.missing."""

    required: bool

    def validate(self, value: Any) -> None:
        self.required = False
        super().validate(value)  # type: ignore[misc]
        self.required = True


class WordsLater(Later, Words):
    pass


class ChoiceLater(Later, forms.ChoiceField):
    pass


def _long(
    label: Any, most: int, help_text: Any = "", rows: int = 8, kind: type[Words] = WordsLater
) -> Words:
    return kind(
        label=label,
        max_length=most,
        required=kind is WordsLater,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class Day(Later, forms.DateField):
    """A calendar day; its clean value is ISO text, empty where none was given."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        return day.isoformat() if isinstance(day, date) else ""


class TeamSelect(forms.RadioSelect):
    """Teams to pick from; `barred` are those that cannot be."""

    barred: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **more)
        if str(value) in self.barred:
            option["attrs"]["disabled"] = True
        return option


class BeginForm(forms.Form):
    """For which team, and for which neighbourhood. A team that may not apply stands there with the
    sentence why, and cannot be picked."""

    team = forms.ChoiceField(label=_("哪个团队申报"), widget=TeamSelect)
    name = Words(
        label=_("新团队的名称"),
        max_length=80,
        required=False,
        help_text=_("只在新成立居民团队时填写"),
    )
    place = forms.ModelChoiceField(
        label=_("在哪个居民区"),
        queryset=Neighbourhood.objects.none(),
        required=False,
        empty_label=_("请选择"),
        help_text=_("新成立的团队，以及不属于某个居民区的组织，请选择"),
    )

    def __init__(
        self,
        *args: Any,
        round: Round,
        teams: list[Organisation],
        barred: Mapping[int, Verdict],
        may_found: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(team.pk): team for team in teams}
        self.barred = {str(key): why.reason for key, why in barred.items()}
        self.can_begin = may_found or len(self.barred) < len(self.teams)
        choices: list[tuple[str, Any]] = [
            (key, self.barred.get(key, str(team))) for key, team in self.teams.items()
        ]
        choices += [(NEW_TEAM, _("新成立一个居民团队，我做负责人"))] if may_found else []
        team = self.fields["team"]
        place = self.fields["place"]
        assert isinstance(team, forms.ChoiceField)  # noqa: S101
        assert isinstance(place, forms.ModelChoiceField)  # noqa: S101
        team.choices = choices
        team.widget.barred = self.barred
        place.queryset = Neighbourhood.objects.filter(street=round.street_id).order_by("code")
        if not may_found:
            del self.fields["name"]
        if not may_found and all(team.neighbourhood_id for team in teams):
            del self.fields["place"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = given.get("team")
        if chosen in self.barred:
            self.add_error("team", self.barred[chosen])
        team = self.teams.get(chosen or "")
        if team is not None and team.neighbourhood_id:
            given["place"] = team.neighbourhood
        elif chosen and not given.get("place") and "place" not in self.errors:
            self.add_error("place", _("请选择居民区"))
        if chosen == NEW_TEAM and not given.get("name") and "name" not in self.errors:
            self.add_error("name", _("请写新团队的名称"))
        return given


class StepForm(forms.Form):
    """One topic of a proposal. `values` are what `actions.PARTS` names for its step."""

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.use_required_attribute = False

    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class TitleForm(StepForm):
    title = WordsLater(label=_("名称"), max_length=60)
    summary = WordsLater(
        label=_("一句话介绍"),
        max_length=120,
        help_text=_("邻居在列表和选票上先看到这一句"),
    )
    tier = ChoiceLater(label=_("申报类别"), widget=forms.RadioSelect)
    theme = ChoiceLater(label=_("主题"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = [(tier.key, f"{tier.name}：{tier.aim}") for tier in self.rules.tiers]  # data
        themes = [(theme.key, theme.name) for theme in self.rules.themes]
        for name, choices in (("tier", tiers), ("theme", themes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = choices
            if not choices:
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        return {"tier": "", "theme": "", **self.cleaned_data}


class NeedForm(StepForm):
    need = _long(_("需求"), 2000, _("发现了什么问题，问过多少人，大家怎么说"))


class GoalsForm(StepForm):
    goals = _long(_("目标"), 2000, _("做成以后会有什么不同，怎样看得出来"))
    beneficiaries = WordsLater(
        label=_("谁受益"),
        max_length=200,
        help_text=_("哪些人，大约多少户或多少人；不要写个人姓名和住址"),
    )


class PlanForm(StepForm):
    plan = _long(_("计划"), 4000, _("分几步，每步什么时候、谁来做"), rows=10)
    starts = Day(label=_("开始日期"))
    ends = Day(label=_("结束日期"))


class FundsForm(StepForm):
    own_funds = FenField(
        label=_("自筹金额（元）"),
        required=False,
        zero=True,
        help_text=_("居民、团队和伙伴自己出的钱"),
    )
    partners = _long(_("合作伙伴"), 1000, _("谁一起做，出钱、出物还是出力"), rows=4, kind=Words)

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "own_funds": self.cleaned_data["own_funds"] or 0}


class LineForm(forms.Form):
    """One line of the budget; a line left empty is none."""

    head = forms.ChoiceField(label=_("支出科目"))
    what = Words(label=_("用途"), max_length=60)
    unit_price = FenField(label=_("单价（元）"), zero=True)
    quantity = forms.IntegerField(label=_("数量"), min_value=1, max_value=MOST_UNITS)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        head = self.fields["head"]
        assert isinstance(head, forms.ChoiceField)  # noqa: S101
        head.choices = [
            ("", _("请选择")),
            *((head.key, head.name) for head in rules.heads if not head.forbidden),
        ]

    def clean_unit_price(self) -> int:
        price: int = self.cleaned_data["unit_price"]
        if not 0 < price <= LARGEST // MOST_UNITS:
            raise forms.ValidationError(_("单价须大于0，不超过100万元"))
        return price


class _Lines(forms.BaseFormSet):  # type: ignore[type-arg]
    def initial_form_count(self) -> int:
        """Every posted line counts as new, so that one made empty is one taken away."""
        return 0 if self.is_bound else super().initial_form_count()

    def lines(self) -> tuple[Line, ...]:
        """The lines that are filled in rightly, in their order."""
        return tuple(
            Line(**form.cleaned_data)
            for form in self.forms
            if form.is_valid() and form.has_changed()
        )


def lines_formset(data: Any, content: Content, rules: Rules, more: int = 2) -> _Lines:
    """The budget as lines to fill in; `more` empty ones below those that are there."""
    made = forms.formset_factory(
        LineForm,
        formset=_Lines,
        extra=min(more, max(MOST_LINES - len(content.lines), 0)),
        max_num=MOST_LINES,
        absolute_max=MOST_LINES + 10,
        validate_max=True,
    )
    initial = [
        {
            "head": line.head,
            "what": line.what,
            "unit_price": line.unit_price,
            "quantity": line.quantity,
        }
        for line in content.lines
    ]
    lines: _Lines = made(
        data, initial=None if data else initial, prefix="lines", form_kwargs={"rules": rules}
    )  # type: ignore[assignment]
    return lines


class PhotoForm(forms.Form):
    """One photo, from the camera or from the album."""

    camera = PhotoField(label=_("拍一张"), required=False, camera=True)
    album = PhotoField(
        label=_("或从相册里选一张"),
        required=False,
        help_text=_("JPEG、PNG或WebP，不超过10 MB；拍摄地点等信息会自动去掉"),
    )
    caption = Words(
        label=_("照片说明"), max_length=60, required=False, help_text=_("不要写个人姓名和住址")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not (given.get("camera") or given.get("album")):
            self.add_error("camera", _("还没有拍照片，也没有选照片"))
        return given


class ScreeningForm(forms.Form):
    """The pack's checks, the reasons of refusal, and the conclusion."""

    result = forms.ChoiceField(label=_("结论"), choices=Result.choices, widget=forms.RadioSelect)
    refusals = forms.MultipleChoiceField(
        label=_("不予受理理由"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = _long(_("说明"), 1000, _("团队会看到；不要写个人姓名和住址"), rows=4, kind=Words)
    double = Words(
        label=_("对疑似重复资助的判断"),
        help_text=_("通过审查时必须写明为什么不是重复。"),
        max_length=200,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        rules: Rules,
        appealed: bool = False,
        doubles: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not doubles:
            del self.fields["double"]
        self.checks = () if appealed else rules.checks
        for check in self.checks:
            self.fields[f"check_{check.code}"] = forms.ChoiceField(
                label=check.text,
                choices=Answer.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请判断这一项")},
            )
            self.fields[f"note_{check.code}"] = Words(
                label=_("对这一项的说明"), max_length=200, required=False
            )
        refusals, result = self.fields["refusals"], self.fields["result"]
        assert isinstance(refusals, forms.MultipleChoiceField)  # noqa: S101
        assert isinstance(result, forms.ChoiceField)  # noqa: S101
        refusals.choices = [(refusal.code, refusal.text) for refusal in rules.refusals]
        if appealed:
            del self.fields["refusals"]
            result.choices = [one for one in Result.choices if one[0] != Result.RETURN]

    def check_fields(self) -> list[tuple[Any, Any, bool]]:
        """(answer, note, whether it may be corrected) of every check."""
        return [
            (self[f"check_{check.code}"], self[f"note_{check.code}"], check.correctable)
            for check in self.checks
        ]


class AppealForm(forms.Form):
    text = Words(label=_("申诉理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8}))


class AdviceForm(forms.Form):
    text = Words(
        label=_("建议"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("团队会看到；不要写个人姓名和住址"),
    )


STEP_FORMS: dict[str, type[StepForm]] = {
    "title": TitleForm,
    "need": NeedForm,
    "goals": GoalsForm,
    "plan": PlanForm,
    "funds": FundsForm,
}
