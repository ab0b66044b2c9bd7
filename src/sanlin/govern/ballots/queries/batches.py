"""Batches of paper: what was keyed by whom, where two keyings differ, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass

from sanlin.govern.ballots import rules
from sanlin.govern.ballots.models import Batch, KeyedSheet, Keying, Roll, Sheet
from sanlin.kernel.ballots import keyed
from sanlin.kernel.ballots.keyed import Keyed


def read_keying(keying: Keying, roll: Roll) -> Keyed:
    """What one hand has keyed, judged by the rules of a ballot. For verbs: who may see it, and when, is a
    rule (`can_see_keyed`)."""
    booth = keying.batch.booth
    sheets, strange = {}, 0
    for row in KeyedSheet.objects.filter(keying=keying, dropped=False):
        if row.serial is None:
            strange += 1
        else:
            sheets[row.serial] = rules.judged(dict(row.marks), row.flag, booth, roll)
    return Keyed(sheets, strange)


@dataclass(frozen=True)
class Pair:
    """The two keyings of a batch, both handed in, with the keys of their `hands`; `taken` are serials that
    another batch has already."""

    first: Keyed
    second: Keyed
    hands: tuple[int, int]
    taken: frozenset[str]

    @property
    def apart(self) -> tuple[str, ...]:
        return keyed.differing(self.first, self.second, taken=self.taken)

    @property
    def agreed(self) -> Keyed:
        return keyed.agreed(self.first, self.second, taken=self.taken)


def pair(batch: Batch, roll: Roll) -> Pair | None:
    """Both keyings of a batch; None until both are handed in, so that nobody sees one of them before."""
    done = Keying.objects.filter(batch=batch, handed_in_at__isnull=False)
    both = list(done.select_related("batch__booth").order_by("place"))
    if len(both) != 2:
        return None
    first, second = (read_keying(one, roll) for one in both)
    serials = {*first.sheets, *second.sheets}
    elsewhere = Sheet.objects.filter(roll=roll, serial__in=serials).exclude(batch=batch)
    taken = frozenset(str(serial) for serial in elsewhere.values_list("serial", flat=True))
    return Pair(first, second, (both[0].hand_id, both[1].hand_id), taken)
