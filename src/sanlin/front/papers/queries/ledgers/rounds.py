"""Ledgers of what happened in rounds: rows in the order of their heads."""

from __future__ import annotations

from django.db.models import Prefetch

from sanlin.commons.funds.models import Book as Account
from sanlin.commons.funds.models import BookKind, Fund
from sanlin.front.papers.queries.receipts import heads_of
from sanlin.front.papers.queries.word.fields import named
from sanlin.govern.awards.models import Notice, Objection
from sanlin.govern.growth.models import Advice, Meeting, Visit
from sanlin.govern.projects.models import Circle, Instalment, Project, Receipt, Report
from sanlin.govern.projects.queries import consequence_words, with_money
from sanlin.govern.proposals.models import BudgetLine, Proposal
from sanlin.harmony.training.models import Session
from sanlin.kernel.ledger import FEN

from .scope import Rows, Scope, chunks


def proposals(scope: Scope) -> Rows:
    rows = Proposal.objects.handed_in().filter(scope.of("round")).defer("writing")
    rows = rows.select_related("round", "team", "neighbourhood").order_by("round", "number")
    for row in chunks(rows):
        rules = row.round.rules
        tiers = {tier.key: tier.name for tier in rules.tiers}
        themes = {theme.key: theme.name for theme in rules.themes}
        yield (
            row.round.name,
            row.code,
            row.title,
            row.team.name,
            row.neighbourhood.name,
            tiers.get(row.tier, ""),
            themes.get(row.theme, ""),
            row.need,
            row.asked,
            row.own_funds,
            row.submitted_at,
            row.stage_label,
        )


def budgets(scope: Scope) -> Rows:
    rows = BudgetLine.objects.filter(scope.of("proposal__round"), proposal__number__isnull=False)
    rows = rows.select_related("proposal__round", "proposal__team").order_by(
        "proposal__round", "proposal__number", "place"
    )
    for row in chunks(rows):
        names = {head.key: head.name for head in row.proposal.round.rules.heads}
        yield (
            row.proposal.round.name,
            row.proposal.code,
            row.proposal.title,
            row.proposal.team.name,
            names.get(row.head, row.head),
            row.what,
            row.unit_price,
            row.quantity,
            row.amount,
        )


def projects(scope: Scope) -> Rows:
    rows = with_money(Project.objects.whole().filter(scope.of("round")))
    for row in chunks(rows.order_by("number")):
        yield (
            row.number,
            row.undertaking.title,
            row.team.name,
            named(row.place),
            row.round.name,
            row.tier_name,
            row.undertaking.starts,
            row.undertaking.ends,
            row.grant,
            row.paid,
            row.spent,
            row.returned,
            row.stage_label,
            row.grade_name,
            named(row.circle),
            row.stop_reason,
        )


def instalments(scope: Scope) -> Rows:
    rows = Instalment.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation",
        "project__undertaking__neighbourhood",
        "project__fund",
        "proposed_by",
        "approved_by",
        "paid_by",
    )
    came_in = Account.objects.filter(kind=BookKind.SOURCE, unit=FEN, balance__gt=0)
    filled = Prefetch("project__fund__books", came_in.select_related("source").order_by("pk"))
    rows = rows.prefetch_related(filled)
    for row in chunks(rows.order_by("project__number", "place")):
        one = row.project
        yield (
            one.fund.get_level_display(),
            one.fund.name,
            one.number,
            one.undertaking.title,
            one.team.name,
            named(one.place),
            row.name,
            row.amount,
            row.stage_label,
            row.due,
            row.paid_at,
            named(row.proposed_by),
            named(row.approved_by),
            named(row.paid_by),
            _where_from(one.fund) if row.paid_at else "",
            row.note,
        )


def _where_from(fund: Fund) -> str:
    """What has filled the pot, by its books: a pot is paid out as one, whoever filled it."""
    own = f"{fund.get_level_display()}拨款"  # data
    told = [
        f"{book.source.get_origin_display()}·{book.source.told}" if book.source else own
        for book in fund.books.all()
    ]
    return "、".join(dict.fromkeys(told))


