"""A rule pack as read: every value with its source, and what it leaves to an officer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from .fields import Field
from .rules import Source
from .schema import LISTS, SINGLE, cells
from .values import Misfit, from_officer

OWN = "own"
"""The source of a value that no instrument prints and the software proposes; an officer may change
it.
"""


class _Missing:
    """What `MISSING` is one of."""


MISSING: Final = _Missing()
"""No value at all, where None means no limit."""


@dataclass(frozen=True)
class Value:
    """What a pack says at one path: a value and its source, or unset, why, and perhaps a
    suggestion.

    `value` is in the units of the kernel (fen, permille), None for no limit and where it is unset.
    `line` is 0 where the pack is silent and the default of the table holds.
    """

    value: object
    source: str
    note: str = ""
    line: int = 0
    unset: bool = False
    suggest: object = None
    suggested: bool = False


@dataclass(frozen=True)
class Pack:
    """A rule pack that holds together. `values` maps each path to its Value, `lists` each list to
    its items' keys. A `small_round` is held by a project for groups of its own, any other by a street.
    """

    id: str
    title: str
    jurisdiction: str
    effective_from: date
    effective_to: date | None
    sources: Mapping[str, Source]
    values: Mapping[str, Value]
    lists: Mapping[str, tuple[str, ...]]
    name: str = ""
    small_round: bool = False

    def fields(self) -> Iterator[Field]:
        """Every field with its own path, single ones and each cell of each item, in order."""
        return concrete(self.lists)

    def binds(self, path: str) -> bool:
        """True where an instrument of this place prints the value: no officer can change it."""
        said = self.values[path]
        return not said.unset and said.source != OWN and not self.sources[said.source].elsewhere

    def unset(self, officer_values: Mapping[str, object] | None = None) -> tuple[Field, ...]:
        """What the pack leaves to an officer, who must set it before opening.

        Fields of stages and methods that are ruled out are not asked: those which the pack leaves
        out, or which `officer_values` (as for `complete`) leave out.
        """
        known = self._known(officer_values or {})
        return tuple(
            field
            for field in self.fields()
            if self.values[field.path].unset and not any(rules_out(known, field))
        )

    def _known(self, officer_values: Mapping[str, object]) -> dict[str, object]:
        """The values that stand, the officer's before the pack's; unreadable ones are left out."""
        known = {path: value.value for path, value in self.values.items() if not value.unset}
        for field in self.fields():
            if field.path in officer_values and not self.binds(field.path):
                try:
                    known[field.path] = from_officer(field, officer_values[field.path])
                except Misfit:
                    known.pop(field.path, None)
        return known

    def suggestions(self) -> dict[str, object]:
        """Path and value, in the units of the kernel, for every unset field for which the pack
        suggests one.
        """
        return {path: value.suggest for path, value in self.values.items() if value.suggested}


def concrete(lists: Mapping[str, tuple[str, ...]]) -> Iterator[Field]:
    """Every field with its path, given the keys of each list."""
    yield from SINGLE
    for listed in LISTS:
        for key in lists.get(listed.name, ()):
            for field in cells(listed.name):
                yield field.at(key)


def rules_out(known: Mapping[str, object], field: Field) -> Iterator[bool]:
    """True for each condition of `field` that the values known so far fail."""
    for when in field.when:
        if when.path in known and known[when.path] not in when.answers:
            yield True
