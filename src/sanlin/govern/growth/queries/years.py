from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Q

from sanlin.commons.orgs.models import Bar, Organisation, Rung
from sanlin.govern.growth.models import Advice, Attendance, Pair, Visit
from sanlin.govern.projects import stages as project_stages
from sanlin.govern.projects.models import Project, Receipt, Report, ReportKind
from sanlin.govern.projects.models.project import kinds
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
    habitual_unspent,
    next_tiers,
    next_total,
)

from .progress import how_many

EARLIER = 2  # rounds before this one whose habits count


@dataclass(frozen=True)
class Line:
    """A tier or a kind of project in a year: its money, and how many teams stand on it for the next."""

    key: str
    name: str
    book: Book
    stand: int = 0


@dataclass(frozen=True)
class Year:
    """A round's book: its figures, by tier, by kind of project and by grade. `left`: how many projects
    have not ended; `unjudged`: how many of these nobody has graded, so that nothing is proposed yet.

    `kept`: year and book of the projects that passed and are closed, of this round and of those
    before it that it follows.
    """

    round: Round
    book: Book
    tiers: list[Line]
    kinds: list[Line]
    grades: list[tuple[str, int]]
    left: int
    unjudged: int
    kept: list[tuple[int, Book]]

    @property
    def habit(self) -> Fraction:
        """The share of their grants that teams which go on leave unspent."""
        return habitual_unspent([one for _year, one in self.kept])

    @property
    def total(self) -> int:
        """What is proposed for the next round to give, in fen."""
        return next_total(self.round.rules.budget, self.habit)


def year_of(round: Round) -> Year:
    """What the book of a round says; a fixed number of questions."""
    rules = round.rules
    chain = _chain(round)
    of_all: list[Any] = list(with_money(Project.objects.filter(round__in=chain)))
    rows = [row for row in of_all if row.round_id == round.pk]
    passed = _passed(chain)
    keys = [tier.key for tier in rules.tiers]
    standing = Counter(
        keys[max(keys.index(row.tier) - passed[row.pk], 0)]
        for row in rows
        if row.pk in passed and row.tier in keys
    )

    def told(some: Iterable[Any]) -> Book:
        return book([_outcome(row, passed) for row in some])

    by_tier = [
        Line(tier.key, tier.name, told(r for r in rows if r.tier == tier.key), standing[tier.key])
        for tier in rules.tiers
    ]
    by_kind = [
        Line(key, words, told(row for row in rows if row.kind == key)) for key, words in kinds()
    ]
    grades = [
        (grade.name, sum(row.grade == grade.key for row in rows))
        for grade in rules.grades
        if grade.review == "closing"
    ]
    judged = (*project_stages.ENDED, project_stages.SETTLING)
    closed = [row for row in of_all if row.stage == project_stages.CLOSED and row.pk in passed]
    kept = [
        (year, told(row for row in closed if row.round_id == key)) for key, year in chain.items()
    ]
    return Year(
        round,
        told(rows),
        by_tier,
        [line for line in by_kind if line.book.projects],
        grades,
        sum(row.stage not in project_stages.ENDED for row in rows),
        sum(row.stage not in judged for row in rows),
        [(year, one) for year, one in kept if one.projects],
    )


def _chain(round: Round) -> dict[int, int]:
    """Key and year of the round and of the rounds that it follows, the latest first."""
    chain = {round.pk: round.year}
    if round.previous_id:
        before: Round | None = Round.objects.select_related("previous").get(pk=round.previous_id)
        while before and len(chain) <= EARLIER:
            chain[before.pk] = before.year
            before = before.previous if len(chain) <= EARLIER else None
    return chain


def _outcome(row: Any, passed: Container[int]) -> Outcome:
    return Outcome(row.grant, row.spent, row.pk in passed, row.paid, row.returned)


def _passed(rounds: Iterable[int]) -> dict[int, bool]:
    """Projects whose latest closing review was passed, so that nothing bars their team; and whether
    it lets the team apply for the next tier."""
    reviews = Report.objects.filter(
        project__round__in=rounds, kind=ReportKind.CLOSING, stage=project_stages.REVIEWED
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
    rows = [Standing(one.key, one.stand, caps[one.key] or 0) for one in year.tiers]
    return next_tiers(rows, budget) or []


def values_for(
    proposed: Proposed, tiers: list[NextTier], budget: int, draft: Round
) -> dict[str, int]:
    """The paths of the draft's pack that may take a figure, with the figure: fen, or a number."""
    highest = max((one.cap for one in tiers), default=0)
    wanted: dict[str, int | None] = {
        "budget": budget,
        "project_cap": max(proposed.cap, highest) if proposed.cap else None,
    }
    for one in tiers:
        wanted |= {
            f"tiers.{one.key}.places": one.places,
            f"tiers.{one.key}.cap": one.cap,
            f"tiers.{one.key}.money": one.money,
        }
    pack = draft.pack
    return {
        path: value
        for path, value in wanted.items()
        if value and path in pack.values and not pack.binds(path)
    }


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
