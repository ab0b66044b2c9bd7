from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count

from sanlin.govern.growth import stages
from sanlin.govern.growth.models import Pitching, Slot
from sanlin.govern.growth.rules import rubric, sheet_of
from sanlin.govern.projects.models import Instalment, Project
from sanlin.govern.projects.stages import UNPAID, WITHHELD
from sanlin.govern.rounds.models import Round
from sanlin.kernel import scoring
from sanlin.kernel.packs.rules import PitchLine, Tick


@dataclass(frozen=True)
class Heard:
    """One place of the order: how many sheets are in, of how many jurors who do not stand aside."""

    slot: Slot
    sheets: int
    expected: int


def heard(pitching: Pitching, jurors: int | None = None) -> list[Heard]:
    """The order of a session with how far each is; `jurors` is how many there are, where it is known."""
    chairs = pitching.jurors.count() if jurors is None else jurors
    rows = pitching.slots.select_related(
        "report__project__undertaking__organisation",
        "report__project__undertaking__neighbourhood",
        "report__project__round__street",
    ).annotate(given=Count("scores", distinct=True), aside=Count("asides", distinct=True))
    found = []
    for slot in rows.order_by("place"):
        slot.pitching = pitching
        found.append(Heard(slot, slot.given, chairs - slot.aside))
    return found


@dataclass(frozen=True)
class Line:
    """A line of the sheet on the projector: the mean of all jurors, of its full mark."""

    rule: PitchLine
    mean: Fraction | None


def tally(slot: Slot) -> tuple[list[Line], Fraction | None]:
    """Means by line, and the mean total of 100, of the sheets so far; no juror's sheet alone."""
    lines = sheet_of(slot.pitching.round.rules, slot.kind)
    sheets = [
        {key: Fraction(halves, 2) for key, halves in one.halves.items()}
        for one in slot.scores.all()
    ]
    means = [
        Line(line, scoring.mean([sheet[line.key] for sheet in sheets if line.key in sheet]))
        for line in lines
    ]
    totals = [scoring.total(rubric(lines), sheet) for sheet in sheets]
    mean = scoring.mean([total for total in totals if total is not None])
    return means, None if mean is None else mean / 10


def next_of(slot: Slot) -> Slot | None:
    """Who is to be heard after this one: the first that waits."""
    rows = Slot.objects.filter(pitching=slot.pitching_id, stage=stages.WAITING)
    return rows.select_related("report__project__undertaking").order_by("place").first()


def money_after(project: Project) -> list[Instalment]:
    """What is still to be paid of a project, as its midterm has left it."""
    rows = project.instalments.filter(stage__in=[*UNPAID, WITHHELD])
    return list(rows.order_by("place"))


def findings_of(round: Round) -> list[tuple[Tick, int, int]]:
    """(finding, how many of the marked pitches had it, how many were marked), the most frequent
    first."""
    rows = Slot.objects.filter(pitching__round=round, stage=stages.MARKED)
    ticked = list(rows.values_list("findings", flat=True))
    count = Counter(key for keys in ticked for key in keys)
    known = [(one, count[one.key], len(ticked)) for one in round.rules.findings]
    return sorted(known, key=lambda row: -row[1])
