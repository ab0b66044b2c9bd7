"""The account of a booth against its batches, and what of the paper the box still waits for."""

from __future__ import annotations

from django.db.models import Sum
from django.utils.translation import gettext as _

from sanlin.govern.ballots.models import Batch, Booth, Discrepancy
from sanlin.govern.rounds.models import Round


def gap(booth: Booth) -> int:
    """How many sheets more (below 0: fewer) lie in the batches of a booth than were counted in its box."""
    whole = Batch.objects.filter(booth=booth).aggregate(sheets=Sum("sheets"))["sheets"] or 0
    return int(whole - booth.in_box)


def paper_missing(round: Round) -> list[str]:
    """What is missing of the paper before the box may be opened, in sentences: every booth with sheets signed,
    every batch done, and box and batches equal or their difference explained."""
    booths = list(Booth.objects.filter(round=round).order_by("number"))
    if not booths:
        return []
    batches: dict[int, list[Batch]] = {}
    for batch in Batch.objects.filter(booth__in=booths).select_related("booth"):
        batches.setdefault(batch.booth_id, []).append(batch)
    told = dict(Discrepancy.objects.filter(booth__in=booths).values_list("booth", "sheets"))
    missing = []
    for booth in booths:
        own = batches.get(booth.pk, [])
        missing += [
            _("%(batch)s：%(stage)s") % {"batch": batch, "stage": batch.stage_label}
            for batch in own
            if not batch.done
        ]
        between = sum(batch.sheets for batch in own) - booth.in_box
        if between and all(batch.done for batch in own) and told.get(booth.pk) != between:
            missing.append(_between(booth, between))
    return missing


def _between(booth: Booth, sheets: int) -> str:
    words = (
        _("%(booth)s的各批比箱内多%(n)s张，请工作人员书面说明")
        if sheets > 0
        else _("%(booth)s箱内还有%(n)s张没有登记批次；确实缺少的，请工作人员书面说明")
    )
    return words % {"booth": booth, "n": abs(sheets)}
