from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from sanlin.commons.funds.models import Fund
from sanlin.commons.places.models import Street
from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import (
    ChildRound,
    Instalment,
    PaperKind,
    Project,
    Receipt,
    Refund,
    SignedPaper,
    Twin,
)
from sanlin.govern.projects.rules import Flows
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.rules import STANDING
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.kernel.packs.rules import Head as HeadRule


@dataclass(frozen=True)
class Money:
    """A round's money in fen: asked for, approved, paid (less what came back), and left to pay; or,
    once the round is `over`, what is not needed any more."""

    asked: int
    approved: int
    paid: int
    returned: int = 0
    over: bool = False

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
    paid, over = (sums["paid"] or 0) - returned, round.stage == round_stages.CLOSED
    return Money(sums["asked"] or 0, granted or 0, paid, returned, over)


def _total(name: str, rows: QuerySet[Any], field: str = "amount") -> QuerySet[Any, Any]:
    """One line: the name, and the sum of a column (None of no rows)."""
    named = rows.order_by().annotate(sum_of=Value(name, CharField())).values("sum_of")
    line: QuerySet[Any, Any] = named.annotate(sum=Sum(field)).values_list("sum_of", "sum")
    return line


def with_money(rows: QuerySet[Project]) -> QuerySet[Project]:
    """The same rows with `paid`, `spent` (accepted receipts) and `returned`, in fen."""
    return rows.annotate(
        paid=_of(Instalment.objects.filter(stage=stages.PAID)),
        spent=_of(Receipt.objects.accepted()) + _passed_on(),
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


def _passed_on() -> Any:
    """What a round of a project's own has paid to its groups and not got back, as a column."""
    pots = ChildRound.objects.filter(project=OuterRef("pk")).order_by().values("project")
    paid = pots.filter(round__projects__instalments__stage=stages.PAID).annotate(
        sum=Sum("round__projects__instalments__amount")
    )
    back = pots.annotate(sum=Sum("round__projects__refunds__amount"))
    field = BigIntegerField()
    return Coalesce(
        Subquery(paid.values("sum"), output_field=field), Value(0), output_field=field
    ) - Coalesce(Subquery(back.values("sum"), output_field=field), Value(0), output_field=field)


@dataclass(frozen=True)
class Head:
    """A spending head of one project: planned, spent, and set aside for its own groups, in fen."""

    rule: HeadRule
    planned: int
    spent: int
    aside: int = 0

    @property
    def left(self) -> int:
        return self.planned - self.spent - self.aside

    @property
    def name(self) -> str:
        return self.rule.name


def by_head(project: Project, money: Flows) -> list[Head]:
    """Every head that the plan or an accepted receipt names, in the order of the rules."""
    return [
        Head(
            head,
            money.planned.get(head.key, 0),
            money.spent.get(head.key, 0),
            money.set_aside.get(head.key, 0),
        )
        for head in project.round.rules.heads
        if head.key in money.planned or head.key in money.spent
    ]


def fund_of(round: Round) -> Fund | None:
    """The fund that pays a round's projects; None before its awards were confirmed."""
    of_parent = Q(pk__in=ChildRound.objects.filter(round=round).values("project__fund"))
    own = Q(street=round.street_id, name=round.name)
    # Put in order here: a database that is asked to would walk through the funds of the whole city.
    found: list[Fund] = sorted(Fund.objects.filter(of_parent | own), key=lambda fund: fund.pk)
    return found[0] if found else None


def to_pay(round: Round) -> QuerySet[Instalment]:
    """Every instalment of a round, with its project; `turn` puts first what can be done now."""
    turns = (stages.PROPOSED, stages.TO_PAY, stages.DUE, stages.HELD, stages.WAITING, stages.PAID)
    turn = Case(
        *(When(stage=stage, then=Value(n)) for n, stage in enumerate(turns)),
        default=Value(len(turns)),
        output_field=IntegerField(),
    )
    return _with_hands(Instalment.objects.filter(project__round=round).annotate(turn=turn))


def _with_hands(rows: QuerySet[Instalment]) -> QuerySet[Instalment]:
    return rows.select_related(
        "project__undertaking__organisation",
        "project__undertaking__neighbourhood",
        "project__round__street",
        "project__award",
        "proposed_by",
        "approved_by",
        "paid_by",
    )


def on_the_way(street: Street) -> QuerySet[Instalment]:
    """Every instalment of a street, of whatever round, that somebody has still to ask for, approve or
    pay."""
    rows = Instalment.objects.filter(project__round__street=street, stage__in=stages.ON_THE_WAY)
    return _with_hands(rows)


@dataclass(frozen=True)
class Stop:
    """How many instalments wait at one stage, and how much that is in fen."""

    stage: str
    count: int = 0
    sum: int = 0


def stops(street: Street) -> list[Stop]:
    """The stages on the way to a payment with what waits at each, in one question."""
    rows = Instalment.objects.filter(project__round__street=street, stage__in=stages.ON_THE_WAY)
    told = {
        row["stage"]: Stop(row["stage"], row["count"], row["sum"])
        for row in rows.order_by().values("stage").annotate(count=Count("pk"), sum=Sum("amount"))
    }
    return [told.get(stage, Stop(stage)) for stage in stages.ON_THE_WAY]


def all_receipts(round: Round) -> QuerySet[Receipt]:
    """Every receipt of a round with its project; `alike` counts the standing receipts of the street
    that it looks like."""
    standing = stages.STANDING_RECEIPTS
    new = Twin.objects.filter(receipt=OuterRef("pk"), other__stage__in=standing)
    old = Twin.objects.filter(other=OuterRef("pk"), receipt__stage__in=standing)
    counts = [
        Coalesce(
            Subquery(
                rows.order_by()
                .values(side)
                .annotate(count=Count(other, distinct=True))
                .values("count")
            ),
            Value(0),
        )
        for rows, side, other in ((new, "receipt", "other"), (old, "other", "receipt"))
    ]
    rows: QuerySet[Receipt] = Receipt.objects.filter(project__round=round)
    return (
        rows.annotate(alike=counts[0] + counts[1])
        .select_related("project__undertaking__organisation", "project__undertaking__neighbourhood")
        .prefetch_related("lines")
    )


def late(street: Street, today: date) -> QuerySet[Instalment]:
    """Every instalment of a street, of whatever round, whose day to be paid is over."""
    rows = Instalment.objects.filter(
        project__round__street=street, stage__in=stages.ON_THE_WAY, due__lt=today
    )
    return rows.select_related(
        "project__undertaking__organisation",
        "project__undertaking__neighbourhood",
        "project__round",
        "proposed_by",
    )


def confirmed(project: Project) -> tuple[int, int]:
    """How many beneficiaries have signed that they benefit, and on how many papers that were checked."""
    rows = SignedPaper.objects.filter(
        project=project, what=PaperKind.CONFIRMATION, stage=stages.CHECKED
    )
    told = rows.aggregate(people=Sum("people"), papers=Count("pk"))
    return told["people"] or 0, told["papers"]
