from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from sanlin.govern.growth.models import Acceptance, Advice, Answer, Survey, Visit
from sanlin.govern.projects.models import Project, Report, ReportKind
from sanlin.govern.projects.stages import REVIEWED
from sanlin.govern.rounds.models import Round


def how_many(rows: QuerySet[Any], of: str = "project") -> Coalesce:
    """How many of `rows` are of a project, as a column."""
    mine = rows.filter(**{of: OuterRef("pk")}).order_by().values(of)
    counted = mine.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def progress(round: Round, today: date) -> QuerySet[Project]:
    """The projects of a round with `visited`, `open` and `late` advice, the last `midterm` mark (None
    before it), `asked`, `answers`, of these content with 4 or 5 `content`, and `accepted`."""
    midterms = Report.objects.filter(
        project=OuterRef("pk"), kind=ReportKind.MIDTERM, stage=REVIEWED
    )
    answers = Answer.objects.all()
    whole: QuerySet[Project] = Project.objects.whole().filter(round=round)
    rows: QuerySet[Project] = whole.annotate(
        visited=how_many(Visit.objects.all()),
        open=how_many(Advice.objects.open()),
        late=how_many(Advice.objects.late(today)),
        midterm=Subquery(midterms.order_by("-number").values("mark")[:1]),
        asked=how_many(Survey.objects.all()),
        answers=how_many(answers, "survey__project"),
        content=how_many(answers.filter(content__gte=4), "survey__project"),
        accepted=how_many(Acceptance.objects.all()),
    )
    return rows
