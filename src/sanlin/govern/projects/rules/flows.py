from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, F, QuerySet, Sum, Value

from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Instalment, Project, Receipt, Refund
from sanlin.govern.proposals.models import BudgetLine
from sanlin.kernel.spending import to_return

PLANNED, RECEIPTS, PAID, RETURNED = "planned", "receipts", "paid", "returned"

AMOUNT = F("amount")


@dataclass(frozen=True)
class Flows:
    """A project's money in fen: planned and spent by head, paid to the team, given back by it.

    `waiting` counts the receipts that nobody has looked at; `owed` is what the team has still to
    give back of what it received: paid, less accepted receipts, less what came back.
    """

    owes_all: bool
    planned: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    paid: int = 0
    returned: int = 0
    waiting: int = 0

    @property
    def owed(self) -> int:
        spent = sum(self.spent.values())
        return to_return(self.paid, spent, self.returned, everything=self.owes_all)


def flows(project: Project) -> Flows:
    """All that moved, in one question."""
    plan = BudgetLine.objects.filter(proposal=project.award.proposal_id)
    receipts = Receipt.objects.filter(project=project)
    paid = Instalment.objects.filter(project=project, stage=stages.PAID)
    parts = [
        _summed(PLANNED, plan, "head", each=F("unit_price") * F("quantity")),
        _summed(RECEIPTS, receipts, "head", stage=F("stage")),
        _summed(PAID, paid),
        _summed(RETURNED, Refund.objects.filter(project=project)),
    ]
    found: dict[tuple[str, str], dict[str, int]] = {}
    waiting = 0
    for what, head, stage, count, amount in parts[0].union(*parts[1:], all=True):
        found.setdefault((what, stage), {})[head] = amount or 0
        waiting += count if (what, stage) == (RECEIPTS, stages.HANDED_IN) else 0
    return Flows(
        project.owes_all,
        found.get((PLANNED, ""), {}),
        found.get((RECEIPTS, stages.ACCEPTED), {}),
        found.get((PAID, ""), {}).get("", 0),
        found.get((RETURNED, ""), {}).get("", 0),
        waiting,
    )


def _summed(
    what: str, rows: QuerySet[Any], head: str = "", stage: Any = None, each: Any = AMOUNT
) -> QuerySet[Any, Any]:
    """(what, head, stage, how many, sum) of `rows`, by head and stage where they have them."""
    text = CharField()
    named = rows.order_by().annotate(
        flow=Value(what, text),
        flow_head=F(head) if head else Value("", text),
        flow_stage=stage or Value("", text),
    )
    summed = named.values("flow", "flow_head", "flow_stage").annotate(
        count=Count("pk"), sum=Sum(each, output_field=BigIntegerField())
    )
    lines: QuerySet[Any, Any] = summed.values_list(
        "flow", "flow_head", "flow_stage", "count", "sum"
    )
    return lines
