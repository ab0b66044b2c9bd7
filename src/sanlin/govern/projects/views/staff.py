"""The officer's pages: confirm, pay, settle, close, and the circles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.forms import AssignForm, CircleForm, ReasonForm, RefundForm
from sanlin.govern.projects.models import Circle, Instalment, Project, Report, ReportKind
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_manage, can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.ui.tables import Column, Sieve, Table
from sanlin.ground.verdict import Verdict
from sanlin.kernel.money import yuan

from .acting import WHOLE, act, act_on_all, done, through

INSTALMENT_TONES = {
    stages.DUE: "now",
    stages.PROPOSED: "waiting",
    stages.PAID: "done",
    stages.HELD: "wrong",
    stages.WITHHELD: "wrong",
}
PLAIN_VERBS = {"propose": actions.propose, "approve": actions.approve}
REASONED_VERBS = {
    "send-back": actions.send_back,
    "lift": actions.lift,
    "withhold": actions.withhold,
}


@gate(can_run, Round, having=("street",))
def confirm(request: Request, round: Round) -> HttpResponse:
    """Before the awards become projects: how many, how much, what is still in the way."""
    if request.method == "POST":
        where = reverse("projects:list", args=[round.pk])
        return act(request, where, _now("已确认立项，可以开始签约"), actions.confirm, round)
    rows = list(standing(round))
    words = {"n": len(rows), "money": yuan(sum(row.grant for row in rows))}
    page = {
        "round": round,
        "rows": rows,
        "may": rules.can_confirm(request.by, round, now=request.now),
        "what": [
            _now("%(n)s个项目立项，共%(money)s，每个项目生成编号和协议") % words,
            _now("本轮资金%(budget)s记为已拨入账") % {"budget": yuan(round.rules.budget)},
        ],
        "whom": _now("各团队可以签署协议；协议由街道、团队和居委三方签署后才拨款"),
        "published": _now("项目名单、金额、进度和账目"),
    }
    return render(request, "projects/confirm.html", page)


def _pay_table(verbs: bool) -> Table:
    labels = [(key, _now(words)) for key, words in stages.INSTALMENT_LABELS.items()]
    return Table(
        "payments",
        _("拨款"),
        (
            Column("number", _("项目编号"), lambda row: row.project.number, sort="project__number"),
            Column(
                "project",
                _("项目"),
                lambda row: str(row.project),
                "long",
                sort="project__undertaking__title",
                href=lambda row: reverse("projects:desk", args=[row.project_id]),
            ),
            Column("team", _("团队"), lambda row: str(row.project.team)),
            Column("name", _("期次"), lambda row: row.name, sort="place"),
            Column("amount", _("金额"), lambda row: row.amount, "money", sort="amount"),
            Column(
                "stage",
                _("状态"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: INSTALMENT_TONES.get(row.stage, "plain"),
            ),
            Column("due", _("应于何日前拨付"), lambda row: row.due, "day", sort="due"),
            Column("proposed", _("申请人"), lambda row: str(row.proposed_by or "")),
            Column("approved", _("审批人"), lambda row: str(row.approved_by or "")),
            Column("paid", _("拨付时间"), lambda row: row.paid_at, "moment", sort="paid_at"),
            Column("note", _("说明"), lambda row: row.note),
        ),
        sieves=(
            Sieve("stage", _("状态"), labels, "stage"),
            Sieve("name", _("期次"), _names, "key"),
        ),
        search=("project__undertaking__title", "project__number"),
        order="turn",
        verbs=(("propose", _("申请拨付")), ("approve", _("审批拨付"))) if verbs else (),
        empty=_("确认立项以后，每个项目的各期拨款出现在这里。"),
    )


def _names(rows: Any) -> list[tuple[str, str]]:
    named = rows.order_by("key").values_list("key", "name").distinct()
    return sorted(named, key=lambda pair: pair[1])


@gate(can_manage, Round, having=("street",))
def payments(request: Request, round: Round) -> HttpResponse:
    """Every instalment of a round: propose and approve those that are picked."""
    officer = bool(can_run(request.by, round, now=request.now))
    if request.method == "POST":
        verb = PLAIN_VERBS.get(request.POST.get("verb", ""))
        picked = [
            int(p) for p in request.POST.getlist("pick")[:500] if p.isdecimal() and len(p) < 19
        ]
        if verb is not None:
            rows = queries.to_pay(round).filter(pk__in=picked).order_by("due", "pk")
            act_on_all(request, rows, verb)
        return redirect(request.get_full_path())
    page = {"round": round, "officer": officer, "money": queries.position_of_round(round)}
    table = _pay_table(officer)
    return table.answer(request, queries.to_pay(round), "projects/payments.html", page)


RECEIPT_TONES = {stages.HANDED_IN: "waiting", stages.ACCEPTED: "done", stages.RETURNED: "wrong"}
REPORT_TONES = {stages.HANDED_IN: "waiting", stages.REVIEWED: "done", stages.RETURNED: "wrong"}


def _places(rows: Any) -> list[tuple[str, str]]:
    """The neighbourhoods whose projects are among `rows`."""
    where = "project__undertaking__neighbourhood"
    named = rows.order_by(f"{where}__code").values_list(where, f"{where}__name", f"{where}__code")
    return [(str(key), name) for key, name, _code in named.distinct()]


def _receipt_table(round: Round) -> Table:
    heads = {head.key: head.name for head in round.rules.heads}
    labels = [(key, _now(words)) for key, words in stages.RECEIPT_LABELS.items()]
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
            Column("alike", _("同号张数"), lambda row: row.alike, "number", sort="alike"),
            Column("day", _("开票日期"), lambda row: row.day, "day", sort="day"),
            Column(
                "project",
                _("项目"),
                lambda row: str(row.project),
                "long",
                sort="project__undertaking__title",
                href=lambda row: reverse("projects:desk", args=[row.project_id]),
            ),
            Column("payee", _("收款方"), lambda row: row.payee, sort="payee"),
            Column("head", _("支出科目"), lambda row: heads.get(row.head, row.head), sort="head"),
            Column("what", _("用途"), lambda row: row.what),
            Column("amount", _("金额"), lambda row: row.amount, "money", sort="amount"),
            Column(
                "stage",
                _("状态"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: RECEIPT_TONES.get(row.stage, "plain"),
            ),
        ),
        sieves=(
            Sieve("stage", _("状态"), labels, "stage"),
            Sieve("head", _("支出科目"), list(heads.items()), "head"),
            Sieve("place", _("居民区"), _places, "project__undertaking__neighbourhood"),
        ),
        search=("number", "payee", "what", "project__undertaking__title"),
        order="at",
        empty=_("团队上传的票据出现在这里。"),
    )


@gate(can_manage, Round, having=("street",))
def round_receipts(request: Request, round: Round) -> HttpResponse:
    """The ledger of receipts of a round; a number borne twice in the street stands out."""
    if round.frozen is None:
        raise Http404
    page = {"round": round, "title": _now("票据")}
    rows = queries.all_receipts(round)
    return _receipt_table(round).answer(request, rows, "projects/ledger.html", page)


def _report_table(round: Round) -> Table:
    grades = {grade.key: grade.name for grade in round.rules.grades}
    labels = [(key, _now(words)) for key, words in stages.REPORT_LABELS.items()]
    return Table(
        "reports",
        _("报告"),
        (
            Column(
                "project",
                _("项目"),
                lambda row: str(row.project),
                "long",
                sort="project__undertaking__title",
                href=lambda row: reverse("projects:show_report", args=[row.pk]),
            ),
            Column("kind", _("类型"), lambda row: row.get_kind_display(), sort="kind"),
            Column("at", _("提交时间"), lambda row: row.at, "moment", sort="at"),
            Column("activities", _("活动次数"), lambda row: row.activities, "number", "activities"),
            Column("people", _("参与人次"), lambda row: row.people, "number", sort="people"),
            Column(
                "stage",
                _("状态"),
                lambda row: row.stage_label,
                "state",
                sort="stage",
                tone=lambda row: REPORT_TONES[row.stage],
            ),
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
            Sieve("stage", _("状态"), labels, "stage"),
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
    if round.frozen is None:
        raise Http404
    page = {"round": round, "title": _now("报告")}
    rows = Report.objects.filter(project__round=round).select_related("project__undertaking")
    return _report_table(round).answer(request, rows, "projects/ledger.html", page)


@gate(can_manage, Round, having=("street",))
def sheet(request: Request, round: Round) -> HttpResponse:
    """The payment sheet to print and file: what was approved, by whom, and the total."""
    rows = queries.to_pay(round).filter(stage__in=(stages.PROPOSED, stages.PAID))
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


def can_see_desk(who: Any, project: Project, *, now: Any) -> Verdict:
    """Whoever works for the street, for one of its committees, or audits it."""
    return can_manage(who, project.round, now=now)


@gate(can_see_desk, Project, having=WHOLE)
def desk(request: Request, project: Project) -> HttpResponse:
    """One project as staff see it: the money, the papers, and the next verb with what is missing."""
    return _desk(request, project)


def _desk(
    request: Request,
    project: Project,
    *,
    refund: RefundForm | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    who, now = request.by, request.now
    parts = list(project.instalments.select_related("proposed_by", "approved_by").order_by("place"))
    for part in parts:
        part.project = project
    heads = queries.by_head(project)
    paid = sum(part.amount for part in parts if part.stage == stages.PAID)
    made = project.agreements.order_by("-version").first()
    page = {
        "project": project,
        "agreement": made,
        "signings": made.signings.select_related("account") if made else [],
        "parts": [
            {
                "part": part,
                "can_propose": rules.can_propose(who, part, now=now),
                "can_approve": rules.can_approve(who, part, now=now),
                "can_send_back": rules.can_send_back(who, part, now=now),
                "can_lift": rules.can_lift(who, part, now=now),
                "can_withhold": rules.can_withhold(who, part, now=now),
                "tone": INSTALMENT_TONES.get(part.stage, "plain"),
            }
            for part in parts
        ],
        "heads": heads,
        "paid": paid,
        "spent": sum(head.spent for head in heads),
        "owed": rules.owed_back(project),
        "waiting_receipts": project.receipts.filter(stage=stages.HANDED_IN).count(),
        "reports": project.reports.order_by("at"),
        "can_sign": rules.can_sign(who, project, now=now),
        "can_refund": rules.can_refund(who, project, now=now),
        "can_close": rules.can_close(who, project, now=now),
        "can_stop": rules.can_stop(who, project, now=now),
        "refund": refund or RefundForm(),
        "reason": reason or ReasonForm(),
        "settling": project.stage in (stages.SETTLING, stages.STOPPED),
        "ended": project.stage in stages.ENDED,
    }
    return render(request, "projects/desk.html", page)


def can_see_instalment(who: Any, instalment: Instalment, *, now: Any) -> Verdict:
    return rules.can_handle(who, instalment.project, now=now)


@gate(can_see_instalment, Instalment, having=through("project"))
@require_POST
def act_on_instalment(request: Request, instalment: Instalment, verb: str) -> HttpResponse:
    """Propose, approve, send back, lift a hold, or leave out."""
    where = reverse("projects:desk", args=[instalment.project_id])
    if verb in PLAIN_VERBS:
        words = {"propose": _now("已申请，等待另一位工作人员审批"), "approve": _now("已拨付并记账")}
        return act(request, where, words[verb], PLAIN_VERBS[verb], instalment)
    if verb not in REASONED_VERBS:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _desk(request, instalment.project, reason=form)
    reason = form.cleaned_data["reason"]
    return act(request, where, _now("已办理"), REASONED_VERBS[verb], instalment, reason)


@gate(rules.can_handle, Project, having=WHOLE)
@require_POST
def refund(request: Request, project: Project) -> HttpResponse:
    """Book money that the team gave back."""
    form = RefundForm(request.POST)
    if form.is_valid() and done(
        request, actions.give_back, project, form.cleaned_data["amount"], form=form
    ):
        messages.success(request, _now("退款已记账"))
        return redirect("projects:desk", pk=project.pk)
    return _desk(request, project, refund=form)


@gate(rules.can_handle, Project, having=WHOLE)
@require_POST
def close(request: Request, project: Project) -> HttpResponse:
    where = reverse("projects:desk", args=[project.pk])
    return act(request, where, _now("项目已结项"), actions.close, project)


@gate(rules.can_handle, Project, having=WHOLE)
@require_POST
def stop(request: Request, project: Project) -> HttpResponse:
    """End a project early."""
    form = ReasonForm(request.POST)
    if form.is_valid() and done(
        request, actions.stop, project, form.cleaned_data["reason"], form=form
    ):
        messages.success(request, _now("项目已终止"))
        return redirect("projects:desk", pk=project.pk)
    return _desk(request, project, reason=form)


@gate(can_manage, Round, having=("street",))
def close_round(request: Request, round: Round) -> HttpResponse:
    """End a round whose projects have all ended; what it leaves behind for the next one."""
    if request.method == "POST":
        where = reverse("projects:close_round", args=[round.pk])
        return act(request, where, _now("本轮已结束"), actions.close_round, round)
    if round.frozen is None:
        raise Http404
    rows = queries.carried(round)
    page = {
        "round": round,
        "rows": [(row, queries.consequence_words(row.consequence)) for row in rows],
        "money": queries.position_of_round(round),
        "may": rules.can_close_round(request.by, round, now=request.now),
        "officer": bool(can_run(request.by, round, now=request.now)),
    }
    return render(request, "projects/close_round.html", page)


@gate(can_manage, Round, having=("street",))
def circles(request: Request, round: Round) -> HttpResponse:
    """The circles of a round, and a form for one more."""
    projects = Project.objects.filter(round=round)
    may = rules.can_keep_circles(request.by, round, now=request.now)
    form = CircleForm(request.POST or None, projects=projects)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(request, actions.make_circle, round, said["name"], said["leader"], form=form):
            messages.success(request, _now("小组已建立"))
            return redirect("projects:circles", pk=round.pk)
    rows = Circle.objects.filter(round=round).select_related("leader")
    page = {
        "round": round,
        "circles": rows.prefetch_related("projects__undertaking__organisation"),
        "outside": projects.filter(circle__isnull=True).count(),
        "may": may,
        "form": form,
    }
    return render(request, "projects/circles.html", page)


def can_see_circle(who: Any, circle: Circle, *, now: Any) -> Verdict:
    return can_manage(who, circle.round, now=now)


@gate(can_see_circle, Circle, having=("round__street", "leader"))
def circle(request: Request, circle: Circle) -> HttpResponse:
    """One circle: its projects, and those that can be put into it."""
    form = AssignForm(request.POST or None, circle=circle)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["projects"])
        if done(request, actions.assign, circle, chosen, form=form):
            messages.success(request, _now("已编入小组"))
            return redirect("projects:circle", pk=circle.pk)
    page = {
        "circle": circle,
        "round": circle.round,
        "projects": circle.projects.select_related("undertaking__organisation", "round"),
        "form": form,
        "may": rules.can_keep_circles(request.by, circle.round, now=request.now),
    }
    return render(request, "projects/circle.html", page)
