"""The rules of a round in plain words, section by section, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules.book import (
    OFFICER,
    Book,
    book,
    frozen_book,
    in_english,
    label,
    said,
)
from sanlin.kernel.packs import LISTS, OWN, Field, thaw

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
    "pot": gettext_lazy("资金池"),
}
_LISTS = {listed.name: listed for listed in LISTS}
_NAMING = ("name", "text")
Refs = dict[str, int]


@dataclass(frozen=True)
class Row:
    """One rule: its name, its value in words ("" while it is unset), where it comes from.

    `source` says so in full, `brief` in a word or two; `refs` number the instruments as in
    `references`.
    """

    path: str
    label: str
    value: str
    unset: bool
    source: str
    brief: str
    note: str
    refs: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """Rules that belong together; `anchor` is good for an address."""

    anchor: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Explained:
    """All that the rules page says: every section, the first figures, the instruments at the end."""

    sections: tuple[Section, ...]
    summary: tuple[tuple[str, str], ...]
    instruments: tuple[tuple[int, str], ...]


def explained(round: Round) -> Explained:
    """The rules of a round in the reader's language; frozen ones are put into words once."""
    if round.frozen:
        return _explained_once(bytes(round.frozen), in_english())
    return _explain(book(round))


@lru_cache(maxsize=32)
def _explained_once(frozen: bytes, _english: bool) -> Explained:
    return _explain(frozen_book(thaw(frozen)))


def _explain(rules: Book) -> Explained:
    return Explained(tuple(sections(rules)), tuple(summary(rules)), tuple(instruments(rules)))


def sections(rules: Book) -> list[Section]:
    """Every rule that counts in this round, in the order in which a round meets them."""
    grouped: dict[str, list[Field]] = {}
    for field in rules.fields():
        first, dot, _rest = field.path.partition(".")
        grouped.setdefault(first if dot else "money", []).append(field)
    refs = references(rules)
    return [
        Section(anchor, str(TITLES[anchor]), tuple(_row(rules, field, refs) for field in fields))
        if anchor in TITLES
        else Section(anchor, _list_title(anchor), tuple(_items(rules, anchor, fields, refs)))
        for anchor, fields in grouped.items()
    ]


def references(rules: Book) -> Refs:
    """The number of each instrument that a rule rests on, in the order of their first mention."""
    used = [rules.origins[field.path][0] for field in rules.fields() if _rests(rules, field)]
    return {key: n for n, key in enumerate(dict.fromkeys(used), 1)}


def _rests(rules: Book, field: Field) -> bool:
    return field.path in rules.values and rules.origins[field.path][0] in rules.sources


def instruments(rules: Book) -> list[tuple[int, str]]:
    """Number and words of every instrument, for the end of the page."""
    return [(n, source_words(rules, key)) for key, n in references(rules).items()]


def summary(rules: Book) -> list[tuple[str, str]]:
    """The few figures that a resident asks for first, as (words, value)."""
    wanted = ("budget", "project_min", "project_cap", "community_cap", "vote.kind", "vote.k")
    fields = {field.path: field for field in rules.fields()}
    told = [
        (label(fields[path]), said(fields[path], rules.values[path]))
        for path in wanted
        if rules.values.get(path) is not None
    ]
    for key in rules.lists["tiers"]:
        cells = [fields[f"tiers.{key}.{cell}"] for cell in ("places", "money", "cap")]
        words = [
            _("%(label)s：%(value)s")
            % {"label": label(field), "value": said(field, rules.values[field.path])}
            for field in cells
            if rules.values.get(field.path) is not None
        ]
        told.append((rules.name("tiers", key), _("；").join(words)))
    return told


def _list_title(name: str) -> str:
    return _LISTS[name].english if in_english() else _LISTS[name].label


def _row(rules: Book, field: Field, refs: Refs) -> Row:
    source, note = rules.origins[field.path]
    unset = field.path not in rules.values
    value = "" if unset else said(field, rules.values[field.path])
    cited = refs.get(source, 0) if not unset else 0
    brief = "" if cited else source_words(rules, source, unset)
    words = source_words(rules, source, unset)
    return Row(
        field.path, label(field), value, unset, words, brief, note, (cited,) if cited else ()
    )


def _items(rules: Book, name: str, fields: list[Field], refs: Refs) -> list[Row]:
    """One row an item: what it is called, and its other cells as one line."""
    rows = []
    for key in rules.lists[name]:
        own = [field for field in fields if field.path.startswith(f"{name}.{key}.")]
        told = [_row(rules, field, refs) for field in own if _tells(rules, field)]
        words = [
            _("%(label)s：%(value)s") % {"label": row.label, "value": row.value or _("待定")}
            for row in told
        ]
        both = [*told, *_named(rules, own, refs)]
        notes = dict.fromkeys(row.note for row in told if row.note)
        rows.append(
            Row(
                f"{name}.{key}",
                rules.name(name, key),
                _("；").join(words),
                any(row.unset for row in told),
                _("；").join(dict.fromkeys(row.source for row in both)),
                _("；").join(dict.fromkeys(row.brief for row in both if row.brief)),
                _("；").join(notes),
                tuple(dict.fromkeys(ref for row in both for ref in row.refs)),
            )
        )
    return rows


def _named(rules: Book, fields: list[Field], refs: Refs) -> list[Row]:
    return [_row(rules, field, refs) for field in fields if field.cell in _NAMING]


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
