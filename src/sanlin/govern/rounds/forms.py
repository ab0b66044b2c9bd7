from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Street
from sanlin.ground.clock import local_day
from sanlin.kernel.calendar import add_working_days, is_working_day
from sanlin.kernel.money import yuan
from sanlin.kernel.packs import BadPack, Field, Pack
from sanlin.kernel.packs.values import Misfit, from_officer

from .models import Round, Window, read_pack
from .queries.packs import in_force, is_in_force, shipped, text_of
from .queries.rulebook import TITLES, source_words
from .rules.book import Book, draft_book, in_english, said
from .rules.faults import misread, sentence
from .rules.windows import Span, parts, span, stage_words

LARGEST_FILE = 400_000
LONGEST_VALUE = 60
MOST_FAULTS = 50
OWN_FILE = "own"
NO_LIMIT = ("不限", "no limit", "none")  # data: what people type, in either language


class NameForm(forms.Form):
    """What a round is called, and of which year it is."""

    name = forms.CharField(label=_("轮次名称"), max_length=60)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)


class NewRound(NameForm):
    """Which street, under which pack, called what."""

    field_order = ("street", "pack", "file", "name", "year")

    street = forms.ModelChoiceField(Street.objects.none(), label=_("街道"), empty_label=None)
    pack = forms.ChoiceField(label=_("办法"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("自己的办法文件"),
        required=False,
        help_text=_("选“上传自己的办法”时用；TOML 文本文件，出错时会指出在第几行"),
    )

    def __init__(self, *args: Any, streets: list[Street], on: date, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.on = on
        self.fields["street"].queryset = Street.objects.filter(  # type: ignore[attr-defined]
            pk__in=[street.pk for street in streets]
        )
        choices = [(pack.id, f"{pack.title} · {pack.jurisdiction}") for pack in in_force(on)]
        self.fields["pack"].choices = [  # type: ignore[attr-defined]
            *choices,
            (OWN_FILE, gettext("上传自己的办法")),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("pack")
        if chosen == OWN_FILE:
            cleaned["pack_text"] = self._uploaded(cleaned.get("file"))
        elif chosen:
            cleaned["pack_text"] = text_of(chosen, self.on)
        return cleaned

    def _uploaded(self, file: Any) -> str:
        """The text of the file; each fault of it becomes a sentence that names its line."""
        if file is None:
            if "file" not in self.errors:
                self.add_error("file", gettext("请选择办法文件"))
            return ""
        if file.size > LARGEST_FILE:
            self.add_error("file", gettext("文件太大，办法文件不超过400KB"))
            return ""
        try:
            text = file.read().decode("utf-8-sig").replace("\r\n", "\n")
            pack = read_pack(text)
        except UnicodeDecodeError:
            self.add_error("file", gettext("不是UTF-8文本，请用文本编辑器另存为UTF-8"))
            return ""
        except BadPack as bad:
            self.add_error("file", [sentence(fault) for fault in bad.faults[:MOST_FAULTS]])
            return ""
        self._fits(pack)
        return str(text)

    def _fits(self, pack: Pack) -> None:
        """Says why a file that can be read is none for a round that begins today."""
        if pack.id in shipped():
            self.add_error(
                "file", gettext("代号“%(id)s”已有自带的办法，请换一个 id") % {"id": pack.id}
            )
        if pack.small_round:
            self.add_error("file", gettext("这是子项目的办法，请到母项目的页面开设子项目"))
        if not is_in_force(pack, self.on):
            self.add_error("file", gettext("这份办法今天不在有效期内，请核对生效和失效日期"))


class InTurn(forms.MultiWidget):
    """Several keys in an order: one list to choose from for each place."""

    template_name = "rounds/_in_turn.html"

    def __init__(self, choices: list[tuple[str, str]]) -> None:
        places = range(1, len(choices) + 1)
        super().__init__(
            [
                forms.Select(
                    attrs={"class": "input", "aria-label": gettext("第%(n)s位") % {"n": n}},
                    choices=[("", "—"), *choices],
                )
                for n in places
            ]
        )

    def decompress(self, value: Any) -> list[str]:
        return list(value or [])

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = super().value_from_datadict(data, files, name)
        return [key for key in given if key]


class RuleField(forms.Field):
    """One rule that the officer sets: what she types becomes a value of the kernel."""

    def __init__(self, rule: Field, words: str, help_text: str, *, wanted: bool) -> None:
        self.rule = rule
        super().__init__(label=words, help_text=help_text, required=wanted, widget=_widget(rule))

    def clean(self, value: Any) -> Any:
        """The value in the units of the kernel; "" where nothing was said."""
        if isinstance(value, str):
            value = value.strip()
        if not value:
            return ""
        rule = self.rule
        if rule.optional and value in (*NO_LIMIT, *rule.none):
            return None
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            raise forms.ValidationError(gettext("太长了，最多%(n)s个字") % {"n": LONGEST_VALUE})
        if rule.kind == "bool":
            value = {"true": True, "false": False}.get(value, value)
        try:
            read = from_officer(rule, value)
        except Misfit as misfit:
            raise forms.ValidationError(misread(rule, misfit)) from None
        return list(read) if isinstance(read, tuple) else read


def _widget(rule: Field) -> forms.Widget:
    choices = [(one.key, one.english if in_english() else one.label) for one in rule.choices]
    if rule.kind == "bool":
        return forms.Select(
            choices=[("", gettext("请选择")), ("true", gettext("是")), ("false", gettext("否"))]
        )
    if rule.kind == "choice":
        return forms.Select(choices=[("", gettext("请选择")), *choices])
    if rule.path == "award.ties":
        return InTurn(choices)
    if rule.kind == "keys":
        return forms.CheckboxSelectMultiple(choices=choices)
    mode = "numeric" if rule.kind == "int" else "text"
    return forms.TextInput(
        attrs={"inputmode": mode, "autocomplete": "off", "maxlength": LONGEST_VALUE}
    )


def typed(rule: Field, value: object) -> object:
    """A value as an officer would have typed it."""
    if rule.kind == "bool" and isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return rule.none[in_english()]
    if rule.kind == "money":
        return yuan(int(str(value))).removeprefix("¥")
    if rule.kind == "int":
        return str(value)
    if rule.kind == "numbers" and isinstance(value, list | tuple):
        return gettext("、").join(map(str, value))
    return said(rule, value) if rule.kind == "share" else value


class DraftForm(NameForm):
    """Name, year, every value that the pack leaves open, and those that it lets an officer change.

    `cleaned_data["values"]` maps paths to values of the kernel. Nothing that binds is a field here.
    """

    use_required_attribute = False  # a draft is saved half filled too

    def __init__(self, round: Round, data: Any = None) -> None:
        self.round, self.pack = round, round.pack
        self.rules = draft_book(self.pack, round.officer_values)
        super().__init__(data, initial=self._initial())
        counted = list(self.rules.fields())
        self.open = [rule for rule in counted if self.pack.values[rule.path].unset]
        self.changeable = [rule for rule in counted if changeable(self.pack, rule)]
        for rule in [*self.open, *self.changeable]:
            self.fields[rule.path] = RuleField(
                rule,
                self.rules.title(rule.path),
                _help(self.pack, self.rules, rule),
                wanted=rule in self.open,
            )

    def _initial(self) -> dict[str, Any]:
        held = self.round.officer_values
        told = {
            rule.path: typed(rule, held[rule.path])
            for rule in self.rules.fields()
            if rule.path in held
        }
        return {"name": self.round.name, "year": self.round.year, **told}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        shown = {rule.path for rule in [*self.open, *self.changeable]}
        kept = {p: v for p, v in self.round.officer_values.items() if p not in shown}
        said_now = {
            path: cleaned[path] for path in shown if path in cleaned and cleaned[path] != ""
        }
        cleaned["values"] = {p: v for p, v in {**kept, **said_now}.items() if p in self.pack.values}
        return cleaned

    def sections(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The open values, grouped as the rules page groups them."""
        return self._grouped(self.open)

    def waiting(self) -> list[tuple[str, str]]:
        """Where and what is still to be set: the anchor of each field, and its words."""
        return [
            (self[rule.path].id_for_label or self[rule.path].auto_id, self.rules.title(rule.path))
            for rule in self.rules.unset
        ]

    def more(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The values that have one and may be changed."""
        return self._grouped(self.changeable)

    def _grouped(self, rules: list[Field]) -> Iterator[tuple[str, list[forms.BoundField]]]:
        grouped: dict[str, list[forms.BoundField]] = {}
        for rule in rules:
            first, dot, _rest = rule.path.partition(".")
            title = TITLES.get(first if dot else "money") or self.rules.title(first)
            grouped.setdefault(str(title), []).append(self[rule.path])
        yield from grouped.items()


def changeable(pack: Pack, rule: Field) -> bool:
    """A value that the software proposes or another place prints: the officer may set another.

    In a list only what the pack itself writes down: not the silence about every head."""
    value = pack.values[rule.path]
    written = value.line > 0 or "." not in rule.path or rule.path.count(".") == 1
    return rule.may_unset and not value.unset and not pack.binds(rule.path) and written


def _help(pack: Pack, rules: Book, rule: Field) -> str:
    value = pack.values[rule.path]
    words = [rule.help_english if in_english() else rule.help, value.note]
    if value.unset and value.suggested:
        words.append(gettext("建议：%(value)s") % {"value": said(rule, value.suggest)})
    if not value.unset:
        told = {
            "value": said(rule, value.value),
            "source": source_words(rules, value.source),
        }
        words.append(gettext("现为%(value)s（%(source)s），不改就留空") % told)
    elif rule.optional:
        words.append(gettext("没有限制请填“不限”"))
    return " ".join(f"{word}。" for word in words if word).replace("。。", "。")


class WindowsForm(forms.Form):
    """From which day to which day each part lasts, both included."""

    def __init__(
        self,
        wanted: tuple[str, ...],
        data: Any = None,
        *,
        spans: Mapping[str, Span],
        windows: Mapping[str, Window] | None = None,
    ) -> None:
        self.wanted, self.windows = wanted, windows or {}
        initial = {}
        for part, (opens, closes) in spans.items():
            initial[f"{part}_first"] = local_day(opens)
            initial[f"{part}_last"] = local_day(closes)
        super().__init__(data, initial=initial)
        for part in wanted:
            for end, words in (("first", gettext("第一天")), ("last", gettext("最后一天"))):
                self.fields[f"{part}_{end}"] = forms.DateField(
                    label=gettext("%(stage)s%(end)s") % {"stage": stage_words(part), "end": words},
                    widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                    input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"],  # data
                    error_messages={
                        "invalid": gettext("请填日期，例如 2024-03-05"),
                        "required": gettext("请填日期"),
                    },
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        spans: dict[str, Span] = {}
        for part in self.wanted:
            first, last = cleaned.get(f"{part}_first"), cleaned.get(f"{part}_last")
            if first is None or last is None:
                continue
            if not 2000 <= first.year <= last.year <= 2100:
                fault = gettext("年份应在2000到2100之间，最后一天不早于第一天")
                self.add_error(f"{part}_last", fault)
                continue
            if last < first:
                self.add_error(
                    f"{part}_last",
                    gettext("%(part)s的截止早于开始") % {"part": stage_words(part)},
                )
                continue
            spans[part] = self._kept(part, span(first, last))
        cleaned["spans"] = spans
        return cleaned

    def _kept(self, part: str, dates: Span) -> Span:
        """Where a day stays the same, so does the minute that stands in the window."""
        window = self.windows.get(part)
        if window is None or window.closes is None:
            return dates
        same = [local_day(window.opens) == local_day(dates[0])]
        same.append(local_day(window.closes) == local_day(dates[1]))
        return (
            window.opens if same[0] else dates[0],
            window.closes if same[1] else dates[1],
        )

    def show(self, faults: Mapping[str, str]) -> None:
        """Put a sentence beside the part it speaks of."""
        for part, words in faults.items():
            self.add_error(f"{part}_last" if part in self.wanted else None, words)

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Words, first day, last day of each part."""
        return [(stage_words(p), self[f"{p}_first"], self[f"{p}_last"]) for p in self.wanted]


class ExtendForm(WindowsForm):
    """Later days, and why."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["reason"] = forms.CharField(
            label=gettext("延期原因"),
            max_length=200,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=gettext("会公开显示，请不要写个人信息"),
        )


class ReasonForm(forms.Form):
    """Why a round is called off."""

    reason = forms.CharField(
        label=_("取消原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会公开显示，请不要写个人信息"),
    )


def suggested(rules: Book, now: datetime) -> dict[str, Span]:
    """Dates for each part, one after the other from the next working day, by the rules' own days;
    parts that staff work in begin on a working day. Stops where a number of days is not set."""
    spans: dict[str, Span] = {}
    first = add_working_days(local_day(now), 1)
    for part in parts(rules):
        days = rules.values.get(f"windows.{part}")
        if not isinstance(days, int):
            break
        last = first + timedelta(days=days - 1)
        spans[part] = span(first, last)
        first = last + timedelta(days=1)
        if not is_working_day(first):
            first = add_working_days(first, 1)
    return spans
