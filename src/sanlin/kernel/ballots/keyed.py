"""One batch of paper, keyed by two persons apart: what they agree on, and where somebody has to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .sheet import FOREIGN, INVALID, Sheet

STRANGE = Sheet(INVALID, FOREIGN)  # a paper that is no ballot of this vote, and so has no serial


@dataclass(frozen=True)
class Keyed:
    """A batch as one person has keyed it: sheets by their serials, and how many `strange` papers."""

    sheets: Mapping[str, Sheet] = field(default_factory=dict)
    strange: int = 0

    @property
    def size(self) -> int:
        return len(self.sheets) + self.strange


def differing(
    first: Keyed, second: Keyed, *, taken: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The serials at which two keyings differ, in order; one that only one of them has is among them, and one
    that another batch already has (`taken`). "" stands for the number of strange papers.

    What a sheet amounts to is compared: two invalid sheets are equal where their reasons are.

    >>> one, two = Sheet("valid", choices=((7, 1),)), Sheet("blank")
    >>> differing(Keyed({"a": one, "b": two}), Keyed({"a": one, "b": one, "c": two}, 1))
    ('', 'b', 'c')
    >>> differing(Keyed({"a": one}), Keyed({"a": one}), taken=frozenset("a"))
    ('a',)
    """
    found = {
        serial
        for serial in {*first.sheets, *second.sheets}
        if first.sheets.get(serial) != second.sheets.get(serial) or serial in taken
    }
    return tuple(sorted(found | ({""} if first.strange != second.strange else set())))


def agreed(first: Keyed, second: Keyed, *, taken: frozenset[str] = frozenset()) -> Keyed:
    """What needs no third person.

    >>> agreed(Keyed({"a": STRANGE}, 2), Keyed({}, 2)).size
    2
    """
    apart = set(differing(first, second, taken=taken))
    kept = {serial: it for serial, it in first.sheets.items() if serial not in apart}
    return Keyed(kept, 0 if "" in apart else first.strange)
