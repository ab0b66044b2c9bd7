"""The sample of paper as pages show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.ballots import rules, stages
from sanlin.govern.ballots.models import Keying, Look, Roll, Sample, Settlement, Sheet
from sanlin.govern.rounds.models import Round
from sanlin.kernel.ballots import sample as sampling

LIMITS = (100, 50, 10)  # permille that an officer may choose among
USUAL = 50


def numbered(roll: Roll) -> list[str]:
    """The serials of all counted sheets that have one, in the order of their characters."""
    rows = Sheet.objects.filter(roll=roll, serial__isnull=False)
    return sorted(str(serial) for serial in rows.values_list("serial", flat=True))


def drawn(sample: Sample, serials: list[str] | None = None) -> Counter[str]:
    """How often each sheet was drawn, out of all `serials`; every sheet once where all are looked at."""
    serials = numbered(sample.roll) if serials is None else serials
    if sample.full:
        return Counter(serials)
    return Counter(sampling.draw(sample.seed, sample.draws, serials))


def draws_due(roll: Roll, sheets: int, margin: int, limit: int, found: list[int]) -> int:
    """How many draws are due; all `sheets` where more would be than make sense."""
    weight = sampling.weight(rules.form_of(roll.round))
    try:
        return sampling.draws_due(sheets, margin, weight, Fraction(limit, 1000), found)
    except ValueError:
        return sheets


def sheets_and_weight(round: Round) -> tuple[int, int]:
    """(counted sheets with a serial, the most that one of them can give one proposal)."""
    roll = rules.roll_of(round)
    return len(numbered(roll)) if roll else 0, sampling.weight(rules.form_of(round))


def sample_told(round: Round) -> dict[str, Any]:
    """What everybody reads of the sample: {sample, sheets, looked, waiting, rows}.

    `rows`: {serial, times, state: "agrees", "differs", "missing" or "waiting"}, and never what a sheet says.
    """
    roll = rules.roll_of(round)
    sample = rules.sample_of(roll) if roll else None
    serials = numbered(roll) if roll else []
    if sample is None or roll is None:
        return {"sample": None, "rows": [], "sheets": len(serials)}
    times = drawn(sample, serials)
    looks = {
        serial: "missing" if missing else "differs" if differs else "agrees"
        for serial, missing, differs in Look.objects.filter(sample=sample).values_list(
            "sheet__serial", "missing", "differs"
        )
    }
    rows = [
        {"serial": serial, "times": n, "state": looks.get(serial, "waiting")}
        for serial, n in sorted(times.items())
    ]
    return {
        "sample": sample,
        "sheets": len(serials),
        "looked": sum(row["state"] != "waiting" for row in rows),
        "waiting": sum(row["state"] == "waiting" for row in rows),
        "differing": sum(row["state"] in ("differs", "missing") for row in rows),
        "rows": rows,
    }


def to_look_at(sample: Sample, who: Any, serials: Iterable[str]) -> list[Sheet]:
    """Those of the drawn sheets that wait for somebody's eyes and may have those of `who`: none of a
    batch that she keyed or settled."""
    if sample.stage != stages.LOOKING:
        return []
    rows = Sheet.objects.filter(roll=sample.roll_id, serial__in=list(serials), look__isnull=True)
    return list(
        rows.exclude(batch__in=Keying.objects.filter(hand_id=who.pk).values("batch"))
        .exclude(batch__in=Settlement.objects.filter(hand_id=who.pk).values("batch"))
        .select_related("batch__booth__round__roll", "roll__round__street")
        .order_by("batch__booth__number", "batch__number", "serial")
    )


def percent(permille: int) -> str:
    """A risk as people read it.

    >>> percent(48), percent(50)
    ('4.8%', '5%')
    """
    whole, tenth = divmod(permille, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def draw_facts(sample: Sample) -> list[tuple[str, Any]]:
    """(words, figure) of how a sample was drawn: enough to draw it again."""
    return [
        (_("骰子数字"), sample.digits),
        (_("台账指纹"), sample.root),
        (_("台账行数"), sample.size),
        (_("要发现的票差"), sample.margin),
        (_("风险上限"), percent(sample.limit)),
        (_("抽取次数"), sample.draws),
    ]
