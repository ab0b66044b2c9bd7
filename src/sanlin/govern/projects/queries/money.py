from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sanlin.commons.funds.models import Fund
from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Instalment, Project, Receipt, Refund
from sanlin.govern.projects.rules import Flows
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.rules import STANDING
from sanlin.govern.rounds.models import Round
from sanlin.kernel.packs.rules import Head as HeadRule


@dataclass(frozen=True)
class Money:
    """A round's money in fen: asked for, approved, paid (less what came back), and left to pay."""

    asked: int
    approved: int
    paid: int
    returned: int = 0

    @property
    def left(self) -> int:
        return self.approved - self.paid


def position_of_round(round: Round) -> Money:
    """Where a round's money stands, at any stage. `paid` is what the teams still hold of it."""
    parts = [
        _total("asked", Proposal.objects.filter(round=round, stage__in=STANDING), "asked"),
        _total("granted", Project.objects.filter(round=round), "grant"),
        _total("paid", Instalment.objects.filter(project__round=round, stage=stages.PAID)),
        _total("returned", Refund.objects.filter(project__round=round)),
    ]
    sums = dict(parts[0].union(*parts[1:], all=True))
    granted = sums["granted"]
    if granted is None:
        granted = standing(round).aggregate(sum=Sum("grant"))["sum"]
    returned = sums["returned"] or 0
    return Money(sums["asked"] or 0, granted or 0, (sums["paid"] or 0) - returned, returned)


def _total(name: str, rows: QuerySet[Any], field: str = "amount") -> QuerySet[Any, Any]:
    """One line: the name, and the sum of a column (None of no rows)."""
    named = rows.order_by().annotate(sum_of=Value(name, CharField())).values("sum_of")
    line: QuerySet[Any, Any] = named.annotate(sum=Sum(field)).values_list("sum_of", "sum")
    return line


def with_money(rows: QuerySet[Project]) -> QuerySet[Project]:
    """The same rows with `paid`, `spent` (accepted receipts) and `returned`, in fen."""
    return rows.annotate(
        paid=_of(Instalment.objects.filter(stage=stages.PAID)),
        spent=_of(Receipt.objects.accepted()),
        returned=_of(Refund.objects.all()),
    )


def _of(rows: QuerySet[Any]) -> Coalesce:
    """The sum of amounts of one project's `rows`, as a column."""
    sums = (
        rows.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    field = BigIntegerField()
    return Coalesce(Subquery(sums, output_field=field), Value(0), output_field=field)


@dataclass(frozen=True)
class Head:
    """A spending head of one project: planned and spent, in fen."""

    rule: HeadRule
    planned: int
    spent: int

    @property
    def name(self) -> str:
        return self.rule.name


def by_head(project: Project, money: Flows) -> list[Head]:
    """Every head that the plan or an accepted receipt names, in the order of the rules."""
    return [
        Head(head, money.planned.get(head.key, 0), money.spent.get(head.key, 0))
        for head in project.round.rules.heads
        if head.key in money.planned or head.key in money.spent
    ]


def fund_of(round: Round) -> Fund | None:
    """The fund that pays a round's projects; None before its awards were confirmed."""
    return Fund.objects.filter(street=round.street_id, name=round.name).first()


def to_pay(round: Round) -> QuerySet[Instalment]:
    """Every instalment of a round, with its project; `turn` puts first what can be done now."""
    turns = (stages.PROPOSED, stages.DUE, stages.HELD, stages.WAITING, stages.PAID)
    turn = Case(
        *(When(stage=stage, then=Value(n)) for n, stage in enumerate(turns)),
        default=Value(len(turns)),
        output_field=IntegerField(),
    )
    rows = Instalment.objects.filter(project__round=round).annotate(turn=turn)
    return rows.select_related(
        "project__undertaking__organisation",
        "project__undertaking__neighbourhood",
        "project__round__street",
        "project__award",
        "proposed_by",
        "approved_by",
    )


def all_receipts(round: Round) -> QuerySet[Receipt]:
    """Every receipt of a round with its project; `alike` counts the standing receipts of the street
    that bear its number, itself included where it stands."""
    same = (
        Receipt.objects.counting()
        .filter(project__round__street=round.street_id, number=OuterRef("number"))
        .order_by()
        .values("number")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows: QuerySet[Receipt] = Receipt.objects.filter(project__round=round)
    return rows.annotate(alike=Coalesce(Subquery(same), Value(0))).select_related(
        "project__undertaking__organisation", "project__undertaking__neighbourhood"
    )


def twins(receipts: Sequence[Receipt]) -> dict[int, list[Receipt]]:
    """By key of a receipt: other standing receipts of the street that bear the same number."""
    if not receipts:
        return {}
    street = receipts[0].project.round.street_id
    rows = (
        Receipt.objects.counting()
        .filter(project__round__street=street, number__in={row.number for row in receipts})
        .select_related("project__undertaking")
        .order_by("pk")
    )
    alike: dict[str, list[Receipt]] = {}
    for row in rows:
        alike.setdefault(row.number, []).append(row)
    found = {row.pk: [o for o in alike.get(row.number, []) if o.pk != row.pk] for row in receipts}
    return {key: others for key, others in found.items() if others}
