"""Reports: what a team writes and staff look at."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import leads
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.forms import ReasonForm, ReportForm, ReviewForm
from sanlin.govern.projects.models import Project, Report, ReportKind, ReportPhoto
from sanlin.ground import files
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.verdict import Verdict

from .acting import WHOLE, through


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
        if done(request, form, actions.report, project, kind, told, form.photos()):
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
                if done(request, back, actions.return_report, report, reason):
                    messages.success(request, _("报告已退回修改"))
                    return redirect(where)
        else:
            form = ReviewForm(request.POST)
            if form.is_valid():
                said = form.cleaned_data
                if done(request, form, actions.review, report, said["mark"], said["note"]):
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
