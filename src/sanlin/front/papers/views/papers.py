"""Word papers at once, and the pages that list the papers of a project and of a round."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from sanlin.commons.places.models import Street
from sanlin.front.papers import actions, rules
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects.models import Agreement, Change, Circle, Project, Report
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.office.word import BadTemplate
from sanlin.ground.verdict import Refused

from .making import OF, WHOLE

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MORE = (*WHOLE, "award__proposal", "award__decision", "fund", "circle")
PARTS = tuple(f"project__{name}" for name in WHOLE)
PARTS = (*PARTS, "project__award__proposal")


def _docx(kind: str, values: dict[str, Any], street: Street, name: str) -> HttpResponse:
    """The paper as a download; a street's template that cannot be filled is said in words."""
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    try:
        body = word.paper(kind, values, street)
    except BadTemplate as bad:
        raise Refused(_("本街道的模板填不出来：%(why)s") % {"why": bad}) from bad
    answer = HttpResponse(body, content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@gate(rules.can_take, Project, having=MORE)
@require_safe
def project(request: Request, project: Project) -> HttpResponse:
    """Every paper of a project: what can be had at once, and what is made beside the server."""
    by, now = request.by, request.now
    here = reverse("papers:project", args=[project.pk])
    making = [
        (made, f"{reverse('papers:of_project', args=[project.pk, work])}?back={here}", may)
        for work in OF[Project]
        for made in [actions.MADE[work]]
        for may in [made.rule(by, project, now=now)]
    ]
    page = {
        "project": project,
        "agreements": list(project.agreements.order_by("-version")),
        "reports": list(project.reports.order_by("at")),
        "kinds": [
            ("application", _("申报书")),
            ("acceptance", _("验收表")),
            ("change", _("变更申请表")),
            ("confirmation", _("受益居民确认书（打印后签字）")),
        ],
        "making": making,
    }
    return render(request, "papers/project.html", page)


@gate(rules.can_take, Project, having=MORE)
@require_safe
def of_kind(request: Request, project: Project, kind: str) -> HttpResponse:
    """The application, the acceptance sheet, a request to change, or what beneficiaries sign."""
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    project.award.proposal.round = project.round
    make = {
        "application": lambda: word.application(project.award.proposal, now=request.now),
        "acceptance": lambda: word.acceptance(project, now=request.now),
        "change": lambda: word.change(project, now=request.now),
        "confirmation": lambda: word.confirmation(project, now=request.now),
    }.get(kind)
    if make is None:
        raise Http404
    with override("zh-hans"):
        return _docx(kind, make(), project.round.street, f"{kind}-{project.number}")


@gate(rules.can_take_agreement, Agreement, having=PARTS)
@require_safe
def agreement(request: Request, agreement: Agreement) -> HttpResponse:
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    project = agreement.project
    name = f"agreement-{project.number}-{agreement.version}"
    with override("zh-hans"):
        values = word.agreement(agreement, now=request.now)
        return _docx("agreement", values, project.round.street, name)


@gate(rules.can_take_change, Change, having=PARTS)
@require_safe
def change(request: Request, asked: Change) -> HttpResponse:
    """A request to change, as the team made it."""
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    project = asked.project
    with override("zh-hans"):
        values = word.change(project, now=request.now, asked=asked)
        return _docx("change", values, project.round.street, f"change-{project.number}-{asked.pk}")


@gate(rules.can_take_report, Report, having=PARTS)
@require_safe
def report(request: Request, report: Report) -> HttpResponse:
    """A midterm or closing report with its photos."""
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    project = report.project
    name = f"{report.kind}-{project.number}-{report.number}"
    with override("zh-hans"):
        values = word.report(report, now=request.now)
        return _docx("report", values, project.round.street, name)


@gate(rules.can_take_notice, Notice, having=("decision__round__street",))
@require_safe
def notice(request: Request, notice: Notice) -> HttpResponse:
    from sanlin.front.papers.queries import word  # noqa: PLC0415  # heavy

    round = notice.decision.round
    if not notice.snapshot:
        raise Http404
    link = request.build_absolute_uri(reverse("awards:notice", args=[round.pk]))
    with override("zh-hans"):
        values = word.notice(notice, link, now=request.now)
        return _docx("notice", values, round.street, f"notice-{notice.number}")


@gate(rules.can_see_round, Round, having=("street",))
@require_safe
def round_page(request: Request, round: Round) -> HttpResponse:
    """Every paper of a round: its notices, decks, sets of papers, and the way to its ledgers."""
    by, now = request.by, request.now
    if round.frozen is None:
        raise Http404
    here = reverse("papers:round", args=[round.pk])
    page = {
        "round": round,
        "notices": list(Notice.objects.filter(decision__round=round).order_by("opens", "pk")),
        "circles": list(Circle.objects.filter(round=round)),
        "making": [
            (made, f"{reverse('papers:of_round', args=[round.pk, work])}?back={here}", may)
            for work in OF[Round]
            for made in [actions.MADE[work]]
            for may in [made.rule(by, round, now=now)]
        ],
        "back": here,
        "may_keep": rules.can_keep_ledgers(by, round.street, now=now),
    }
    return render(request, "papers/round.html", page)
