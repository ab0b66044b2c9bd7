from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from sanlin.commons.orgs.models import Bar, Organisation, Rung
from sanlin.govern.growth.models import Advice, Attendance, Pair, Visit
from sanlin.govern.projects import stages as project_stages
from sanlin.govern.projects.models import Project, Receipt, Report, ReportKind
from sanlin.govern.projects.queries import with_money
from sanlin.govern.projects.rules import passes
from sanlin.govern.rounds.models import Round
from sanlin.kernel.packs import Rules
from sanlin.kernel.years import (
    Book,
    NextTier,
    Outcome,
    Proposed,
    Standing,
    book,
    fewer_and_larger,
    next_tiers,
)

from .progress import how_many


@dataclass(frozen=True)
class Year:
    """A round's book: its figures, by tier and by grade, and what they propose for the next."""

    round: Round
    book: Book
    tiers: list[tuple[str, str, int, int, int, int]]
    grades: list[tuple[str, int]]
    left: int
    unjudged: int


def year_of(round: Round) -> Year:
    """What the book of a round says. `tiers`: (key, name, projects, granted, spent, teams that stand
    on it for the next year); `left`: how many projects have not
    ended; `unjudged`: how many of these nobody has graded, so that nothing is proposed yet."""
    rules = round.rules
    rows: list[Any] = list(with_money(Project.objects.filter(round=round)))
    passed = _passed(round)
    keys = [tier.key for tier in rules.tiers]
    standing = Counter(
        keys[max(keys.index(row.tier) - passed[row.pk], 0)]
        for row in rows
        if row.pk in passed and row.tier in keys
    )
    outcomes = [Outcome(row.grant, row.spent, row.pk in passed) for row in rows]
    by_tier = [
        (
            tier.key,
            tier.name,
            sum(row.tier == tier.key for row in rows),
            sum(row.grant for row in rows if row.tier == tier.key),
            sum(row.spent for row in rows if row.tier == tier.key),
            standing[tier.key],
        )
        for tier in rules.tiers
    ]
    grades = [
        (grade.name, sum(row.grade == grade.key for row in rows))
        for grade in rules.grades
        if grade.review == "closing"
    ]
    left = sum(row.stage not in project_stages.ENDED for row in rows)
    judged = (*project_stages.ENDED, project_stages.SETTLING)
    unjudged = sum(row.stage not in judged for row in rows)
    return Year(round, book(outcomes), by_tier, grades, left, unjudged)


def _passed(round: Round) -> dict[int, bool]:
    """Projects whose latest closing review was passed, so that nothing bars their team; and whether
    it lets the team apply for the next tier."""
    reviews = Report.objects.filter(
        project__round=round, kind=ReportKind.CLOSING, stage=project_stages.REVIEWED
    ).order_by("number")
    latest = {one.project_id: one for one in reviews}
    return {
        key: "next_tier" in one.consequence
        for key, one in latest.items()
        if passes(one) and not {"drop", "ban"} & set(one.consequence)
    }


def proposal_for(year: Year, budget: int) -> Proposed | None:
    """Fewer and larger, with `budget` fen; nothing before every project has its grade."""
    if year.unjudged:
        return None
    return fewer_and_larger(year.book, budget, year.round.rules.project_cap)


def tiers_for(year: Year, budget: int) -> list[NextTier]:
    """Next year's tiers with `budget` fen; nothing where a tier has no ceiling, or nobody passed."""
    caps = {tier.key: tier.cap for tier in year.round.rules.tiers}
    if year.unjudged or not caps or None in caps.values():
        return []
    rows = [Standing(key, stand, caps[key] or 0) for key, _name, _n, _g, _s, stand in year.tiers]
    return next_tiers(rows, budget) or []


@dataclass(frozen=True)
class OfTeam:
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
    standings: list[OfTeam]
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
            d_receipts=how_many(Receipt.objects.all()),
            d_returned=how_many(Receipt.objects.filter(stage=project_stages.RETURNED)),
            d_advice=how_many(Advice.objects.all()),
            d_done=how_many(Advice.objects.filter(done_at__isnull=False)),
            d_visits=how_many(Visit.objects.all()),
        )
        .order_by("-round__year", "-pk")
    )
    standings = [
        OfTeam(
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


def _grade(rules: Rules, key: str) -> str:
    return next((grade.name for grade in rules.grades if grade.key == key), "")
