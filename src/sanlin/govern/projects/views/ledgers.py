"""The staff's ledgers of a round: payments, receipts, reports, and the sheet to print."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sanlin.commons.funds.rules import is_entrusted
from sanlin.commons.places.models import Street
from sanlin.govern.projects import queries, rules, stages
from sanlin.govern.projects.models import Instalment, ReceiptLine, Report, ReportKind
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage, can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.kernel.money import yuan

from .acting import INSTALMENT_TONES, PLAIN_VERBS, act_on_all
from .columns import NUMBER, SEARCH, TEAM, by_stage, desk, listed, project, stage


def _pay_table(verbs: bool) -> Table:
    return Table(
        "payments",
        _("拨款"),
        (
            NUMBER,
            project(desk),
            TEAM,
            Column("name", _("期次"), lambda row: row.name, sort="place"),
            Column("amount", _("金额"), lambda row: row.amount, "money", sort="amount"),
            stage(INSTALMENT_TONES),
            Column("due", _("应于何日前拨付"), lambda row: row.due, "day", sort="due"),
            Column("proposed", _("申请人"), lambda row: str(row.proposed_by or "")),
            Column("approved", _("审批人"), lambda row: str(row.approved_by or "")),
            Column("payer", _("付款人"), lambda row: str(row.paid_by or "")),
            Column("paid", _("拨付时间"), lambda row: row.paid_at, "moment", under="payer"),
            Column("note", _("说明"), lambda row: row.note, under="stage"),
        ),
        sieves=(
            by_stage(stages.INSTALMENT_LABELS),
            Sieve("name", _("期次"), _names, "key"),
        ),
        search=SEARCH,
        order="turn",
        verbs=_VERBS if verbs else (),
        empty=_("确认立项以后，每个项目的各期拨款出现在这里。"),
    )


def _street_table(verbs: Collection[str]) -> Table:
    whole = _pay_table(False)
    told = [one for one in whole.columns if one.name not in ("payer", "paid")]
    told.insert(3, Column("round", _("轮次"), lambda row: str(row.project.round)))
    on_the_way = {stage: stages.INSTALMENT_LABELS[stage] for stage in stages.ON_THE_WAY}
    return replace(
        whole,
        name="street-payments",
        columns=tuple(told),
        verbs=tuple((verb, words) for verb, words in _VERBS if verb in verbs),
        sieves=(by_stage(on_the_way),),
        order="due",
        empty=_("现在没有要申请、审批或付款的拨款。"),
    )


@gate(rules.can_see_late, Street)
def street_payments(request: Request, street: Street) -> HttpResponse:
    """What waits to be asked for, approved or paid in a street, of whatever round: how much at each
    step, and the verbs for those that are picked."""
    rows = queries.on_the_way(street)
    if request.method == "POST":
        return _act_on_picked(request, rows)
    page = {
        "street": street,
        "figures": [
            (
                _now(stages.INSTALMENT_LABELS[one.stage]),
                ngettext("%(n)s笔，%(sum)s", "%(n)s笔，%(sum)s", one.count)
                % {"n": one.count, "sum": yuan(one.sum)},
            )
            for one in queries.stops(street)
        ],
    }
    verbs = queries.verbs_at(request.by, street, now=request.now)
    return _street_table(verbs).answer(request, rows, "projects/street_payments.html", page)


def _act_on_picked(request: Request, rows: QuerySet[Instalment]) -> HttpResponse:
    """One verb on every picked row, those first that are due first."""
    verb = PLAIN_VERBS.get(request.POST.get("verb", ""))
    picked = [int(p) for p in request.POST.getlist("pick")[:500] if p.isdecimal() and len(p) < 19]
    if verb is not None:
        act_on_all(request, rows.filter(pk__in=picked).order_by("due", "pk"), verb)
    return redirect(request.get_full_path())


_VERBS = (("propose", _("申请拨付")), ("approve", _("审批拨付")), ("pay", _("付款")))


def _names(rows: Any) -> list[tuple[str, str]]:
    named = rows.order_by("key").values_list("key", "name").distinct()
    return sorted(named, key=lambda pair: pair[1])


@gate(can_manage, Round, having=("street",))
def payments(request: Request, round: Round) -> HttpResponse:
    """Every instalment of a round: propose and approve those that are picked."""
    officer = bool(can_run(request.by, round, now=request.now))
    if request.method == "POST":
        return _act_on_picked(request, queries.to_pay(round))
    fund = queries.fund_of(round)
    page = {
        "round": round,
        "officer": officer,
        "money": queries.position_of_round(round),
        "without_cashier": fund if fund and not is_entrusted(fund, "pay", request.now) else None,
    }
    table = _pay_table(officer)
    return table.answer(request, queries.to_pay(round), "projects/payments.html", page)


RECEIPT_TONES = {
    stages.HANDED_IN: "waiting",
    stages.ACCEPTED: "done",
    stages.RETURNED: "wrong",
    stages.REFUSED: "wrong",
}
REPORT_TONES = {stages.HANDED_IN: "waiting", stages.REVIEWED: "done", stages.RETURNED: "wrong"}


def _places(rows: Any) -> list[tuple[str, str]]:
    """The neighbourhoods whose projects are among `rows`."""
    where = "project__undertaking__neighbourhood"
    named = rows.order_by(f"{where}__code").values_list(where, f"{where}__name", f"{where}__code")
    return [(str(key), name) for key, name, _code in named.distinct()]


def _heads_of(names: dict[str, str]) -> Any:
    """The spending heads of a receipt's lines, each once."""

    def told(row: Any) -> str:
        keys = dict.fromkeys(line.head for line in row.lines.all())
        return _now("、").join(names.get(key, key) for key in keys)

    return told


