"""The staff's lists of agreements, of changes asked for, and of payments that are late."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.commons.places.models import Street
from sanlin.govern.projects import queries, rules, stages
from sanlin.govern.projects.models import Agreement, Change, Scan
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage
from sanlin.ground.clock import local_day
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.kernel.calendar import working_days_after

from .acting import INSTALMENT_TONES

AGREEMENT_TONES = {
    stages.DRAWN: "waiting",
    stages.IN_FORCE: "done",
    stages.REFUSED_TO_SIGN: "wrong",
}
CHANGE_TONES = {stages.ASKED: "waiting", stages.APPROVED: "done", stages.REFUSED: "wrong"}


def _project(row: Any) -> str:
    return str(row.project)


def _with_scan(stage: str) -> Q:
    """Each version once, and all of its scans counted."""
    return Q(Exists(Scan.objects.filter(agreement=OuterRef("pk"), stage=stage)))


def _agreement_table() -> Table:
    labels = [(key, _now(words)) for key, words in stages.AGREEMENT_LABELS.items()]
    scans = [(key, _now(words)) for key, words in stages.SCAN_LABELS.items()]
    return Table(
        "agreements",
        _("协议"),
        (
            Column("number", _("项目编号"), lambda row: row.project.number, sort="project__number"),
            Column(
                "project",
                _("项目"),
                _project,
                "long",
                sort="project__undertaking__title",
                href=lambda row: (
                    reverse("projects:agreement", args=[row.project_id]) + f"?version={row.version}"
                ),
            ),
            Column("team", _("团队"), lambda row: str(row.project.team)),
            Column("version", _("第几版"), lambda row: row.version, "number", sort="version"),
            Column(
                "stage",
                _("状态"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: AGREEMENT_TONES.get(row.stage, "plain"),
            ),
            Column(
                "signed",
                _("已签"),
                lambda row: f"{row.signed}/{len(row.parties.split(','))}",
            ),
            Column("scans", _("待核对签字件"), lambda row: row.to_check, "number", sort="to_check"),
            Column("drawn", _("拟定时间"), lambda row: row.drawn_at, "moment", sort="drawn_at"),
            Column("force", _("生效时间"), lambda row: row.signed_at, "moment", sort="signed_at"),
            Column("reason", _("理由"), lambda row: row.ended or row.reason, "long"),
        ),
        sieves=(
            Sieve("stage", _("状态"), labels, "stage"),
            Sieve("scan", _("签字件"), scans, _with_scan),
        ),
        search=("project__undertaking__title", "project__number"),
        order="project__number",
        empty=_("确认立项以后，每个项目的协议出现在这里。"),
    )


@gate(can_manage, Round, having=("street",))
def agreements(request: Request, round: Round) -> HttpResponse:
    """Every version of every agreement of a round: who has still to sign, what is to be checked."""
    if round.frozen is None:
        raise Http404
    rows = (
        Agreement.objects.filter(project__round=round)
        .annotate(
            signed=Count("signings", distinct=True),
            to_check=Count("scans", filter=Q(scans__stage=stages.FILED), distinct=True),
        )
        .select_related("project__undertaking__organisation")
    )
    page = {"round": round, "title": _now("协议")}
    return _agreement_table().answer(request, rows, "projects/ledger.html", page)


def _change_table() -> Table:
    labels = [(key, _now(words)) for key, words in stages.CHANGE_LABELS.items()]
    return Table(
        "changes",
        _("变更申请"),
        (
            Column("number", _("项目编号"), lambda row: row.project.number, sort="project__number"),
            Column(
                "project",
                _("项目"),
                _project,
                "long",
                sort="project__undertaking__title",
                href=lambda row: reverse("projects:change", args=[row.pk]),
            ),
            Column("reason", _("理由"), lambda row: row.reason, "long"),
            Column("moved", _("科目调剂"), _moved, "money"),
            Column("at", _("申请时间"), lambda row: row.at, "moment", sort="at"),
            Column(
                "stage",
                _("状态"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: CHANGE_TONES.get(row.stage, "plain"),
            ),
            Column("decided", _("审批人"), lambda row: str(row.decided_by or "")),
            Column("note", _("审批意见"), lambda row: row.note),
        ),
        sieves=(Sieve("stage", _("状态"), labels, "stage"),),
        search=("project__undertaking__title", "project__number"),
        order="-at",
        empty=_("团队提出的变更申请出现在这里。"),
    )


def _moved(change: Change) -> int:
    return sum(move["amount"] for move in change.moves)


@gate(can_manage, Round, having=("street",))
def changes(request: Request, round: Round) -> HttpResponse:
    """Every change that the teams of a round have asked for."""
    if round.frozen is None:
        raise Http404
    rows = Change.objects.filter(project__round=round).select_related(
        "project__undertaking__organisation", "decided_by"
    )
    page = {"round": round, "title": _now("变更申请")}
    return _change_table().answer(request, rows, "projects/ledger.html", page)


def _late_table(today: Any) -> Table:
    return Table(
        "late",
        _("逾期未拨"),
        (
            Column("number", _("项目编号"), lambda row: row.project.number, sort="project__number"),
            Column(
                "project",
                _("项目"),
                _project,
                "long",
                sort="project__undertaking__title",
                href=lambda row: reverse("projects:desk", args=[row.project_id]),
            ),
            Column("team", _("团队"), lambda row: str(row.project.team)),
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
            Column(
                "stage",
                _("状态"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: INSTALMENT_TONES.get(row.stage, "plain"),
            ),
            Column("proposed", _("申请人"), lambda row: str(row.proposed_by or "")),
        ),
        search=("project__undertaking__title", "project__number"),
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
