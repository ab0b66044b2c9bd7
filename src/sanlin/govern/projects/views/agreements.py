"""The agreement: its versions, signatures on screen and on paper, and what is asked to change."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanlin.commons.orgs.rules import leads
from sanlin.govern.projects import actions, queries, rules, stages
from sanlin.govern.projects.actions.drawing import changed_facts, facts_of
from sanlin.govern.projects.forms import ChangeForm, CheckScanForm, ReasonForm, ScanForm
from sanlin.govern.projects.models import Agreement, Change, Party, Project, Scan
from sanlin.ground import files
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done, press
from sanlin.ground.verdict import Verdict

from .acting import COPY_TONES, WHOLE, through

ENDING: dict[str, tuple[Any, Any]] = {
    "refuse": (actions.refuse, lambda: _("已记下拒绝签署的理由")),
    "take_back": (actions.take_back, lambda: _("已撤回这一版协议")),
}


@gate(rules.can_see_agreement, Project, having=WHOLE)
def agreement(request: Request, project: Project) -> HttpResponse:
    """The version that waits, else the one in force: what it says, what it changes, who has signed."""
    where = reverse("projects:agreement", args=[project.pk])
    form = ReasonForm()
    if request.method == "POST":
        asked = request.POST.get("verb", "sign")
        if asked == "sign":
            return press(request, where, _("已签署"), actions.sign, project)
        if asked == "redraw":
            return press(request, where, _("已重新拟定协议"), actions.redraw, project)
        if asked not in ENDING:
            raise Http404
        verb, words = ENDING[asked]
        form = ReasonForm(request.POST)
        if form.is_valid() and done(request, form, verb, project, form.cleaned_data["reason"]):
            messages.success(request, words())
            return redirect(where)
    versions = queries.versions_of(project)
    if not versions:
        raise Http404
    shown = _shown(request, list(versions))
    page = _page(request, project, shown, versions, form)
    return render(request, "projects/agreement.html", page)


def _shown(request: Request, versions: list[Agreement]) -> Agreement:
    """The version that the address names; else the one that waits, the one in force, the last."""
    asked = request.GET.get("version", "")
    for one in versions:
        if asked == str(one.version):
            return one
    for stage in (stages.DRAWN, stages.IN_FORCE):
        if found := next((one for one in versions if one.stage == stage), None):
            return found
    return versions[0]


def _page(
    request: Request,
    project: Project,
    made: Agreement,
    versions: dict[Agreement, list[queries.Hand]],
    form: ReasonForm,
) -> dict[str, Any]:
    who, now = request.by, request.now
    made.project = project
    party = rules.party_of(who, project, now=now)
    if party == Party.STREET:  # who keeps the seal is asked by several rules
        prefetch_related_objects([project], "fund__duties", "instalments")
    facts = facts_of(made)
    earlier = next(
        (
            one
            for one in versions
            if one.version < made.version and one.stage in (stages.IN_FORCE, stages.SUPERSEDED)
        ),
        None,
    )
    signed = {one.party: one for one in versions[made]}
    changes = list(project.changes.order_by("-at"))
    paper = _paper(versions, made, changes) or rules.paper_of(project)
    for name in ("starts", "ends"):
        facts[name] = date.fromisoformat(facts[name]) if facts[name] else None
    waits = made.stage == stages.DRAWN
    return {
        "project": project,
        "agreement": made,
        "versions": [
            (one, f"{reverse('projects:agreement', args=[project.pk])}?version={one.version}")
            for one in versions
        ],
        "facts": facts,
        "compared": queries.compared(facts_of(earlier), facts_of(made)) if earlier else [],
        "parties": [(Party(party), signed.get(party)) for party in facts["parties"]],
        "party": party,
        "scans": made.scans.select_related("by", "checked_by"),
        "can_sign": rules.can_sign(who, project, now=now, paper=paper) if waits else None,
        "can_refuse": rules.can_refuse(who, project, now=now, paper=paper) if waits else None,
        "can_take_back": rules.can_take_back(who, project, now=now, paper=paper) if waits else None,
        "can_redraw": rules.can_redraw(who, project, now=now, paper=paper)
        if project.stage == stages.TO_SIGN and not waits
        else None,
        "can_file": rules.can_file_scan(who, made, now=now),
        "can_ask": rules.can_ask_change(who, project, now=now, paper=paper),
        "changes": changes,
        "form": form,
    }


def _paper(
    versions: dict[Agreement, list[queries.Hand]], made: Agreement, changes: list[Change]
) -> rules.Paper | None:
    """How the agreement lies, out of what the page has read; nothing where it shows an older version."""
    if made != next(iter(versions)):
        return None
    hands = versions[made]
    keepers = frozenset(one.keeper for under in versions.values() for one in under if one.keeper)
    asked = next((one.pk for one in changes if one.stage == stages.ASKED), None)
    told = tuple((one.party, one.name, one.at) for one in hands)
    return rules.Paper(made.stage, told, keepers, asked, made.objection)  # type: ignore[attr-defined]


@gate(rules.can_file_scan, Agreement, having=through("project"))
def file_scan(request: Request, agreement: Agreement) -> HttpResponse:
    """File the signed copy: a photo or PDF, and whose signatures stand on it."""
    parties = rules.parties_of(agreement.project)
    form = ScanForm(request.POST or None, request.FILES or None, parties=parties)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(request, form, actions.file_scan, agreement, said["paper"], said["parties"]):
            messages.success(request, _("扫描件已归档，等待另一位工作人员核对"))
            return redirect("projects:agreement", pk=agreement.project_id)
    page = {"agreement": agreement, "project": agreement.project, "form": form}
    return render(request, "projects/file_scan.html", page)


def can_see_scan(who: Any, scan: Scan, *, now: Any) -> Verdict:
    return rules.can_see_agreement(who, scan.agreement.project, now=now)


@gate(can_see_scan, Scan, having=(*through("agreement__project"), "by", "checked_by"))
def scan(request: Request, scan: Scan) -> HttpResponse:
    """A filed copy beside what the agreement says; a second person checks it."""
    project = scan.agreement.project
    form = CheckScanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(request, form, actions.check_scan, scan, said["fits"] == "yes", said["note"]):
            messages.success(request, _("已核对"))
            return redirect("projects:agreement", pk=project.pk)
    facts = facts_of(scan.agreement)
    page = {
        "scan": scan,
        "agreement": scan.agreement,
        "project": project,
        "facts": facts,
        "parties": [Party(party).label for party in scan.parties],
        "may": rules.can_check_scan(request.by, scan, now=request.now),
        "seal": rules.can_confirm_seal(request.by, scan, now=request.now),
        "can_withdraw": rules.can_withdraw_copy(request.by, scan, now=request.now),
        "tone": COPY_TONES[scan.stage],
        "form": form,
    }
    return render(request, "projects/scan.html", page)


@gate(rules.can_withdraw_copy, Scan, having=("agreement",))
@require_POST
def withdraw_scan(request: Request, scan: Scan) -> HttpResponse:
    """Take back what one filed by mistake."""
    where = reverse("projects:agreement", args=[scan.agreement.project_id])
    return press(request, where, _("已撤回，这一份不再计入"), actions.withdraw_scan, scan)


@gate(can_see_scan, Scan, having=through("agreement__project"))
def scan_file(request: Request, scan: Scan, size: str) -> Any:
    if scan.kind == "photo":
        return files.shown(scan.file, size)
    return files.handed_over(scan.file, f"agreement-{scan.agreement_id}-{scan.pk}.pdf")


def can_write(who: Any, project: Project, *, now: Any) -> Verdict:
    """The team's leader; whether it is time is said on the page."""
    return leads(who, project.team, now=now)


