"""What must hold of a round's money, worked out of the rows while the page is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from sanlin.commons.funds.models import Book, BookKind, Fund
from sanlin.commons.funds.queries import Told, amounts, ledger_findings, position, told
from sanlin.govern.awards.models import Objection
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Agreement, Instalment, Project, Refund, Report
from sanlin.govern.projects.queries import with_money
from sanlin.govern.projects.rules import passes
from sanlin.govern.rounds.models import Round
from sanlin.kernel import ledger
from sanlin.kernel.ledger import Due, Finding, Payment, Share

SIGNED = "signed"


@dataclass(frozen=True)
class Checks:
    """Every check of a round in words, and the fund whose books they are of (None before one)."""

    fund: Fund | None
    money: list[Told]
    books: list[Told]

    @property
    def holds(self) -> bool:
        return all(one.holds for one in (*self.money, *self.books))


def checks(round: Round) -> Checks:
    """All of a round's checks, in seven queries whatever it holds."""
    signed = Agreement.objects.filter(project=OuterRef("pk"), signed_at__isnull=False)
    first = signed.order_by("signed_at").values("signed_at")[:1]
    rows = Project.objects.filter(round=round).select_related("fund")
    told_of = with_money(rows).annotate(
        signed_at=Subquery(first),
        given=_sum(Instalment.objects.filter(stage=stages.PAID)),
        given_back=_sum(Refund.objects.all()),
    )
    projects: list[Any] = list(told_of.order_by("number"))
    fund = projects[0].fund if projects else None
    books = list(Book.objects.filter(fund=fund)) if fund else []
    shares = [_share(project, _booked(books)) for project in projects]
    pot = position(fund, books).source if fund else round.rules.budget
    if (parent := getattr(round, "parent", None)) is not None:
        pot = parent.amount
    found = [
        ledger.awards_within_pot(pot, shares),
        ledger.paid_within_award(shares),
        ledger.paid_on_condition(_payments(round, projects)),
        ledger.receipts_within_paid(shares),
        ledger.unspent_returned(shares),
        ledger.papers_agree(shares),
    ]
    return Checks(
        fund,
        [_words(one) for one in found],
        [told(one) for one in ledger_findings(fund, books)] if fund else [],
    )


def _booked(books: Iterable[Book]) -> dict[int, int]:
    """By undertaking: what the books say that it has received and not given back."""
    held: dict[int, int] = {}
    for book in books:
        if (
            book.undertaking_id
            and book.kind in {BookKind.COST, BookKind.OWED}
            and book.unit == "fen"
        ):
            sign = 1 if book.kind == BookKind.COST else -1
            held[book.undertaking_id] = held.get(book.undertaking_id, 0) + sign * book.balance
    return held


def _sum(rows: QuerySet[Any]) -> Coalesce:
    """The sum of amounts that groups of a project received or gave back, as a column."""
    mine = rows.filter(project__round__parent__project=OuterRef("pk")).order_by()
    by = mine.values("project__round__parent__project").annotate(sum=Sum("amount"))
    field = BigIntegerField()
    return Coalesce(Subquery(by.values("sum"), output_field=field), Value(0), output_field=field)


def _share(project: Any, booked: dict[int, int]) -> Share:
    """What a project handed on to groups of its own is spent, and stands in their books."""
    handed_on = project.given - project.given_back
    return Share(
        key=project.number,
        granted=project.grant,
        paid=project.paid,
        returned=project.returned,
        proved=project.spent + handed_on,
        booked=booked.get(project.undertaking_id, 0) + handed_on,
        ended=project.stage == stages.CLOSED,
    )


def _moment(when: datetime | None) -> str | None:
    return None if when is None else when.astimezone(UTC).isoformat(timespec="microseconds")


def _payments(round: Round, projects: list[Any]) -> list[Payment]:
    """Every payment with the moment since when its condition holds, and whether an objection to the
    award was open when it was made."""
    met = _met(round, projects)
    answered_later = Q(answered_at__isnull=True) | Q(answered_at__gt=OuterRef("paid_at"))
    objections = Objection.objects.filter(
        answered_later, award=OuterRef("project__award"), filed_at__lte=OuterRef("paid_at")
    )
    rows = Instalment.objects.filter(project__round=round, stage=stages.PAID)
    paid = rows.annotate(objected=Exists(objections)).order_by("project__number", "place")
    fields = ("project", "project__number", "name", "condition", "amount", "paid_at", "objected")
    found = []
    for project, number, name, condition, amount, when, objected in paid.values_list(*fields):
        at = str(_moment(when))
        due = Due(met.get((project, condition)), ((at, None),) if objected else ())
        found.append(Payment(f"{number} {name}", amount, at, due))
    return found


def _met(round: Round, projects: list[Any]) -> dict[tuple[int, str], str]:
    """By project and condition: since when it holds, by the first signed agreement and the first
    review that was passed."""
    found: dict[tuple[int, str], str] = {}
    for project in projects:
        _earliest(found, (project.pk, SIGNED), project.signed_at)
    names = {"midterm": "midterm", "closing": "accepted"}
    for report in Report.objects.filter(project__round=round, stage=stages.REVIEWED):
        if passes(report):
            _earliest(found, (report.project_id, names[report.kind]), report.reviewed_at)
    return found


def _earliest(found: dict[tuple[int, str], str], key: tuple[int, str], at: datetime | None) -> None:
    moment = _moment(at)
    if moment is not None:
        found[key] = min(found.get(key, moment), moment)


def _words(found: Finding) -> Told:
    titles = {
        "awards_within_pot": lambda: _("立项总额不超过资金池"),
        "paid_within_award": lambda: _("每个项目的拨款不超过立项金额"),
        "paid_on_condition": lambda: _("条件具备才拨款，有异议时不拨款"),
        "receipts_within_paid": lambda: _("票据核销不超过已拨款"),
        "unspent_returned": lambda: _("结项的项目没有未退的结余"),
        "papers_agree": lambda: _("拨款记录与账上一致"),
    }
    words = {
        "awards_within_pot": lambda: _("立项%(granted)s，资金池%(pot)s，余%(left)s"),
        "paid_within_award": lambda: _("立项%(granted)s，已拨%(paid)s"),
        "paid_on_condition": lambda: _("已拨款%(payments)s笔，条件不具备的%(wrong)s笔"),
        "receipts_within_paid": lambda: _("已拨%(paid)s，已核销%(settled)s，待核销%(open)s"),
        "unspent_returned": lambda: _("已结项%(ended)s个，已退%(returned)s，未退%(open)s"),
        "papers_agree": lambda: _("拨款记录合计%(papers)s，账上合计%(books)s"),
    }
    figures = amounts(found, plain={"payments", "wrong", "ended"})
    wrong = _("、").join(found.wrong[:5])
    return Told(titles[found.code](), words[found.code]() % figures, found.holds, wrong)