def _on_head(head: str) -> Q:
    """Each receipt once, however many of its lines are on the head."""
    return Q(Exists(ReceiptLine.objects.filter(receipt=OuterRef("pk"), head=head)))


def _receipt_table(round: Round) -> Table:
    heads = {head.key: head.name for head in round.rules.heads}
    return Table(
        "receipts",
        _("票据"),
        (
            Column(
                "number",
                _("票据号码"),
                lambda row: row.number,
                sort="number",
                href=lambda row: reverse("projects:receipt", args=[row.pk]),
            ),
            stage(RECEIPT_TONES),
            Column("alike", _("疑似重复"), lambda row: row.alike or None, "number", sort="alike"),
            Column("amount", _("金额"), lambda row: row.amount, "money", sort="amount"),
            project(desk),
            Column("what", _("用途"), lambda row: row.what),
            Column("heads", _("支出科目"), _heads_of(heads), under="what"),
            Column("payee", _("收款方"), lambda row: row.payee, sort="payee"),
            Column("day", _("开票日期"), lambda row: row.day, "day", sort="day"),
        ),
        sieves=(
            by_stage(stages.RECEIPT_LABELS),
            Sieve("head", _("支出科目"), list(heads.items()), _on_head),
            Sieve("place", _("居民区"), _places, "project__undertaking__neighbourhood"),
        ),
        search=("number", "payee", "what", "project__undertaking__title"),
        order="at",
        empty=_("团队上传的票据出现在这里。"),
    )


@gate(can_manage, Round, having=("street",))
def round_receipts(request: Request, round: Round) -> HttpResponse:
    """The ledger of receipts of a round; those that look like others stand out."""
    return listed(request, round, _receipt_table, queries.all_receipts(round))


def _report_table(round: Round) -> Table:
    grades = {grade.key: grade.name for grade in round.rules.grades}
    return Table(
        "reports",
        _("报告"),
        (
            project(lambda row: reverse("projects:show_report", args=[row.pk])),
            Column("kind", _("类型"), lambda row: row.get_kind_display(), sort="kind"),
            Column("at", _("提交时间"), lambda row: row.at, "moment", sort="at"),
            Column("activities", _("活动次数"), lambda row: row.activities, "number", "activities"),
            Column("people", _("参与人次"), lambda row: row.people, "number", sort="people"),
            stage(REPORT_TONES),
            Column("mark", _("评分"), lambda row: row.mark, "number", sort="mark"),
            Column("grade", _("等次"), lambda row: grades.get(row.grade, ""), sort="grade"),
            Column(
                "consequence",
                _("结果运用"),
                lambda row: queries.consequence_words(row.consequence),
                "long",
            ),
        ),
        sieves=(
            by_stage(stages.REPORT_LABELS),
            Sieve("kind", _("类型"), ReportKind.choices, "kind"),
            Sieve("grade", _("等次"), list(grades.items()), "grade"),
        ),
        search=("project__undertaking__title",),
        order="at",
        empty=_("团队提交的中期和结项报告出现在这里。"),
    )


@gate(can_manage, Round, having=("street",))
def round_reports(request: Request, round: Round) -> HttpResponse:
    """Every report of a round with its mark and what followed."""
    rows = Report.objects.filter(project__round=round).select_related("project__undertaking")
    return listed(request, round, _report_table, rows)


@gate(can_manage, Round, having=("street",))
def sheet(request: Request, round: Round) -> HttpResponse:
    """The payment sheet to print and file: what was approved, by whom, and the total."""
    rows = queries.to_pay(round).filter(stage__in=(stages.PROPOSED, stages.TO_PAY, stages.PAID))
    key = request.GET.get("key", "")
    if key in {part.key for part in round.rules.instalments}:
        rows = rows.filter(key=key)
    found = list(rows.order_by("place", "project__number"))
    page = {
        "round": round,
        "rows": found,
        "sum": sum(row.amount for row in found),
        "number": f"{round.street.code}-{round.year}-{round.pk}",
    }
    return render(request, "projects/sheet.html", page)
