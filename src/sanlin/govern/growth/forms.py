from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanlin.commons.orgs.models import Membership, Organisation
from sanlin.commons.people.models import Post, PostKind
from sanlin.govern.projects.models import Circle, Report, ReportKind
from sanlin.govern.projects.models.project import kinds
from sanlin.govern.projects.stages import HANDED_IN
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules.book import said
from sanlin.govern.rounds.rules.faults import misread
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.files import PhotoField
from sanlin.kernel import scoring
from sanlin.kernel.packs import Field, Rules
from sanlin.kernel.packs.rules import PitchLine
from sanlin.kernel.packs.values import Misfit, from_officer

from .models import Came, JurorPart, Pitching, Wanted
from .rules import contradictions

PHOTOS = 2
ADVICE = 3
LONGEST_FIGURE = 60
JURORS = (
    PostKind.JUDGE,
    PostKind.COMMITTEE_WORKER,
    PostKind.STREET_OFFICER,
    PostKind.AUDITOR,
)


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def moment_field(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )


class PhotosForm(forms.Form):
    """A form that ends with a few photos."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, PHOTOS + 1):
            self.fields[f"photo{n}"] = PhotoField(
                label=gettext("照片%(n)s") % {"n": n}, required=False, camera=n == 1
            )

    def photos(self) -> list[Any]:
        """The photos that were sent, as pictures."""
        sent = (self.cleaned_data.get(f"photo{n}") for n in range(1, PHOTOS + 1))
        return [photo for photo in sent if photo]


class LeaderForm(forms.Form):
    leader: forms.ModelChoiceField[Account] = forms.ModelChoiceField(None, label=_("推荐组长"))

    def __init__(self, *args: Any, circle: Circle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = Membership.objects.filter(
            organisation__undertakings__project__round=circle.round_id,
            leads=True,
            until__isnull=True,
        )
        rows = Account.objects.filter(pk__in=leaders.values("account")).order_by("name", "pk")
        self.fields["leader"].queryset = rows  # type: ignore[attr-defined]


class MeetingForm(forms.Form):
    title = forms.CharField(label=_("议题"), max_length=60)
    at = moment_field(_("时间"))
    place = forms.CharField(label=_("地点"), max_length=60)


class NotesForm(PhotosForm):
    """Who came, one field a body; what was said; photos."""

    notes = forms.CharField(
        label=_("会议记录"),
        help_text=_("会公开，请勿写入姓名、电话等个人信息。"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, bodies: list[str], joint: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = bodies
        if joint:
            self.fields["notes"].help_text = gettext(
                "写明各方拿出来共享的组织、信息、服务，要一起解决的问题，谁去办、何时办好。"
                "会公开，请勿写入姓名、电话等个人信息。"
            )
        for n, body in enumerate(bodies):
            self.fields[f"came{n}"] = forms.IntegerField(
                label=gettext("%(who)s到会人数") % {"who": gettext(body) if joint else body},
                required=False,
                min_value=0,
                max_value=500,
            )
        names = [f"came{n}" for n in range(len(bodies))]
        self.order_fields([*names, "notes"])

    def came(self) -> list[Came]:
        """The bodies that came with somebody."""
        said = self.cleaned_data
        return [
            Came(body, said[f"came{n}"])
            for n, body in enumerate(self.bodies)
            if said.get(f"came{n}")
        ]


class AdviceFields(forms.Form):
    """Up to a few pieces of advice, each with its day."""

    words: Any = _("商定的建议%(n)s")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, ADVICE + 1):
            self.fields[f"advice{n}"] = forms.CharField(
                label=self.words % {"n": n}, max_length=200, required=False
            )
            self.fields[f"due{n}"] = day_field(gettext("何日前做到"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for n in range(1, ADVICE + 1):
            if cleaned.get(f"advice{n}") and not cleaned.get(f"due{n}"):
                self.add_error(f"due{n}", gettext("请填这条建议何日前做到"))
        return cleaned

    def wanted(self) -> list[Wanted]:
        """The pieces that were written."""
        said = self.cleaned_data
        return [
            Wanted(said[f"advice{n}"], said[f"due{n}"])
            for n in range(1, ADVICE + 1)
            if said.get(f"advice{n}")
        ]


class ConditionsForm(AdviceFields):
    words = _("整改要求%(n)s")


class VisitForm(AdviceFields, PhotosForm):
    day = day_field(_("走访日期"))
    notes = forms.CharField(
        label=_("看到了什么"),
        help_text=_("会公开，请勿写入姓名、电话等个人信息。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WordForm(forms.Form):
    word = forms.CharField(label=_("怎么做的"), max_length=200)


class PairForm(forms.Form):
    mentor: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        None, label=_("老团队"), empty_label=_("请选择")
    )
    novice: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        None, label=_("新团队"), empty_label=_("请选择")
    )
    goals = forms.CharField(
        label=_("目标"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Organisation.objects.filter(undertakings__project__isnull=False)
        here = teams.filter(street=round.street_id).distinct().order_by("name")
        mine = here.filter(undertakings__project__round=round).exclude(mentors__round=round)
        self.fields["mentor"].queryset = here  # type: ignore[attr-defined]
        self.fields["novice"].queryset = mine  # type: ignore[attr-defined]


class EntryForm(forms.Form):
    day = day_field(_("日期"))
    text = forms.CharField(
        label=_("做了什么"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class LastWordForm(forms.Form):
    word = forms.CharField(
        label=_("结束语"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class PitchingForm(forms.Form):
    title = forms.CharField(label=_("名称"), max_length=60)
    at = moment_field(_("时间"))
    place = forms.CharField(label=_("地点"), max_length=60)


class JurorForm(forms.Form):
    account: forms.ModelChoiceField[Account] = forms.ModelChoiceField(
        None, label=_("评委"), empty_label=_("请选择")
    )
    part = forms.ChoiceField(label=_("身份"), choices=JurorPart.choices)

    def __init__(self, *args: Any, pitching: Pitching, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        street = pitching.round.street
        posts = Post.objects.on(local_day(now)).filter(kind__in=JURORS)
        here = (
            posts.filter(street=street)
            | posts.filter(district=street.district_id)
            | posts.filter(neighbourhood__street=street)
        )
        rows = Account.objects.filter(pk__in=here.values("account"))
        seated = pitching.jurors.values("account")
        self.fields["account"].queryset = rows.exclude(pk__in=seated).order_by("name", "pk")  # type: ignore[attr-defined]


def _with_kind(report: Report) -> str:
    return f"{report.project}（{report.project.kind_name}）"


class SlotForm(forms.Form):
    reports: forms.ModelMultipleChoiceField[Report] = forms.ModelMultipleChoiceField(
        None, label=_("交了中期报告的项目"), widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(
        label=_("用哪张评分表"),
        required=False,
        help_text=_("一般按各项目自己的类型；选了别的，项目的类型也随之改变。"),
    )

    def __init__(self, *args: Any, pitching: Pitching, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Report.objects.filter(
            project__round=pitching.round_id,
            kind=ReportKind.MIDTERM,
            stage=HANDED_IN,
            slot__isnull=True,
        ).select_related("project__undertaking")
        self.fields["reports"].queryset = rows.order_by("project__number")  # type: ignore[attr-defined]
        self.fields["reports"].label_from_instance = _with_kind  # type: ignore[attr-defined]
        held = {line.kind for line in pitching.round.rules.pitch}
        order = [(key, words) for key, words in kinds() if key in held]
        self.fields["kind"].choices = [("", gettext("各项目自己的")), *order]  # type: ignore[attr-defined]


class ScoreForm(forms.Form):
    """One field a line of the sheet: whole or half marks, none left blank."""

    def __init__(self, *args: Any, lines: tuple[PitchLine, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            told = gettext("%(anchor)s（0–%(max)s分，可打半分；占%(weight)s%%）") % {
                "anchor": line.anchor,
                "max": line.max,
                "weight": f"{line.weight / 10:g}",
            }
            self.fields[line.key] = forms.CharField(
                label=line.name,
                help_text=told,
                max_length=8,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for line in self.lines:
            mark = self._mark(line, cleaned.get(line.key, ""))
            cleaned[line.key] = mark
        return cleaned

    def _mark(self, line: PitchLine, text: str) -> Fraction | None:
        try:
            mark = scoring.read_mark(text)
        except ValueError:
            mark = Fraction(-1)
        if mark is not None and not 0 <= mark <= line.max:
            words = gettext("请填0到%(max)s之间的整数或半分，例如 7 或 7.5") % {"max": line.max}
            self.add_error(line.key, words)
            return None
        return mark

    def marks(self) -> dict[str, Fraction | None]:
        return {line.key: self.cleaned_data[line.key] for line in self.lines}


class AsideForm(forms.Form):
    reason = forms.CharField(label=_("回避理由"), min_length=2, max_length=200)


class MarkForm(forms.Form):
    note = forms.CharField(
        label=_("评语"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class FindingsForm(forms.Form):
    findings = forms.MultipleChoiceField(
        label=_("常见问题"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, one.text) for one in rules.findings]
        self.fields["findings"].choices = choices  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    ticks = forms.MultipleChoiceField(
        label=_("验收清单"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(
        label=_("书面确认的受益人数"),
        help_text=_("已填入核对过的确认书上的签字人数。"),
        min_value=0,
        max_value=100_000,
    )
    note = forms.CharField(
        label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, one.text) for one in rules.acceptance]
        self.fields["ticks"].choices = choices  # type: ignore[attr-defined]


class SurveyForm(forms.Form):
    slips = forms.IntegerField(label=_("问卷码张数"), min_value=1, max_value=500, initial=30)


YES_NO = (("yes", _("是")), ("no", _("否")))
CONTENT = (
    ("5", _("很满意")),
    ("4", _("满意")),
    ("3", _("一般")),
    ("2", _("不满意")),
    ("1", _("很不满意")),
)


class AnswerForm(forms.Form):
    knows = forms.ChoiceField(label=_("您知道这个项目吗"), choices=YES_NO, widget=forms.RadioSelect)
    took_part = forms.ChoiceField(
        label=_("您参加过它的活动吗"), choices=YES_NO, widget=forms.RadioSelect
    )
    benefits = forms.ChoiceField(
        label=_("您或家人从中受益吗"), choices=YES_NO, widget=forms.RadioSelect
    )
    content = forms.ChoiceField(
        label=_("总的来说，您满意吗"), choices=CONTENT, widget=forms.RadioSelect
    )


class SheetsForm(AnswerForm):
    sheets = forms.IntegerField(
        label=_("这样答的纸质问卷份数"), min_value=1, max_value=200, initial=1
    )


class LiftForm(forms.Form):
    reason = forms.CharField(label=_("提前解除的理由"), min_length=4, max_length=200)


class RefuseLiftForm(forms.Form):
    reason = forms.CharField(label=_("不同意的理由"), min_length=4, max_length=200)


class BudgetForm(forms.Form):
    budget = forms.IntegerField(
        label=_("下一轮资金（元）"), min_value=1, max_value=10_000_000_000, required=False
    )


@dataclass(frozen=True)
class Offered:
    """A figure that the book proposes for a path of the draft's pack: the figure in the units of the
    kernel, how it was worked out, and what the draft says now."""

    path: str
    rule: Field
    words: str
    value: int
    why: str
    held: str

    @property
    def shown(self) -> str:
        return said(self.rule, self.value)


class FigureField(forms.CharField):
    """Another figure in the stead of one that is proposed, typed as on the draft's own page."""

    def __init__(self, rule: Field, words: str) -> None:
        mode = "numeric" if rule.kind == "int" else "text"
        box = forms.TextInput(
            attrs={"class": "input", "inputmode": mode, "autocomplete": "off", "aria-label": words}
        )
        self.rule = rule
        super().__init__(label=words, required=False, max_length=LONGEST_FIGURE, widget=box)

    def clean(self, value: Any) -> Any:
        """The figure in the units of the kernel; "" where nothing was typed."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return from_officer(self.rule, text)
        except Misfit as misfit:
            raise forms.ValidationError(misread(self.rule, misfit)) from None


class TakeOverForm(forms.Form):
    """What the book proposes for a draft: each figure is taken, replaced by a typed one, or left.

    `cleaned_data["proposed"]` and `["typed"]` map paths to figures in the units of the kernel.
    """

    use_required_attribute = False

    def __init__(self, data: Any = None, *, draft: Round, offered: list[Offered]) -> None:
        super().__init__(data)
        self.draft, self.offered = draft, offered
        for one in offered:
            words = gettext("另填的%(what)s") % {"what": one.words}
            self.fields[one.path] = FigureField(one.rule, words)

    @property
    def taken(self) -> set[str]:
        """The paths that are ticked: all, until something was sent."""
        paths = {one.path for one in self.offered}
        sent: Any = self.data
        return paths & set(sent.getlist("take")) if self.is_bound else paths

    @property
    def seen(self) -> str:
        """What is proposed, as the page carries it along: another figure since then is noticed."""
        return " ".join(f"{one.path}={one.value}" for one in self.offered)

    def rows(self) -> Iterator[tuple[Offered, bool, forms.BoundField]]:
        """Each figure, whether it is ticked, and where another may be typed."""
        for one in self.offered:
            yield one, one.path in self.taken, self[one.path]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.data.get("seen", self.seen) != self.seen:
            raise forms.ValidationError(
                gettext("账目刚刚有变化，下面的建议已经更新，请再看一遍后写入")
            )
        values = {one.path: one.value for one in self.offered if one.path in self.taken}
        typed = {p: v for p in values if (v := cleaned.get(p, "")) not in ("", values[p])}
        for one in self.offered:
            if one.path not in values and cleaned.get(one.path, "") != "":
                self.add_error(one.path, gettext("填了数，却没有勾选：要采用请勾上，不采用请清空"))
        if not self.errors:
            for path, words in contradictions(self.draft, {**values, **typed}):
                self.add_error(path if path in self.fields else None, words)
        cleaned["proposed"] = {p: v for p, v in values.items() if p not in typed}
        cleaned["typed"] = typed
        return cleaned
