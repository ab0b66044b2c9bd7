"""Agreement, receipts and reports: what a team writes and staff look at."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import leads
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.forms import ReasonForm, ReportForm, ReviewForm, SlipForm
from sanlin.govern.projects.models import (
    Party,
    Project,
    Receipt,
    Report,
    ReportKind,
    ReportPhoto,
)
from sanlin.ground import files
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, press
from sanlin.ground.verdict import Verdict

from .acting import WHOLE, done, through


@gate(rules.can_see_agreement, Project, having=WHOLE)
def agreement(request: Request, project: Project) -> HttpResponse:
    """The agreement as it was drawn up, who has signed it, and the button of whoever may."""
    if request.method == "POST":
        where = reverse("projects:agreement", args=[project.pk])
        return press(request, where, _("已签署"), actions.sign, project)
    made = project.agreements.order_by("-version").first()
    if made is None:
        raise Http404
    signed = {one.party: one for one in made.signings.select_related("account")}
    facts = json.loads(bytes(made.body))
    for name in ("starts", "ends"):
        facts[name] = date.fromisoformat(facts[name]) if facts[name] else None
    page = {
        "project": project,
        "agreement": made,
        "facts": facts,
        "parties": [(party, signed.get(party)) for party in Party],
        "party": rules.party_of(request.by, project, now=request.now),
        "can_sign": rules.can_sign(request.by, project, now=request.now),
    }
    return render(request, "projects/agreement.html", page)


@gate(rules.can_look_into, Project, having=WHOLE)
def receipts(request: Request, project: Project) -> HttpResponse:
    """The receipts of a project against its plan, for its team and for staff."""
    rows = list(project.receipts.select_related("by", "replaced_by").order_by("-at", "-pk"))
    for row in rows:
        row.project = project
    heads = {head.key: head.name for head in project.round.rules.heads}
    alike = queries.twins(rows)
    page = {
        "project": project,
        "rows": [(row, heads.get(row.head, row.head), row.pk in alike) for row in rows],
        "heads": queries.by_head(project, rules.flows(project)),
        "can_hand_in": rules.can_hand_in(request.by, project, now=request.now),
        "can_look": rules.can_look(request.by, project, now=request.now),
    }
    return render(request, "projects/receipts.html", page)


@gate(rules.can_hand_in, Project, having=WHOLE)
def hand_in(request: Request, project: Project) -> HttpResponse:
    """One receipt: its photo or PDF, and what it says."""
    old = _replaced(request, project)
    money = rules.purse(project)
    first = (
        {}
        if old is None
        else {
            name: getattr(old, name)
            for name in ("number", "day", "payee", "head", "what", "quantity")
        }
    )
    form = SlipForm(
        request.POST or None,
        request.FILES or None,
        rules=project.round.rules,
        planned=set(money.planned),
        initial=first,
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        paper = said.pop("paper")
        verb = actions.hand_in
        if done(request, verb, project, Slip(**said), paper, replaces=old, form=form):
            messages.success(request, _("票据已提交，等待审核"))
            return redirect("projects:receipts", pk=project.pk)
    page = {"project": project, "form": form, "old": old, "left": money.left}
    return render(request, "projects/hand_in.html", page)


def _replaced(request: Request, project: Project) -> Receipt | None:
    """The returned receipt that the address names, of this very project."""
    asked = request.GET.get("replaces", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    found: Receipt | None = project.receipts.filter(pk=int(asked), stage=stages.RETURNED).first()
    return found


@gate(rules.can_see_receipt, Receipt, having=(*through("project"), "by", "looked_by", "replaces"))
def receipt(request: Request, receipt: Receipt) -> HttpResponse:
    """One receipt: staff accept it or send it back; the team may take it back before that."""
    form = ReasonForm()
    where = reverse("projects:receipts", args=[receipt.project_id])
    if request.method == "POST":
        asked = request.POST.get("verb")
        if asked == "accept":
            return press(request, where, _("票据已通过"), actions.accept, receipt)
        if asked == "withdraw":
            return press(request, where, _("票据已撤回"), actions.withdraw, receipt)
        form = ReasonForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            if done(request, actions.return_receipt, receipt, reason, form=form):
                messages.success(request, _("票据已退回，团队会看到理由"))
                return redirect(where)
    broken, second = rules.remarks(receipt, rules.purse(receipt.project))
    standing = receipt.stage == stages.HANDED_IN
    heads = {head.key: head for head in receipt.project.round.rules.heads}
    page = {
        "receipt": receipt,
        "project": receipt.project,
        "head": heads.get(receipt.head),
        "broken": broken if standing else [],
        "second": second if standing else [],
        "twins": queries.twins([receipt]).get(receipt.pk, []),
        "form": form,
        "can_accept": rules.can_accept(request.by, receipt, now=request.now),
        "can_return": rules.can_return_receipt(request.by, receipt, now=request.now),
        "can_withdraw": rules.can_withdraw(request.by, receipt, now=request.now),
        "can_look": rules.can_look(request.by, receipt.project, now=request.now),
        "can_hand_in": rules.can_hand_in(request.by, receipt.project, now=request.now),
        "replaced": Receipt.objects.filter(replaces=receipt).first(),
    }
    return render(request, "projects/receipt.html", page)


@gate(rules.can_see_receipt, Receipt, having=through("project"))
def receipt_file(request: Request, receipt: Receipt, size: str) -> Any:
    """The paper itself: a photo to look at, a PDF to download."""
    if receipt.is_photo:
        return files.shown(receipt.file, size)
    return files.handed_over(receipt.file, f"receipt-{receipt.pk}.pdf")


def can_write(who: Any, project: Project, *, now: Any) -> Verdict:
    """The team's leader; whether it is time is said on the page."""
    return leads(who, project.team, now=now)