@gate(can_write, Project, having=WHOLE)
def ask_change(request: Request, project: Project) -> HttpResponse:
    """The team's form: money from head to head, other days, less money, another third party."""
    three = Party.COMMITTEE in rules.parties_of(project)
    form = ChangeForm(request.POST or None, project=project, three=three)
    sent = request.method == "POST" and form.is_valid()
    if sent and done(request, form, actions.ask_change, project, form.asked()):
        messages.success(request, _("变更申请已提交，等待街道审批"))
        return redirect("projects:agreement", pk=project.pk)
    page = {
        "project": project,
        "form": form,
        "heads": queries.by_head(project, rules.flows(project)),
        "may": rules.can_ask_change(request.by, project, now=request.now),
    }
    return render(request, "projects/ask_change.html", page)


@gate(rules.can_see_change, Change, having=(*through("project"), "by", "decided_by", "agreement"))
def change(request: Request, change: Change) -> HttpResponse:
    """What is asked beside what is in force; an officer agrees or does not."""
    project = change.project
    form = ReasonForm(request.POST or None)
    where = reverse("projects:agreement", args=[project.pk])
    if request.method == "POST":
        asked = request.POST.get("verb")
        if asked == "withdraw":
            return press(request, where, _("变更申请已撤回"), actions.withdraw_change, change)
        if asked == "approve":
            note = request.POST.get("reason", "")
            words = _("已同意，新一版协议等待各方签署")
            return press(request, where, words, actions.approve_change, change, note)
        if form.is_valid() and done(
            request, form, actions.refuse_change, change, form.cleaned_data["reason"]
        ):
            messages.success(request, _("已回复不同意"))
            return redirect(where)
    page = {
        "change": change,
        "project": project,
        "compared": _asked(change),
        "fits": rules.still_fits(project, change) if change.stage == stages.ASKED else None,
        "can_decide": rules.can_decide_change(request.by, change, now=request.now),
        "can_withdraw": rules.can_withdraw_change(request.by, change, now=request.now),
        "form": form,
    }
    return render(request, "projects/change.html", page)


def _asked(change: Change) -> list[tuple[str, str, str]]:
    """(what, before, after) of a change, as it would be drawn up or was."""
    project = change.project
    versions = project.agreements.filter(stage__in=(stages.IN_FORCE, stages.SUPERSEDED))
    if change.agreement is not None:
        before = versions.filter(version__lt=change.agreement.version).last()
        return queries.compared(facts_of(before), facts_of(change.agreement)) if before else []
    before = versions.last()
    if before is None:
        return []
    parts = list(project.instalments.order_by("place"))
    told = facts_of(before)
    return queries.compared(told, changed_facts(told, change, parts, now=change.at))
