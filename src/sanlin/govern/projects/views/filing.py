"""The staff's lists of agreements, changes asked for, signed papers, and payments that are late."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Street
from sanlin.govern.projects import queries, rules, stages
from sanlin.govern.projects.models import Agreement, Change, PaperKind, Scan, SignedPaper
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.kernel.calendar import working_days_after

from .acting import COPY_TONES, INSTALMENT_TONES
from .columns import NUMBER, SEARCH, TEAM, by_stage, desk, listed, project, spoken, stage

AGREEMENT_TONES = {
    stages.DRAWN: "waiting",
    stages.IN_FORCE: "done",
    stages.REFUSED_TO_SIGN: "wrong",
}
CHANGE_TONES = {stages.ASKED: "waiting", stages.APPROVED: "done", stages.REFUSED: "wrong"}


def _version(row: Agreement) -> str:
    return f"{reverse('projects:agreement', args=[row.project_id])}?version={row.version}"


def _with_scan(stage: str) -> Q:
    """Each version once, and all of its scans counted."""
    return Q(Exists(Scan.objects.filter(agreement=OuterRef("pk"), stage=stage)))


def _agreement_table(_round: Round) -> Table:
    return Table(
        "agreements",
        _("协议"),
        (
            NUMBER,
            project(_version),
            TEAM,
            Column("version", _("第几版"), lambda row: row.version, "number", sort="version"),
            stage(AGREEMENT_TONES),
            Column(
                "signed",
                _("已签"),
                lambda row: f"{row.signed}/{len(row.parties.split(','))}",
            ),
            Column("scans", _("待核对签字件"), lambda row: row.to_check, "number", sort="to_check"),
            Column("drawn", _("拟定时间"), lambda row: row.drawn_at, "moment", sort="drawn_at"),
            Column("force", _("生效时间"), lambda row: row.signed_at, "moment", under="stage"),
            Column("reason", _("理由"), lambda row: row.ended or row.reason, "long"),
        ),
        sieves=(
            by_stage(stages.AGREEMENT_LABELS),
            Sieve("scan", _("签字件"), spoken(stages.SCAN_LABELS), _with_scan),
        ),
        search=SEARCH,
        order="project__number",
        empty=_("确认立项以后，每个项目的协议出现在这里。"),
    )


@gate(can_manage, Round, having=("street",))
def agreements(request: Request, round: Round) -> HttpResponse:
    """Every version of every agreement of a round: who has still to sign, what is to be checked."""
    rows = (
        Agreement.objects.filter(project__round=round)
        .annotate(
            signed=Count("signings", distinct=True),
            to_check=Count("scans", filter=Q(scans__stage=stages.FILED), distinct=True),
        )
        .select_related("project__undertaking__organisation")
    )
    return listed(request, round, _agreement_table, rows)


def _change_table(_round: Round) -> Table:
    return Table(
        "changes",
        _("变更申请"),
        (
            NUMBER,
            project(lambda row: reverse("projects:change", args=[row.pk])),
            Column("reason", _("理由"), lambda row: row.reason, "long"),
            Column("moved", _("科目调剂"), _moved, "money"),
            Column("at", _("申请时间"), lambda row: row.at, "moment", sort="at"),
            stage(CHANGE_TONES),
            Column("decided", _("审批人"), lambda row: str(row.decided_by or "")),
            Column("note", _("审批意见"), lambda row: row.note),
        ),
        sieves=(by_stage(stages.CHANGE_LABELS),),
        search=SEARCH,
        order="-at",
        empty=_("团队提出的变更申请出现在这里。"),
    )


def _moved(change: Change) -> int:
    return sum(move["amount"] for move in change.moves)


@gate(can_manage, Round, having=("street",))
def changes(request: Request, round: Round) -> HttpResponse:
    """Every change that the teams of a round have asked for."""
    rows = Change.objects.filter(project__round=round).select_related(
        "project__undertaking__organisation", "decided_by"
    )
    return listed(request, round, _change_table, rows)


def _paper_table(round: Round, request: Request) -> Table:
    def page_of(row: SignedPaper) -> str:
        row.project.round = round
        if not rules.sees_papers_by_post(request.by, row.project, now=request.now):
            return ""
        return reverse("projects:signed_paper", args=[row.pk])

    return Table(
        "signed-papers",
        _("纸质材料"),
        (
            NUMBER,
            project(page_of),
            Column("what", _("材料"), lambda row: row.get_what_display(), sort="what"),
            Column("people", _("签字的受益人数"), lambda row: row.people, "number", sort="people"),
            stage(COPY_TONES),
            Column("by", _("归档人"), lambda row: str(row.by)),
            Column("at", _("归档时间"), lambda row: row.at, "moment", sort="at", under="by"),
            Column("checked", _("核对人"), lambda row: str(row.checked_by or "")),
            Column("note", _("核对意见"), lambda row: row.note, under="stage"),
        ),
        sieves=(
            by_stage(stages.SCAN_LABELS),
            Sieve("what", _("材料"), PaperKind.choices, "what"),
        ),
        search=SEARCH,
        order="at",
        empty=_("团队和工作人员归档的纸质材料出现在这里。"),
    )


@gate(can_manage, Round, having=("street",))
def round_papers(request: Request, round: Round) -> HttpResponse:
    """Every signed paper of a round's projects: what is still to be checked. Who may not read one
    sees here that it is there."""
    rows = SignedPaper.objects.filter(project__round=round).select_related(
        "project__undertaking__organisation",
        "project__undertaking__neighbourhood",
        "by",
        "checked_by",
    )
    return listed(request, round, lambda round: _paper_table(round, request), rows)


def _late_table(today: Any) -> Table:
    return Table(
        "late",
        _("逾期未拨"),
        (
            NUMBER,
            project(desk),
            TEAM,
            Column("round", _("轮次"), lambda row: str(row.project.round)),
            Column("name", _("期次"), lambda row: row.name),
            Column("amount", _("金额"), lambda row: row.amount, "money", sort="amount"),
            Column("due", _("应于何日前拨付"), lambda row: row.due, "day", sort="due"),
            Column(
                "days",
                _("逾期工作日"),
                lambda row: working_days_after(row.due, today),
                "number",
            ),
            stage(INSTALMENT_TONES),
            Column("proposed", _("申请人"), lambda row: str(row.proposed_by or "")),
        ),
        search=SEARCH,
        order="due",
        empty=_("没有逾期未拨的款项。"),
    )


@gate(rules.can_see_late, Street)
def late(request: Request, street: Street) -> HttpResponse:
    """Payments of the street whose day is over, of every round."""
    today = local_day(request.now)
    rows = queries.late(street, today)
    page = {"street": street}
    return _late_table(today).answer(request, rows, "projects/late.html", page)
