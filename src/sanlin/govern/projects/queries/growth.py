"""What a round leaves behind for the next: grades, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Project, Report, ReportKind
from sanlin.govern.rounds.models import Round
from sanlin.ground.ui.words import english
from sanlin.kernel.packs.choices import CONSEQUENCES


@dataclass(frozen=True)
class Carried:
    """One project's outcome as the next round reads it; `barred_until` is a year, or None."""

    project: Project
    grade: str
    consequence: tuple[str, ...]
    next_tier: str
    barred_until: int | None


def consequence_words(keys: list[str] | tuple[str, ...]) -> str:
    """What a grade leads to, in words."""
    spoken = "english" if english() else "label"
    names = {choice.key: getattr(choice, spoken) for choice in CONSEQUENCES}
    return _("、").join(names.get(key, key) for key in keys)


def carried(round: Round) -> list[Carried]:
    """Every project of a round with its closing grade, in the order of numbers."""
    reviews = {
        row.project_id: row
        for row in Report.objects.filter(
            project__round=round, kind=ReportKind.CLOSING, stage=stages.REVIEWED
        ).order_by("number")
    }
    rows = Project.objects.whole().filter(round=round).order_by("number")
    return [_carried(project, reviews.get(project.pk), round) for project in rows]


def _carried(project: Project, review: Report | None, round: Round) -> Carried:
    keys = tuple(review.consequence) if review else ()
    grades = {grade.key: grade.name for grade in round.rules.grades}
    tiers = [tier.key for tier in round.rules.tiers]
    higher = ""
    if "next_tier" in keys and project.tier in tiers and tiers.index(project.tier):
        higher = round.rules.tiers[tiers.index(project.tier) - 1].name
    barred = round.year + round.rules.ban_years if "ban" in keys else None
    if barred is None and "drop" in keys:
        barred = round.year + 1
    return Carried(project, grades.get(project.grade, ""), keys, higher, barred)
