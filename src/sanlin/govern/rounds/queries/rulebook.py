"""The rules of a round in plain words, section by section, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.govern.rounds.rules.book import OFFICER, Book, in_english, label, said
from sanlin.kernel.packs import LISTS, OWN, Field

TITLES = {
    "stages": gettext_lazy("环节"),
    "windows": gettext_lazy("天数"),
    "money": gettext_lazy("资金与申报"),
    "screening": gettext_lazy("补正与申诉"),
    "scoring": gettext_lazy("评分办法"),
    "vote": gettext_lazy("投票办法"),
    "award": gettext_lazy("立项办法"),
    "notice": gettext_lazy("公示办法"),
    "objection": gettext_lazy("异议"),
}
_LISTS = {listed.name: listed for listed in LISTS}
_NAMING = ("name", "text")


@dataclass(frozen=True)
class Row:
    """One rule: its name, its value in words ("" while it is unset), where it comes from."""

    path: str
    label: str
    value: str
    unset: bool
    source: str
    note: str


@dataclass(frozen=True)
class Section:
    """Rules that belong together; `anchor` is good for an address."""

    anchor: str
    title: str
    rows: tuple[Row, ...]


def sections(rules: Book) -> list[Section]:
    """Every rule that counts in this round, in the order in which a round meets them."""
    grouped: dict[str, list[Field]] = {}
    for field in rules.fields():
        first, dot, _rest = field.path.partition(".")
        grouped.setdefault(first if dot else "money", []).append(field)
    return [
        Section(anchor, str(TITLES[anchor]), tuple(_row(rules, field) for field in fields))
        if anchor in TITLES
        else Section(anchor, _list_title(anchor), tuple(_items(rules, anchor, fields)))
        for anchor, fields in grouped.items()
    ]


def _list_title(name: str) -> str:
    return _LISTS[name].english if in_english() else _LISTS[name].label


def _row(rules: Book, field: Field) -> Row:
    source, note = rules.origins[field.path]
    unset = field.path not in rules.values
    value = "" if unset else said(field, rules.values[field.path])
    return Row(field.path, label(field), value, unset, source_words(rules, source, unset), note)


def _items(rules: Book, name: str, fields: list[Field]) -> list[Row]:
    """One row an item: what it is called, and its other cells as one line."""
    rows = []
    for key in rules.lists[name]:
        own = [field for field in fields if field.path.startswith(f"{name}.{key}.")]
        told = [_row(rules, field) for field in own if _tells(rules, field)]
        words = [
            _("%(label)s：%(value)s") % {"label": row.label, "value": row.value or _("待定")}
            for row in told
        ]
        sources = dict.fromkeys(row.source for row in [*told, *_named(rules, own)])
        notes = dict.fromkeys(row.note for row in told if row.note)
        rows.append(
            Row(
                f"{name}.{key}",
                rules.name(name, key),
                _("；").join(words),
                any(row.unset for row in told),
                _("；").join(sources),
                _("；").join(notes),
            )
        )
    return rows


def _named(rules: Book, fields: list[Field]) -> list[Row]:
    return [_row(rules, field) for field in fields if field.cell in _NAMING]


def _tells(rules: Book, field: Field) -> bool:
    """Leaves out the name, and what is not forbidden or not limited: silence says that too."""
    if field.cell in _NAMING or field.cell == "unit":
        return False
    value = rules.values.get(field.path, True)
    return value is not None and not (field.cell == "forbidden" and value is False)


def source_words(rules: Book, key: str, unset: bool = False) -> str:
    """Where a value comes from."""
    if unset:
        return _("来源未公布，须由街道确定")
    if key == OFFICER:
        return _("街道确定")
    if key == OWN:
        return _("本软件建议")
    source = rules.sources[key]
    if source.elsewhere:
        return _("参考外地：%(source)s") % {"source": source.text}
    return source.text
