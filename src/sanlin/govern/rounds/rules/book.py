"""All rules of one round as people read them: of a draft as far as they are set, of an opened round
as they were frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sanlin.govern.rounds.models import Round
from sanlin.kernel.packs import LISTS, SCHEMA, Field, Pack, Rules, shown
from sanlin.kernel.packs.pack import concrete
from sanlin.kernel.packs.rules import Source

OFFICER = "officer"
_KEYS = {listed.name: listed.key for listed in LISTS}
_STARRED = {field.path: field for field in SCHEMA}
# The cell by which people call an item of each list.
_NAMED = {name: "text" if f"{name}.*.text" in _STARRED else "name" for name in _KEYS}


@dataclass(frozen=True)
class Book:
    """`values` by path, in the units of the kernel; a path in `unset` waits for the officer.

    `origins` says of every path which source it has and what the pack notes; `lists` maps each list
    to the keys of its items, `sources` each key to its instrument.
    """

    values: Mapping[str, object]
    unset: tuple[Field, ...]
    origins: Mapping[str, tuple[str, str]]
    lists: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]

    def fields(self) -> Iterable[Field]:
        """Every field that counts in this round, set or not, in the order of the table."""
        waiting = {field.path for field in self.unset}
        return [f for f in concrete(self.lists) if f.path in self.values or f.path in waiting]

    def has(self, stage: str) -> bool:
        """Whether a part of a round counts here; as long as nobody has decided, it does."""
        return self.values.get(f"stages.{stage}", True) is True

    def name(self, listed: str, key: str) -> str:
        """How people call an item of a list."""
        return str(self.values.get(f"{listed}.{key}.{_NAMED[listed]}", key))

    def title(self, path: str) -> str:
        """The words for a path, an item's name before its cell; patterns with a star too."""
        if " + " in path:
            return _("、").join(self.title(one) for one in path.split(" + "))
        if path in _STARRED:
            words = label(_STARRED[path])
            return f"{_list_words(path)} {words}" if "*" in path else words
        listed, _dot, rest = path.partition(".")
        key, _dot, cell = rest.partition(".")
        if listed in _KEYS and f"{listed}.*.{cell}" in _STARRED:
            return f"{self.name(listed, key)} · {label(_STARRED[f'{listed}.*.{cell}'])}"
        return _list_words(path) or path


def label(field: Field) -> str:
    """A rule's name in the reader's language."""
    return field.english if in_english() else field.label


def said(field: Field, value: object) -> str:
    """A value in the reader's language."""
    return shown(field, value, english=in_english())


def in_english() -> bool:
    """Whether the reader reads English: the kernel's table holds both languages."""
    return get_language() == "en"


def _list_words(path: str) -> str:
    first = path.partition(".")[0].partition(" ")[0].partition("[")[0]
    for listed in LISTS:
        if listed.name == first:
            return listed.english if in_english() else listed.label
    return ""


def book(round: Round) -> Book:
    """The rules of `round`, frozen or still a draft's."""
    return (
        frozen_book(round.rules) if round.frozen else draft_book(round.pack, round.officer_values)
    )


def draft_book(pack: Pack, officer_values: Mapping[str, object]) -> Book:
    """The pack's values and, where it does not bind, the officer's (in the units of the kernel)."""
    values: dict[str, object] = {}
    origins: dict[str, tuple[str, str]] = {}
    unset = []
    for field in pack.fields():
        path, word = field.path, pack.values[field.path]
        if any(
            when.path in values and values[when.path] not in when.answers for when in field.when
        ):
            continue
        own = path in officer_values and not pack.binds(path)
        value = _tupled(officer_values[path]) if own else word.value
        origins[path] = (word.source, word.note)
        if own and (word.unset or value != word.value):
            origins[path] = (OFFICER, word.note)
        if own or not word.unset:
            values[path] = value
        else:
            unset.append(field)
    return Book(values, tuple(unset), origins, pack.lists, pack.sources)


@lru_cache(maxsize=64)
def frozen_book(rules: Rules) -> Book:
    """What a round was opened with."""
    lists = {
        name: tuple(getattr(item, key) for item in getattr(rules, name))
        for name, key in _KEYS.items()
    }
    values = {origin.path: _at(rules, origin.path) for origin in rules.origins}
    origins = {origin.path: (origin.source, origin.note) for origin in rules.origins}
    return Book(values, (), origins, lists, {source.key: source for source in rules.sources})


def _at(rules: Rules, path: str) -> object:
    first, *rest = path.split(".")
    if first == "stages":
        return rest[0] in rules.stages
    place: object = getattr(rules, first)
    if first in _KEYS:
        key, cell = rest
        item = next(item for item in getattr(rules, first) if getattr(item, _KEYS[first]) == key)
        return getattr(item, cell)
    for step in rest:
        place = getattr(place, step)
    return place


def _tupled(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
