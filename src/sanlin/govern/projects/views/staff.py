"""The officer's pages: confirm, pay, settle, close, and the circles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.commons.funds.rules import is_entrusted
from sanlin.govern.awards.queries import standing
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.forms import (
    AssignForm,
    CircleForm,
    KindForm,
    ReasonForm,
    RefundForm,
    StopForm,
)
from sanlin.govern.projects.models import ChildRound, Circle, Instalment, Project
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_follow, can_manage, can_run
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.verdict import ALLOWED, Verdict
from sanlin.kernel.money import yuan

from .acting import INSTALMENT_TONES, PLAIN_VERBS, WHOLE, through

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
        return press(request, where, _("已确认立项，可以开始签约"), actions.confirm, round)
    rows = list(standing(round))
    words = {"n": len(rows), "money": yuan(sum(row.grant for row in rows))}
    mother = rules.mother_of(round)
    page = {
        "round": round,
        "rows": rows,
        "may": rules.can_confirm(request.by, round, now=request.now),
        "what": [
            _("%(n)s个项目立项，共%(money)s，每个项目生成编号和协议") % words,
            _("由母项目“%(mother)s”付款，记为它的支出") % {"mother": mother.undertaking.title}
            if mother
            else _("本轮资金%(budget)s记为已拨入账") % {"budget": yuan(round.rules.budget)},
        ],
        "whom": _("各团队可以签署协议；协议由街道、团队和居委三方签署后才拨款"),
        "published": _("项目名单、金额、进度和账目"),
    }
    return render(request, "projects/confirm.html", page)


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
    parts = Instalment.objects.select_related("proposed_by", "approved_by", "paid_by").order_by(
        "place"
    )
    prefetch_related_objects([project], Prefetch("instalments", parts))
    prefetch_related_objects([project.fund], "duties")
    money = rules.flows(project)
    paper = rules.paper_of(project)
    children = list(queries.children_of(project)) if money.pots else []
    shown: list[dict[str, Any]] = [
        {
            "part": part,
            "can_propose": rules.can_propose(who, part, now=now, paper=paper),
            "can_approve": rules.can_approve(who, part, now=now, paper=paper),
            "can_pay": rules.can_pay(who, part, now=now, paper=paper),
            "can_take_back": rules.can_take_back_payment(who, part, now=now, money=money),
            "can_send_back": rules.can_send_back(who, part, now=now),
            "can_lift": rules.can_lift(who, part, now=now),
            "can_withhold": rules.can_withhold(who, part, now=now),
            "tone": INSTALMENT_TONES.get(part.stage, "plain"),
        }
        for part in project.instalments.all()
    ]
    page = {
        "project": project,
        "signings": paper.signings,
        "parts": shown,
        "noted": any(one["part"].note for one in shown),
        "acts": any(one["part"].stage in WAIT or _acts(one) for one in shown),
        "heads": queries.by_head(project, money),
        "paid": money.paid,
        "spent": sum(money.spent.values()),
        "owed": money.owed,
        "waiting_receipts": money.waiting,
        "reports": [] if project.stage == stages.TO_SIGN else project.reports.order_by("at"),
        "can_sign": rules.can_sign(who, project, now=now, paper=paper),
        "can_see_papers": rules.can_see_papers(who, project, now=now),
        "can_refund": rules.can_refund(who, project, now=now, money=money),
        "can_close": rules.can_close(who, project, now=now, money=money, children=children),
        "can_stop": rules.can_stop(who, project, now=now, children=children),
        "refund": refund or RefundForm(),
        "reason": reason or ReasonForm(),
        "breach": StopForm()["breach"] if project.round.rules.ban_years else None,
        "change": paper.change,
        "children": [
            {
                "child": one,
                "few": one.asked < one.least,
                "awarded": one.round.stage in round_stages.COURSE[-2:],
                "can_lower": _lowers(request, one, project),
            }
            for one in children
        ],
        "kind": KindForm(initial={"kind": project.kind})["kind"],
        "can_set_kind": rules.can_set_kind(who, project, now=now),
        "can_open_child": rules.can_open_child(who, project, now=now),
        "settling": project.stage in stages.SETTLED_UP,
        "ended": project.stage in stages.ENDED,
        "without_cashier": not is_entrusted(project.fund, "pay", now)
        and any(part.stage in stages.UNPAID for part in project.instalments.all()),
        "is_officer": bool(can_run(who, project.round, now=now)),
    }
    return render(request, "projects/desk.html", page)


def _lowers(request: Request, child: ChildRound, project: Project) -> Verdict:
    child.project = project
    return rules.can_lower_least(request.by, child, now=request.now)


@gate(rules.can_set_kind, Project, having=WHOLE)
@require_POST
def set_kind(request: Request, project: Project) -> HttpResponse:
    """Say of which kind a project is."""
    form = KindForm(request.POST)
    if not form.is_valid():
        return _desk(request, project)
    where = reverse("projects:desk", args=[project.pk])
    words = _("项目类型已改")
    return press(request, where, words, actions.set_kind, project, form.cleaned_data["kind"])


WAIT = (stages.PROPOSED, stages.TO_PAY)  # somebody else's turn: the row says whose


def _acts(one: dict[str, Any]) -> bool:
    """Whether anything can be done with one instalment."""
    return any(verdict for name, verdict in one.items() if name.startswith("can_"))


def can_see_instalment(who: Any, instalment: Instalment, *, now: Any) -> Verdict:
    return rules.can_handle(who, instalment.project, now=now)


@gate(can_see_instalment, Instalment, having=through("project"))
@require_POST
def act_on_instalment(request: Request, instalment: Instalment, verb: str) -> HttpResponse:
    """Propose, approve, send back, lift a hold, or leave out."""
    where = reverse("projects:desk", args=[instalment.project_id])
    if verb in PLAIN_VERBS:
        words = {
            "propose": _("已申请，等待另一位工作人员审批"),
            "approve": _("已审批，等待出纳付款"),
            "pay": _("已付款并记账"),
        }
        return press(request, where, words[verb], PLAIN_VERBS[verb], instalment)
    if verb not in REASONED_VERBS:
        raise Http404
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _desk(request, instalment.project, reason=form)
    reason = form.cleaned_data["reason"]
    return press(request, where, _("已办理"), REASONED_VERBS[verb], instalment, reason)


@gate(can_see_instalment, Instalment, having=(*through("project"), "paid_by", "approved_by"))
def take_back_payment(request: Request, instalment: Instalment) -> HttpResponse:
    """Take a payment back: what that does, who sees it, and the reason that the public reads."""
    project = instalment.project
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(
        request, form, actions.take_back_payment, instalment, form.cleaned_data["reason"]
    ):
        messages.success(request, _("拨付已冲销，可以重新申请；冲销凭证和理由已公开"))
        return redirect("projects:desk", pk=project.pk)
    words = {"amount": yuan(instalment.amount), "number": project.number, "name": instalment.name}
    page = {
        "project": project,
        "part": instalment,
        "form": form,
        "may": ALLOWED
        if form.is_bound
        else rules.can_take_back_payment(request.by, instalment, now=request.now),
        "what": [
            _("%(number)s %(name)s的%(amount)s原路退回资金池，另记冲销凭证，原凭证保留") % words,
            _("这一期回到“待申请拨付”，要重新申请、审批才能再付"),
        ],
        "whom": _("先与团队核实款项已经退回或没有付出；系统只记账，不收款"),
        "published": _("冲销凭证和理由立即出现在公开账目和项目页面里"),
    }
    return render(request, "projects/take_back_payment.html", page)


@gate(rules.can_handle, Project, having=WHOLE)
@require_POST
def refund(request: Request, project: Project) -> HttpResponse:
    """Book money that the team gave back."""
    form = RefundForm(request.POST)
    if form.is_valid() and done(
        request, form, actions.give_back, project, form.cleaned_data["amount"]
    ):
        messages.success(request, _("退款已记账"))
        return redirect("projects:desk", pk=project.pk)
    return _desk(request, project, refund=form)


@gate(rules.can_handle, Project, having=WHOLE)
@require_POST
def close(request: Request, project: Project) -> HttpResponse:
    where = reverse("projects:desk", args=[project.pk])
    return press(request, where, _("项目已结项"), actions.close, project)


@gate(rules.can_handle, Project, having=WHOLE)
@require_POST
def stop(request: Request, project: Project) -> HttpResponse:
    """End a project early."""
    form = StopForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    if said and done(request, form, actions.stop, project, said["reason"], breach=said["breach"]):
        messages.success(request, _("项目已终止"))
        return redirect("projects:desk", pk=project.pk)
    return _desk(request, project, reason=form)


@gate(can_manage, Round, having=("street",))
def close_round(request: Request, round: Round) -> HttpResponse:
    """End a round whose projects have all ended; what it leaves behind for the next one."""
    if request.method == "POST":
        where = reverse("projects:close_round", args=[round.pk])
        return press(request, where, _("本轮已结束"), actions.close_round, round)
    if round.frozen is None:
        raise Http404
    rows = queries.carried(round)
    page = {
        "round": round,
        "rows": [(row, queries.consequence_words(row.consequence)) for row in rows],
        "money": queries.position_of_round(round),
        "may": rules.can_close_round(request.by, round, now=request.now),
        "officer": bool(can_run(request.by, round, now=request.now)),
        "may_follow": can_follow(request.by, round, now=request.now),
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
        if done(request, form, actions.make_circle, round, said["name"], said["leader"]):
            messages.success(request, _("小组已建立"))
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
        if done(request, form, actions.assign, circle, chosen):
            messages.success(request, _("已编入小组"))
            return redirect("projects:circle", pk=circle.pk)
    page = {
        "circle": circle,
        "round": circle.round,
        "projects": circle.projects.select_related("undertaking__organisation", "round"),
        "form": form,
        "may": rules.can_keep_circles(request.by, circle.round, now=request.now),
    }
    return render(request, "projects/circle.html", page)