@gate(can_write, Project, having=WHOLE)
def report(request: Request, project: Project, kind: str) -> HttpResponse:
    """The team's form for the midterm or the closing report."""
    if kind not in ReportKind.values:
        raise Http404
    may = rules.can_report(request.by, project, kind, now=request.now)
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        told = Told(said["text"], said["activities"], said["people"])
        if done(request, actions.report, project, kind, told, form.photos(), form=form):
            messages.success(request, _("报告已提交，等待评估"))
            return redirect("projects:project", pk=project.pk)
    page = {
        "project": project,
        "kind": ReportKind(kind),
        "form": form,
        "may": may,
        "sent_back": project.reports.filter(kind=kind, stage=stages.RETURNED).last(),
    }
    return render(request, "projects/report.html", page)


def _grades(report: Report) -> list[tuple[Any, str]]:
    """Which marks lead to what, for whoever marks."""
    return [
        (grade, queries.consequence_words(grade.consequence))
        for grade in report.project.round.rules.grades
        if grade.review == report.kind
    ]


@gate(rules.can_see_report, Report, having=through("project"))
def show_report(request: Request, report: Report) -> HttpResponse:
    """What a team reported; an officer marks it or sends it back."""
    project = report.project
    may = rules.can_handle(request.by, project, now=request.now)
    form, back = ReviewForm(), ReasonForm()
    if request.method == "POST":
        where = reverse("projects:desk", args=[project.pk])
        if request.POST.get("verb") == "send_back":
            back = ReasonForm(request.POST)
            if back.is_valid():
                reason = back.cleaned_data["reason"]
                if done(request, actions.return_report, report, reason, form=back):
                    messages.success(request, _("报告已退回修改"))
                    return redirect(where)
        else:
            form = ReviewForm(request.POST)
            if form.is_valid():
                said = form.cleaned_data
                if done(request, actions.review, report, said["mark"], said["note"], form=form):
                    messages.success(request, _("已评估，结果已生效"))
                    return redirect(where)
    page = {
        "report": report,
        "project": project,
        "photos": report.photos.all(),
        "may": may,
        "can_review": rules.can_review(request.by, report, now=request.now),
        "open": report.stage == stages.HANDED_IN,
        "form": form,
        "back": back,
        "grades": _grades(report),
        "consequence": queries.consequence_words(report.consequence),
    }
    return render(request, "projects/show_report.html", page)


def can_see_photo(who: Any, photo: ReportPhoto, *, now: Any) -> Any:
    """Whoever may see the report."""
    return rules.can_see_report(who, photo.report, now=now)


@gate(can_see_photo, ReportPhoto, having=("report",))
def photo(request: Request, photo: ReportPhoto, size: str) -> Any:
    return files.shown(photo.file, size)
