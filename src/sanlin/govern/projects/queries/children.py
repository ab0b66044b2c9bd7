"""The small rounds of a project, and what has become of their money."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from sanlin.govern.projects import stages
from sanlin.govern.projects.models import ChildRound, Instalment, Project, Receipt, Refund


def children_of(project: Project) -> QuerySet[Any]:
    """The small rounds of a project, each with `asked`, the teams that have handed something in,
    `groups`, its projects, and in fen what these were `granted`, hold (`passed_on`) and have shown
    receipts for (`shown`)."""
    asked = Count(
        "round__proposals__team",
        filter=Q(round__proposals__number__isnull=False),
        distinct=True,
    )
    groups = Count("round__projects", distinct=True)
    found: QuerySet[Any] = (
        ChildRound.objects.filter(project=project)
        .select_related("round")
        .annotate(
            asked=asked,
            groups=groups,
            granted=_in_round(Project.objects.all(), "round", "grant"),
            passed_on=_in_round(Instalment.objects.filter(stage=stages.PAID), "project__round")
            - _in_round(Refund.objects.all(), "project__round"),
            shown=_in_round(Receipt.objects.accepted(), "project__round"),
        )
    )
    return found.order_by("at", "pk")


def _in_round(rows: QuerySet[Any], round: str, amount: str = "amount") -> Coalesce:
    """The sum of `amount` of the rows of a child's round, as a column."""
    sums = rows.filter(**{round: OuterRef("round")}).order_by().values(round)
    field = BigIntegerField()
    summed = Subquery(sums.annotate(sum=Sum(amount)).values("sum"), output_field=field)
    return Coalesce(summed, Value(0), output_field=field)
