"""The end of a project: what residents say, and the acceptance sheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.govern.growth import actions, queries, rules
from sanlin.govern.growth.actions.closing import Said
from sanlin.govern.growth.forms import CONTENT, AcceptForm, AnswerForm, SheetsForm, SurveyForm
from sanlin.govern.growth.models import Acceptance, Survey
from sanlin.govern.projects.models import Project, Report, ReportKind
from sanlin.govern.projects.queries import by_head, confirmed
from sanlin.govern.projects.rules import can_review, can_see_papers, flows
from sanlin.govern.projects.stages import ENDED
from sanlin.ground.gate import gate, open_to_all
from sanlin.ground.http import Request, press
from sanlin.ground.verdict import Refused
from sanlin.kernel.money import yuan

from .acting import PROJECT, Deed, asked, through, turn


@gate(rules.can_see_closing, Project, having=(*PROJECT, "acceptance"))
def closing(request: Request, project: Project) -> HttpResponse:
    """Spending by head, what residents say, the acceptance sheet; staff ask and fill in."""
    who, now = request.by, request.now
    here = reverse("growth:closing", args=[project.pk])
    survey = Survey.objects.filter(project=project).first()
    if survey is not None:
        survey.project = project
    if survey is not None and asked(request, "close"):
        return press(request, here, _("调查已截止"), actions.close_survey, survey)
    signed, papers = confirmed(project)
    accept = AcceptForm(
        asked(request, "accept"), rules=project.round.rules, initial={"people": signed}
    )
    ask = SurveyForm(asked(request, "ask"))
    sheets = SheetsForm(asked(request, "key_in") if survey else None)
    deeds = (
        Deed(
            accept,
            actions.accept,
            lambda: (project, *(accept.cleaned_data[n] for n in ("ticks", "people", "note"))),
            _("验收单已填写"),
        ),
        Deed(
            ask,
            actions.open_survey,
            lambda: (project, ask.cleaned_data["slips"]),
            _("调查已开始，请打印问卷码"),
        ),
        Deed(
            sheets,
            actions.key_in,
            lambda: (survey, _said(sheets), sheets.cleaned_data["sheets"]),
            _("纸质问卷已录入"),
        ),
    )
    if answer := turn(request, deeds, here):
        return answer
    sheet: Acceptance | None = getattr(project, "acceptance", None)
    reports = Report.objects.filter(project=project, kind=ReportKind.CLOSING)
    if report := reports.order_by("-number").first():
        report.project = project
    page = {
        "project": project,
        "report": report,
        "can_review": report is not None and can_review(who, report, now=now),
        "spending": _spending(project),
        "survey": survey,
        **_told(survey),
        "sheet": sheet,
        "points": [(one.text, one.key in sheet.ticks) for one in project.round.rules.acceptance]
        if sheet
        else [],
        "ended": project.stage in ENDED,
        "signed": signed,
        "papers": papers,
        "can_see_papers": can_see_papers(who, project, now=now),
        "accept": accept,
        "ask": ask,
        "sheets": sheets,
        "can_accept": rules.can_accept(who, project, now=now),
        "can_ask": rules.can_open_survey(who, project, now=now),
        "can_key_in": rules.can_key_in(who, survey, now=now) if survey else None,
    }
    return render(request, "growth/closing.html", page)


def _spending(project: Project) -> list[tuple[str, int, int, str, str]]:
    """Planned and spent by head, for two bars each."""
    heads = by_head(project, flows(project))
    return [(one.name, one.planned, one.spent, yuan(one.planned), yuan(one.spent)) for one in heads]


def _told(survey: Survey | None) -> dict[str, Any]:
    """What residents said, as bars; nothing before somebody has answered."""
    told = queries.said_of(survey) if survey else None
    if told is None or not told.answers:
        return {"told": told}
    shares = (
        (_("知晓度"), told.share(told.knows)),
        (_("参与度"), told.share(told.took_part)),
        (_("满意度"), told.content_share),
    )
    contents = [(str(words), told.content[int(n) - 1]) for n, words in CONTENT]
    return {
        "told": told,
        "shares": [(words, share, f"{share}%") for words, share in shares],
        "contents": [(words, n, str(n)) for words, n in contents],
    }


def _said(form: AnswerForm) -> Said:
    said = form.cleaned_data
    yes = {name: said[name] == "yes" for name in ("knows", "took_part", "benefits")}
    return Said(**yes, content=int(said["content"]))


@gate(rules.can_print_slips, Survey, having=through("project"))
def slips(request: Request, survey: Survey) -> HttpResponse:
    """A sheet of slips to cut: each with its address as a picture, each for one answer."""
    made = [
        (
            number,
            code,
            request.build_absolute_uri(reverse("growth:answer", args=[survey.pk, number, code])),
        )
        for number, code in queries.slips_of(survey)
    ]
    page = {"survey": survey, "project": survey.project, "slips": made}
    return render(request, "growth/slips.html", page)


@open_to_all
def answer(request: Request, pk: int, number: int, code: str) -> HttpResponse:
    """What a resident is asked who holds a slip: four questions, no name."""
    survey = (
        Survey.objects.select_related("project__undertaking", "project__round__street")
        .filter(pk=min(pk, 2**63 - 1))
        .first()
    )
    if survey is None:
        return render(
            request,
            "growth/answer.html",
            {"refused": _("这个问卷码不对，请核对纸条上的网址")},
            status=404,
        )
    form = AnswerForm(request.POST or None)
    may = rules.can_answer(survey, number, code)
    page = {"survey": survey, "project": survey.project, "form": form, "refused": may.reason}
    if request.method == "POST" and may and form.is_valid():
        try:
            actions.answer(
                survey, number, code, _said(form), by=None, now=request.now, key=request.key
            )
        except Refused as no:
            return render(request, "growth/answer.html", {**page, "refused": str(no)})
        return render(request, "growth/answer.html", {**page, "thanks": True})
    return render(request, "growth/answer.html", page)
