"""The account of a booth against its batches, and what of the paper the opening of the box still waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sanlin.govern.ballots.models import Batch, Booth, Discrepancy
from sanlin.govern.rounds.models import Round


@dataclass(frozen=True)
class Box:
    """What lay in the box of a booth, in batches; `told` is the word of an officer on a difference."""

    booth: Booth
    batches: tuple[Batch, ...]
    told: Discrepancy | None

    @property
    def sheets(self) -> int:
        return sum(batch.sheets for batch in self.batches)

    @property
    def gap(self) -> int:
        """How many sheets more (below 0: fewer) lie in the batches than were counted in the box."""
        return self.sheets - self.booth.in_box

    @property
    def done(self) -> bool:
        return all(batch.done for batch in self.batches)

    @property
    def explained(self) -> bool:
        """Whether what was said is about the difference as it stands now."""
        return self.told is not None and self.told.sheets == self.gap


def boxes(round: Round) -> list[Box]:
    """The boxes of a round by the numbers of their booths."""
    booths = list(
        Booth.objects.filter(round=round).select_related("discrepancy").order_by("number")
    )
    batches: dict[int, list[Batch]] = {booth.pk: [] for booth in booths}
    if booths:
        for batch in Batch.objects.filter(booth__in=booths).order_by("booth", "number"):
            batches[batch.booth_id].append(batch)
    of = {booth.pk: booth for booth in booths}
    for own in batches.values():
        for batch in own:
            batch.booth = of[batch.booth_id]
    return [
        Box(booth, tuple(batches[booth.pk]), getattr(booth, "discrepancy", None))
        for booth in booths
    ]


def gap(booth: Booth) -> int:
    """How many sheets more (below 0: fewer) lie in the batches of a booth than were counted in its box."""
    return Box(booth, tuple(Batch.objects.filter(booth=booth)), None).gap


def paper_missing(found: Sequence[Box]) -> list[str]:
    """What is missing of the batches before the ballot box may be opened, in sentences: every batch
    done, and box and batches equal or their difference explained."""
    missing = []
    for box in found:
        missing += [
            _("%(batch)s：%(stage)s") % {"batch": batch, "stage": batch.stage_label}
            for batch in box.batches
            if not batch.done
        ]
        if box.gap and box.done and not box.explained:
            missing.append(_between(box))
    return missing


def _between(box: Box) -> str:
    words = (
        _("%(booth)s的各批比箱内多%(n)s张，请工作人员书面说明")
        if box.gap > 0
        else _("%(booth)s箱内还有%(n)s张没有登记批次；确实缺少的，请工作人员书面说明")
    )
    return words % {"booth": box.booth, "n": abs(box.gap)}
