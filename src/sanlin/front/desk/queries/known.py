"""What the worklist counts, read in one question whatever the number of rounds.

Each kind gives lines of (kind, key, name, how many, since when): `key` is a row of what the kind is
about, mostly a round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from sanlin.commons.people.models import PostKind, Resident
from sanlin.commons.people.rules import posts_of
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Decision, Notice, Objection
from sanlin.govern.projects.models import Project
from sanlin.govern.proposals import stages as proposal_stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.reviews import stages as review_stages
from sanlin.govern.reviews.models import Recusal, Review, Seat
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round, Window
from sanlin.ground.clock import local_day
from sanlin.harmony.training.queries import waiting as of_trainings
from sanlin.harmony.voices.queries import unanswered

from .mine import OFFICERS, WORKERS, my_streets, run_by

TO_SCREEN, TO_MARK, DECIDED, OBJECTIONS = "to_screen", "to_mark", "decided", "objections"
NEWCOMERS, VOICES = "newcomers", "voices"
SITTING, ADMITTED, SEALED, ASIDE = "sitting", "admitted", "sealed", "aside"
ON_NOTICE, ALIVE = "on_notice", "alive"


@dataclass(frozen=True)
class Line:
    """A thing that waits, or that another waits for."""

    key: int
    name: str
    n: int
    since: datetime | None


@dataclass(frozen=True)
class Known:
    """All lines by their kind."""

    lines: dict[str, list[Line]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Line]:
        return self.lines.get(kind, [])

    def at(self, kind: str, key: int) -> int:
        """How many of a kind a row has."""
        return sum(line.n for line in self.of(kind) if line.key == key)


def known_to(who: Any, *, now: datetime) -> Known:
    """Everything that is counted for the worklist of `who`."""
    parts = [*_of_rounds(who, now), *_of_judge(who, now), *_of_places(who, now)]
    if not parts:
        return Known()
    found: dict[str, list[Line]] = defaultdict(list)
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for kind, key, name, n, since in sorted(rows, key=lambda row: (row[0], row[1], row[3])):
        found[kind].append(Line(key, name, n, since))
    return Known(dict(found))


def _lines(kind: str, rows: QuerySet[Any], key: str, name: str = "", **told: Any) -> QuerySet[Any]:
    """(kind, key, name, how many, since) of `rows`, counted by key and name where not told."""
    named = rows.order_by().annotate(
        k_kind=Value(kind, CharField()),
        k_key=F(key),
        k_name=F(name) if name else Value("", CharField()),
    )
    counted: Any = named.values("k_kind", "k_key", "k_name").annotate(
        k_n=told.get("n", Count("pk")),
        k_since=told.get("since", Cast(Value(None), DateTimeField())),
    )
    lines: QuerySet[Any] = counted.values_list("k_kind", "k_key", "k_name", "k_n", "k_since")
    return lines


def _of_rounds(who: Any, now: datetime) -> Iterator[QuerySet[Any]]:
    """What waits in the rounds that I run, and what their next steps wait for."""
    mine = run_by(who, now=now).values()
    rows: QuerySet[Any]
    if here := _at(mine, stages.CALL, stages.SCREENING):
        open_ = (proposal_stages.SUBMITTED, proposal_stages.APPEALED)
        rows = Proposal.objects.filter(round__in=here, stage__in=open_)
        yield _lines(TO_SCREEN, rows, "round")
    if here := _at(mine, stages.REVIEW):
        yield from _sheets(here)
    if here := _at(mine, stages.DECISION):
        own = Count("signatures", filter=Q(signatures__account_id=who.pk))
        rows = Decision.objects.standing().filter(round__in=here)
        yield _lines(DECIDED, rows, "round", "stage", n=own)
    if here := _at(mine, stages.NOTICE, stages.RUNNING):
        rows = Objection.objects.open().filter(award__decision__round__in=here)
        numbered = {"n": F("number"), "since": F("due")}
        yield _lines(OBJECTIONS, rows, "pk", "award__proposal__title", **numbered)
        rows = Notice.objects.filter(
            decision__round__in=here, decision__stage=award_stages.PUBLISHED
        )
        asked = Objection.objects.open().filter(award__decision__round__in=here)
        yield _lines(ON_NOTICE, rows.filter(closes__gt=now), "decision__round")
        yield _lines(ON_NOTICE, asked, "award__decision__round")
    if here := _at(mine, stages.RUNNING):
        yield _lines(ALIVE, Project.objects.alive().filter(round__in=here), "round")


def _at(rounds: Iterable[Round], *at: str) -> list[int]:
    return [one.pk for one in rounds if one.stage in at]


def _sheets(rounds: list[int]) -> Iterator[QuerySet[Any]]:
    """Of rounds in review: judges who sit, proposals to mark, sheets sealed, and judges aside."""
    sits = Seat.objects.filter(round__in=rounds, left_at__isnull=True)
    yield _lines(SITTING, sits, "round")
    yield _lines(ADMITTED, _admitted().filter(round__in=rounds), "round")
    sealed = Review.objects.filter(stage=review_stages.SEALED)
    for kind, rows in ((SEALED, sealed), (ASIDE, Recusal.objects.all())):
        here = rows.filter(seat__in=sits, proposal__stage=proposal_stages.ADMITTED)
        yield _lines(kind, here, "seat__round")


def _admitted() -> QuerySet[Any]:
    rows: QuerySet[Any] = Proposal.objects.filter(stage=proposal_stages.ADMITTED)
    return rows


def _of_judge(who: Any, now: datetime) -> Iterator[QuerySet[Any]]:
    """The sheets that I still owe in each round in which I sit, and until when."""
    if all(post.kind != PostKind.JUDGE for post in posts_of(who, now=now)):
        return
    seats = Seat.objects.filter(account_id=who.pk, left_at__isnull=True, round__stage=stages.REVIEW)
    here = Q(proposal__stage=proposal_stages.ADMITTED)
    owed = (
        number(_admitted(), "round", "round")
        - number(Review.objects.filter(here, stage=review_stages.SEALED), "seat", "pk")
        - number(Recusal.objects.filter(here), "seat", "pk")
    )
    closes = Window.objects.filter(round=OuterRef("round"), stage=stages.REVIEW)
    until = Subquery(closes.values("closes")[:1], output_field=DateTimeField())
    yield _lines(TO_MARK, seats, "round", "round__name", n=owed, since=until)


def number(rows: QuerySet[Any], of: str, outer: str) -> Any:
    """How many of `rows` belong to the row outside, as a column."""
    mine = rows.order_by().filter(**{of: OuterRef(outer)}).values(of)
    counted = mine.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _of_places(who: Any, now: datetime) -> Iterator[QuerySet[Any]]:
    """People who registered themselves, voices without an answer, and what trainings left to do."""
    mine = {
        post.neighbourhood_id
        for post in posts_of(who, now=now)
        if post.kind in WORKERS and post.neighbourhood_id
    }
    rows: QuerySet[Any]
    if mine:
        rows = Resident.objects.waiting().filter(neighbourhood__in=mine)
        yield _lines(NEWCOMERS, rows, "neighbourhood", "neighbourhood__name")
    if streets := my_streets(who, OFFICERS, now=now):
        since = {"since": Min("said_at")}
        yield _lines(VOICES, unanswered(streets), "street", "street__name", **since)
        for kind, rows in of_trainings(streets, local_day(now)).items():
            yield _lines(kind, rows, "session", "session__title")
