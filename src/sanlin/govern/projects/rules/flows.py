from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, F, QuerySet, Sum, Value

from sanlin.govern.projects import stages
from sanlin.govern.projects.models import (
    Agreement,
    ChildRequest,
    ChildRound,
    Instalment,
    Project,
    Receipt,
    ReceiptLine,
    Refund,
)
from sanlin.govern.rounds import stages as round_stages
from sanlin.kernel.spending import to_return

RECEIPTS, WAITING, PAID, RETURNED = "receipts", "waiting", "paid", "returned"
PASSED_ON, CAME_BACK, SET_ASIDE = "passed_on", "came_back", "set_aside"
ASKED_FOR, DRAWN = "asked_for", "drawn"

AMOUNT = F("amount")
OVER = (round_stages.CLOSED, round_stages.CANCELLED)


@dataclass(frozen=True)
class Flows:
    """A project's money in fen: planned and spent by head, paid to the team, given back by it.

    Payments of a round of its own are spent too; `set_aside` is what such a round, while it goes on,
    may still pay, `pots` counts such rounds and `passed_on` is what their groups hold; `asked_for` is
    the small round that the team writes or the street has before it: its name, the stage of the
    request, its pot. `waiting` counts the receipts that nobody has looked at, `drawn` the agreements
    that wait for signatures; `owed` is what the team has still to give back of what it received: paid,
    less what was spent, less what came back.
    """

    owes_all: bool
    planned: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    paid: int = 0
    returned: int = 0
    waiting: int = 0
    pots: int = 0
    passed_on: int = 0
    asked_for: tuple[str, str, int] | None = None
    drawn: int = 0

    @property
    def owed(self) -> int:
        spent = sum(self.spent.values())
        return to_return(self.paid, spent, self.returned, everything=self.owes_all)

    @property
    def in_hand(self) -> int:
        """What the team has received and neither spent, nor passed on, nor given back."""
        return self.paid - self.returned - sum(self.spent.values())

    @property
    def bound(self) -> dict[str, int]:
        """Spent or set aside, by head."""
        heads = {*self.spent, *self.set_aside}
        return {head: self.spent.get(head, 0) + self.set_aside.get(head, 0) for head in heads}


def flows(project: Project) -> Flows:
    """All that moved, in one question."""
    lines = ReceiptLine.objects.filter(receipt__project=project, receipt__stage=stages.ACCEPTED)
    receipts = Receipt.objects.filter(project=project, stage=stages.HANDED_IN)
    paid = Instalment.objects.filter(project=project, stage=stages.PAID)
    child, parent = "project__round__parent__project", "project__round__parent__head"
    passed = Instalment.objects.filter(**{child: project}, stage=stages.PAID)
    back = Refund.objects.filter(**{child: project})
    pots = ChildRound.objects.filter(project=project)
    requests = ChildRequest.objects.filter(project=project).exclude(stage=stages.OPENED)
    drawn = Agreement.objects.filter(project=project, stage=stages.DRAWN)
    stage = F("project__round__stage")
    parts = [
        _summed(RECEIPTS, lines, "head", each=F("unit_price") * F("quantity")),
        _summed(WAITING, receipts),
        _summed(PAID, paid),
        _summed(RETURNED, Refund.objects.filter(project=project)),
        _summed(PASSED_ON, passed, parent, stage=stage),
        _summed(CAME_BACK, back, parent, stage=stage),
        _summed(SET_ASIDE, pots, "head", stage=F("round__stage")),
        _summed(ASKED_FOR, requests, "name", stage=F("stage")),
        _summed(DRAWN, drawn, each=Value(0)),
    ]
    told = list(parts[0].union(*parts[1:], all=True))
    found = {(what, head, stage): amount or 0 for what, head, stage, _count, amount in told}
    counts = dict.fromkeys((WAITING, SET_ASIDE, DRAWN), 0)
    for what, _head, _stage, count, _amount in told:
        if what in counts:
            counts[what] += count
    spent, aside = _spent(found)
    return Flows(
        project.owes_all,
        dict(project.plan),
        spent,
        aside,
        found.get((PAID, "", ""), 0),
        found.get((RETURNED, "", ""), 0),
        counts[WAITING],
        counts[SET_ASIDE],
        sum(
            (amount if what == PASSED_ON else -amount)
            for (what, _head, _stage), amount in found.items()
            if what in (PASSED_ON, CAME_BACK)
        ),
        next(((*key[1:], amount) for key, amount in found.items() if key[0] == ASKED_FOR), None),
        counts[DRAWN],
    )


def _spent(found: dict[tuple[str, str, str], int]) -> tuple[dict[str, int], dict[str, int]]:
    """(spent, set aside) by head."""
    spent, aside = dict[str, int](), dict[str, int]()
    for (what, head, stage), amount in found.items():
        going_on = bool(stage) and stage not in OVER
        if what == RECEIPTS:
            spent[head] = spent.get(head, 0) + amount
        elif what in (PASSED_ON, CAME_BACK):
            moved = amount if what == PASSED_ON else -amount
            spent[head] = spent.get(head, 0) + moved
            if going_on:
                aside[head] = aside.get(head, 0) - moved
        elif what == SET_ASIDE and going_on:
            aside[head] = aside.get(head, 0) + amount
    return spent, aside


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