def receipts(scope: Scope) -> Rows:
    rows = Receipt.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation", "project__round", "by", "looked_by"
    )
    rows = rows.prefetch_related("lines").order_by("project__number", "day", "pk")
    for row in chunks(rows):
        names = {head.key: head.name for head in row.project.round.rules.heads}
        yield (
            row.project.number,
            row.project.undertaking.title,
            row.number,
            row.day,
            row.payee,
            "、".join(names.get(key, key) for key in heads_of(row)),
            row.what,
            row.amount,
            row.stage_label,
            row.by.name,
            named(row.looked_by),
            row.looked_at,
            row.reason,
        )


def reports(scope: Scope) -> Rows:
    rows = Report.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation", "project__round", "reviewed_by"
    )
    for row in chunks(rows.order_by("project__number", "at")):
        yield (
            row.project.number,
            row.project.undertaking.title,
            row.project.team.name,
            row.get_kind_display(),
            row.at,
            row.activities,
            row.people,
            row.stage_label,
            row.mark,
            row.grade_name,
            consequence_words(row.consequence),
            named(row.reviewed_by),
        )


def circles(scope: Scope) -> Rows:
    rows = Circle.objects.filter(scope.of("round")).select_related("round", "leader")
    rows = rows.prefetch_related("projects__undertaking__organisation").order_by("round", "name")
    for row in chunks(rows):
        members = sorted(row.projects.all(), key=lambda one: one.number)
        yield (
            row.round.name,
            row.name,
            named(row.leader),
            len(members),
            "、".join(one.undertaking.title for one in members),
        )


def meetings(scope: Scope) -> Rows:
    rows = Meeting.objects.filter(scope.of("round")).select_related("round", "circle")
    for row in chunks(rows.prefetch_related("attendances").order_by("at", "pk")):
        came = list(row.attendances.all())
        yield (
            row.round.name,
            row.circle.name if row.circle else "联席会议",  # data
            row.title,
            row.at,
            row.place,
            sum(one.people for one in came),
            "、".join(f"{one.who}{one.people}人" for one in came),  # data
            row.notes,
        )


def visits(scope: Scope) -> Rows:
    rows = Visit.objects.filter(scope.of("project__round")).select_related(
        "project__undertaking__organisation", "by"
    )
    for row in chunks(rows.prefetch_related("advice").order_by("day", "pk")):
        agreed: list[Advice] = list(row.advice.all())
        yield (
            row.project.number,
            row.project.undertaking.title,
            row.project.team.name,
            row.day,
            row.notes,
            "；".join(one.text for one in agreed),
            len(agreed),
            sum(one.done_at is not None for one in agreed),
            row.by.name,
        )


def trainings(scope: Scope) -> Rows:
    rows = Session.objects.filter(scope.in_year("opens"), street=scope.street)
    for row in chunks(rows.prefetch_related("signups").order_by("opens", "pk")):
        signed = list(row.signups.all())
        yield (
            row.title,
            row.round_name,
            row.opens,
            row.closes,
            row.place,
            row.seats,
            len(signed),
            sum(one.came for one in signed),
        )


def notices(scope: Scope) -> Rows:
    rows = Notice.objects.filter(scope.of("decision__round")).select_related("decision__round")
    rows = rows.prefetch_related("decision__signatures__account")
    for row in chunks(rows.order_by("opens", "pk")):
        yield (
            row.number,
            row.decision.round.name,
            "补充公示" if row.award_id else "立项公示",  # data
            "系统公示页、居务公开栏",  # data
            row.opens,
            row.closes,
            "、".join(one.account.name for one in row.decision.signatures.all()),
            row.decision.fingerprint,
        )


def objections(scope: Scope) -> Rows:
    rows = Objection.objects.filter(scope.of("notice__decision__round")).select_related(
        "notice__decision__round", "award__proposal", "answered_by"
    )
    for row in chunks(rows.order_by("filed_at", "pk")):
        yield (
            f"{row.notice.number}-{row.number}",
            row.notice.decision.round.name,
            row.award.proposal.title,
            row.text,
            row.filed_at,
            row.due,
            row.stage_label,
            row.answer,
            named(row.answered_by),
            row.answered_at,
        )
