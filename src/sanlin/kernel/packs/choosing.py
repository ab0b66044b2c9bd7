"""Which edition of a pack is in force on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations

from .faults import BadPack, Fault
from .pack import Pack


class NoPack(LookupError):
    """No edition is in force on that day."""

    def __init__(self, on: date) -> None:
        super().__init__(f"no rule pack is in force on {on}")
        self.on = on


def choose(packs: Iterable[Pack], on: date) -> Pack:
    """The edition of one pack (all `packs` have the same id) that is in force on the day `on`, both
    ends included.

    Raises BadPack where two editions are in force on the same day or belong to different packs,
    NoPack where none is.
    """
    editions = sorted(packs, key=lambda pack: pack.effective_from)
    faults = [
        Fault(0, later.name or later.id, "overlap", {"other": str(earlier.effective_from)})
        for earlier, later in combinations(editions, 2)
        if earlier.effective_to is None or later.effective_from <= earlier.effective_to
    ]
    faults += [
        Fault(0, pack.name or pack.id, "family", {"given": pack.id, "wanted": editions[0].id})
        for pack in editions
        if pack.id != editions[0].id
    ]
    if faults:
        raise BadPack(faults)
    for pack in editions:
        if pack.effective_from <= on and (pack.effective_to is None or on <= pack.effective_to):
            return pack
    raise NoPack(on)
