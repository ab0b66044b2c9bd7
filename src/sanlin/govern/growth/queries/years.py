from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Model, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from sanlin.commons.orgs.models import Bar, Organisation, Rung
from sanlin.govern.growth.models import Advice, Attendance, Pair, Visit
from sanlin.govern.projects import stages as project_stages
from sanlin.govern.projects.models import Project, Receipt, Report, ReportKind
from sanlin.govern.projects.queries import with_money
from sanlin.govern.projects.rules import passes
from sanlin.govern.rounds.models import Round
from sanlin.kernel.packs import Rules
from sanlin.kernel.years import Book, Outcome, Proposed, book, fewer_and_larger


@dataclass(frozen=True)
class Year:
    """A round's book: its figures, by tier and by grade, and what they propose for the next."""

    round: Round
    book: Book
    tiers: list[tuple[str, str, int, int, int]]
    grades: list[tuple[str, int]]
    left: int


def year_of(round: Round) -> Year:
    """What the book of a round says. `tiers`: (key, name, projects, granted, spent); `left`: how many
    projects have not ended."""
    rules = round.rules
    rows: list[Any] = list(with_money(Project.objects.filter(round=round)))
    passed = _passed(round)
    outcomes = [Outcome(row.grant, row.spent, row.pk in passed) for row in rows]
    by_tier = [
        (
            tier.key,
            tier.name,
            sum(row.tier == tier.key for row in rows),
            sum(row.grant for row in rows if row.tier == tier.key),
            sum(row.spent for row in rows if row.tier == tier.key),
        )
        for tier in rules.tiers
    ]
    grades = [
        (grade.name, sum(row.grade == grade.key for row in rows))
        for grade in rules.grades
        if grade.review == "closing"
    ]
    left = sum(row.stage not in project_stages.ENDED for row in rows)
    return Year(round, book(outcomes), by_tier, grades, left)


def _passed(round: Round) -> set[int]:
    """Projects whose latest closing review was passed, so that nothing bars their team."""
    reviews = Report.objects.filter(
        project__round=round, kind=ReportKind.CLOSING, stage=project_stages.REVIEWED
    ).order_by("number")
    latest = {one.project_id: one for one in reviews}
    return {
        key
        for key, one in latest.items()
        if passes(one) and not {"drop", "ban"} & set(one.consequence)
    }


def proposal_for(year: Year, budget: int) -> Proposed | None:
    """Fewer and larger, with `budget` fen."""
    return fewer_and_larger(year.book, budget, year.round.rules.project_cap)


@dataclass(frozen=True)
class Standing:
    """One project of a team, as its dossier tells it."""

    project: Any
    grade: str
    receipts: int
    returned: int
    advice: int
    done: int


@dataclass(frozen=True)
class Dossier:
    """A team over the years."""

    team: Organisation
    standings: list[Standing]
    bars: list[Bar]
    rungs: list[Rung]
    meetings: int
    visits: int
    pairs: list[Pair]

    @property
    def granted(self) -> int:
        return sum(one.project.grant for one in self.standings)


def dossier(team: Organisation, *, now: datetime) -> Dossier:
    """Rounds, grants, grades, bars, receipts sent back, circle work; a fixed number of questions."""
    rows: list[Any] = list(
        Project.objects.filter(undertaking__organisation=team)
        .select_related("round__street", "undertaking")
        .annotate(
            d_receipts=_how_many(Receipt),
            d_returned=_how_many(Receipt, stage=project_stages.RETURNED),
            d_advice=_how_many(Advice),
            d_done=_how_many(Advice, done_at__isnull=False),
            d_visits=_how_many(Visit),
        )
        .order_by("-round__year", "-pk")
    )
    standings = [
        Standing(
            row,
            _grade(row.round.rules, row.grade),
            row.d_receipts,
            row.d_returned,
            row.d_advice,
            row.d_done,
        )
        for row in rows
    ]
    return Dossier(
        team,
        standings,
        list(team.bars.select_related("asked_by", "lifted_by").order_by("-since", "-pk")),
        list(team.rungs.order_by("-year")),
        Attendance.objects.filter(who=team.name, meeting__round__street=team.street_id).count(),
        sum(row.d_visits for row in rows),
        list(
            Pair.objects.filter(Q(mentor=team) | Q(novice=team))
            .select_related("mentor", "novice", "round")
            .order_by("-pk")
        ),
    )


def _how_many(table: type[Model], **some: Any) -> Coalesce:
    """How many rows of `table` are of a project, as a column."""
    rows = table._default_manager.filter(project=OuterRef("pk"), **some).order_by()
    counted = rows.values("project").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))


def _grade(rules: Rules, key: str) -> str:
    return next((grade.name for grade in rules.grades if grade.key == key), "")
