"""Signed papers of a project: what is filed as a photo or PDF, and its check by a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.govern.projects import actions, rules
from sanlin.govern.projects.forms import CheckPaperForm, PaperForm
from sanlin.govern.projects.models import PaperKind, Project, SignedPaper
from sanlin.ground import files
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press

from .acting import COPY_TONES, WHOLE, through


@gate(rules.can_see_papers, Project, having=WHOLE)
def signed_papers(request: Request, project: Project) -> HttpResponse:
    """Every signed paper of a project that was filed, and a form to file one more."""
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        initial={"what": request.GET.get("what", PaperKind.CONFIRMATION)},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verb, told = actions.file_paper, (said["what"], said["paper"], said["people"])
        if done(request, form, verb, project, *told):
            messages.success(request, _("已归档，等待另一位工作人员核对"))
            return redirect("projects:signed_papers", pk=project.pk)
    page = {
        "project": project,
        "rows": [
            (row, COPY_TONES[row.stage])
            for row in project.signed_papers.select_related("by").order_by("what", "at", "pk")
        ],
        "may": rules.can_file_paper(request.by, project, now=request.now),
        "form": form,
    }
    return render(request, "projects/signed_papers.html", page)


LOOKED = (*through("project"), "by", "checked_by")


@gate(rules.can_see_paper, SignedPaper, having=LOOKED)
def signed_paper(request: Request, paper: SignedPaper) -> HttpResponse:
    """One signed paper; staff who did not file it say whether it fits."""
    project = paper.project
    form = CheckPaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        verb, fits = actions.check_paper, said["fits"] == "yes"
        if done(request, form, verb, paper, fits, said["note"]):
            messages.success(request, _("已核对"))
            return redirect("projects:signed_papers", pk=project.pk)
    page: dict[str, Any] = {
        "paper": paper,
        "project": project,
        "tone": COPY_TONES[paper.stage],
        "may": rules.can_check_paper(request.by, paper, now=request.now),
        "can_withdraw": rules.can_withdraw_copy(request.by, paper, now=request.now),
        "form": form,
    }
    return render(request, "projects/signed_paper.html", page)


@gate(rules.can_withdraw_copy, SignedPaper, having=LOOKED)
@require_POST
def withdraw_paper(request: Request, paper: SignedPaper) -> HttpResponse:
    """Take back what one filed by mistake."""
    where = reverse("projects:signed_papers", args=[paper.project_id])
    return press(request, where, _("已撤回，这一份不再计入"), actions.withdraw_paper, paper)


@gate(rules.can_see_paper, SignedPaper, having=LOOKED)
def signed_paper_file(request: Request, paper: SignedPaper, size: str) -> Any:
    if paper.is_photo:
        return files.shown(paper.file, size)
    return files.handed_over(paper.file, f"paper-{paper.project_id}-{paper.pk}.pdf")
