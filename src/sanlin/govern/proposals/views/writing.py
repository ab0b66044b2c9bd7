"""A team's pages: begin, one topic a page, photos, preview, hand in, withdraw, appeal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sanlin.commons.orgs import rules as orgs
from sanlin.commons.people.rules import residence
from sanlin.govern.proposals import actions, queries, rules, stages
from sanlin.govern.proposals.forms import (
    NEW_TEAM,
    STEP_FORMS,
    AppealForm,
    BeginForm,
    PhotoForm,
    lines_formset,
)
from sanlin.govern.proposals.models import Content, Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request, done
from sanlin.ground.verdict import Refused

WHOLE = ("round__street", "team", "neighbourhood")
STEPS = {
    "title": gettext_lazy("名称和一句话"),
    "need": gettext_lazy("需求"),
    "goals": gettext_lazy("目标和受益人"),
    "plan": gettext_lazy("计划和日期"),
    "budget": gettext_lazy("预算"),
    "funds": gettext_lazy("自筹和伙伴"),
    "photos": gettext_lazy("照片"),
}
ORDER = tuple(STEPS)


def _step_context(proposal: Proposal, step: str) -> dict[str, Any]:
    at = ORDER.index(step)
    return {
        "proposal": proposal,
        "step": step,
        "step_title": STEPS[step],
        "at": at + 1,
        "of": len(ORDER),
        "before": ORDER[at - 1] if at else "",
    }


def _next(proposal: Proposal, step: str) -> HttpResponse:
    at = ORDER.index(step) + 1
    if at < len(ORDER):
        return redirect("proposals:write", pk=proposal.pk, step=ORDER[at])
    return redirect("proposals:preview", pk=proposal.pk)


def _number(text: str) -> int:
    """A whole number out of a hidden field; -1 where somebody wrote something else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@gate(rules.can_begin, Round, having=("street",))
def begin(request: Request, round: Round) -> HttpResponse:
    """For which team and place; the draft is made here."""
    teams = queries.led_teams(request.by, round, now=request.now)
    barred = orgs.barred(teams, now=request.now)
    free = [team for team in teams if team.pk not in barred]
    home = residence(request.by)
    form = BeginForm(
        request.POST or None,
        round=round,
        teams=teams,
        barred=barred,
        may_found="team" in round.rules.applicants,
        initial={
            "team": free[0].pk if len(free) == 1 else None,
            "place": home.neighbourhood_id if home else None,
        },
    )
    if form.is_valid():
        try:
            proposal = _begun(request, round, form)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("proposals:write", pk=proposal.pk, step=ORDER[0])
    return render(request, "proposals/begin.html", {"round": round, "form": form, "teams": teams})


def _begun(request: Request, round: Round, form: BeginForm) -> Proposal:
    given = form.cleaned_data
    who: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
    if given["team"] == NEW_TEAM:
        return actions.found_and_begin(round, given["name"], given["place"], **who)
    team = form.teams[given["team"]]
    return actions.begin(round, team=team, place=given["place"], **who)


@gate(rules.can_write, Proposal, having=WHOLE)
def overview(request: Request, proposal: Proposal) -> HttpResponse:
    """All steps, what each still lacks, and when it was last saved."""
    missing = rules.missing(proposal, proposal.draft)
    lacking = {one.step for one in missing}
    steps = [(step, words, step in lacking) for step, words in STEPS.items()]
    return render(
        request,
        "proposals/overview.html",
        {
            "proposal": proposal,
            "steps": steps,
            "deadline": queries.deadline(proposal, now=request.now),
        },
    )


@gate(rules.can_write, Proposal, having=WHOLE)
def write(request: Request, proposal: Proposal, step: str) -> HttpResponse:
    """One topic of the proposal."""
    if step == "photos":
        return _photos(request, proposal)
    if step == "budget":
        return _budget(request, proposal)
    if step not in STEP_FORMS:
        raise Http404
    draft = proposal.draft
    initial = {name: getattr(draft, name) for name in actions.PARTS[step]}
    form = STEP_FORMS[step](request.POST or None, rules=proposal.round.rules, initial=initial)
    context = {**_step_context(proposal, step), "form": form}
    if form.is_valid():
        return _kept(request, proposal, step, form.values(), form.add_error, context)
    return _step_page(request, context)


def _kept(
    request: Request,
    proposal: Proposal,
    step: str,
    values: dict[str, Any],
    complain: Callable[[Any, str], Any],
    context: dict[str, Any],
) -> HttpResponse:
    """Save and go on; where somebody else saved first, show both."""
    version = _number(request.POST.get("version", ""))
    try:
        saved = actions.save(
            proposal,
            step,
            values,
            version=version,
            by=request.by,
            now=request.now,
            key=request.key,
        )
    except actions.Overtaken as overtaken:
        complain(None, str(overtaken))
        theirs = overtaken.theirs
        both = _both(theirs.draft, theirs.draft.but(**values), step, proposal)
        return _step_page(request, {**context, "both": both, "proposal": theirs})
    except Refused as no:
        complain(None, str(no))
        return _step_page(request, context)
    if "stay" in request.POST:
        return redirect("proposals:write", pk=saved.pk, step=step)
    return _next(saved, step)


def _both(
    theirs: Content, mine: Content, step: str, proposal: Proposal
) -> list[tuple[Any, str, str]]:
    """Label, what is saved now, and what was written here, of every part that differs."""
    book = proposal.round.rules
    return [
        (queries.LABELS[part], queries.told(theirs, part, book), queries.told(mine, part, book))
        for part in actions.PARTS[step]
        if getattr(theirs, part) != getattr(mine, part)
    ]


def _step_page(request: Request, context: dict[str, Any]) -> HttpResponse:
    proposal = context["proposal"]
    context["version"] = proposal.step_version(context["step"])
    name = "budget" if context["step"] == "budget" else "step"
    return render(request, f"proposals/{name}.html", context)


def _budget(request: Request, proposal: Proposal) -> HttpResponse:
    book = proposal.round.rules
    lines = lines_formset(request.POST or None, proposal.draft, book)
    content = proposal.draft
    if request.method == "POST":
        content = content.but(lines=lines.lines())
    context = {**_step_context(proposal, "budget"), "lines": lines, **_sums(proposal, content)}
    faults: list[str] = []
    context["faults"] = faults
    if request.method == "POST" and lines.is_valid():
        return _kept(
            request,
            proposal,
            "budget",
            {"lines": lines.lines()},
            lambda _field, words: faults.append(words),
            context,
        )
    return _step_page(request, context)


def _sums(proposal: Proposal, content: Content) -> dict[str, Any]:
    book = proposal.round.rules
    over = [
        one.sentence
        for one in rules.missing(proposal, content)
        if one.step == "budget" and content.lines
    ]
    return {**queries.sums(content, book), "over": over}


@gate(rules.can_write, Proposal, having=WHOLE)
@require_POST
def sums(request: Request, proposal: Proposal) -> HttpResponse:
    """The figures beside the budget for what is typed so far; nothing is saved."""
    lines = lines_formset(request.POST, proposal.draft, proposal.round.rules)
    content = proposal.draft.but(lines=lines.lines())
    return render(request, "proposals/_sums.html", _sums(proposal, content))


def _photos(request: Request, proposal: Proposal) -> HttpResponse:
    form = PhotoForm(request.POST or None, request.FILES or None)
    goes_on = "on" in request.POST
    if goes_on and not request.FILES:
        return _next(proposal, "photos")
    if form.is_valid():
        picture = form.cleaned_data["camera"] or form.cleaned_data["album"]
        if done(request, form, actions.add_photo, proposal, picture, form.cleaned_data["caption"]):
            here = redirect("proposals:write", pk=proposal.pk, step="photos")
            return _next(proposal, "photos") if goes_on else here
    shown = queries.shown(proposal, proposal.draft)["photos"]
    context = {
        **_step_context(proposal, "photos"),
        "form": form,
        "photos": shown,
        "most": actions.MOST_PHOTOS,
        "full": len(shown) >= actions.MOST_PHOTOS,
    }
    return render(request, "proposals/photos.html", context)


@gate(rules.can_write, Proposal, having=WHOLE)
@require_POST
def drop_photo(request: Request, proposal: Proposal, photo: int) -> HttpResponse:
    """Take a photo out of the draft."""
    actions.drop_photo(proposal, photo, by=request.by, now=request.now, key=request.key)
    return redirect("proposals:write", pk=proposal.pk, step="photos")


@gate(rules.can_write, Proposal, having=WHOLE)
def preview(request: Request, proposal: Proposal) -> HttpResponse:
    """As neighbours will see it, what is still missing, and the button that hands it in."""
    draft = proposal.draft
    missing = rules.missing(proposal, draft)
    return _preview(request, proposal, missing, "")


def _preview(
    request: Request, proposal: Proposal, missing: list[rules.Missing], refused: str
) -> HttpResponse:
    return render(
        request,
        "proposals/preview.html",
        {
            "proposal": proposal,
            "missing": [(STEPS[one.step], one) for one in missing],
            "refused": refused,
            "deadline": queries.deadline(proposal, now=request.now),
            "revises": proposal.stage == stages.ADMITTED,
            **queries.shown(proposal, proposal.draft),
        },
    )


HAND_IN = {
    stages.DRAFT: actions.submit,
    stages.RETURNED: actions.resubmit,
    stages.ADMITTED: actions.revise,
}


@gate(rules.can_see, Proposal, having=WHOLE)
@require_POST
def hand_in(request: Request, proposal: Proposal) -> HttpResponse:
    """Submit, resubmit after a correction, or revise after advice. The verb asks who may."""
    verb = HAND_IN.get(proposal.stage, actions.submit)
    version = _number(request.POST.get("version", ""))
    try:
        done = verb(proposal, version=version, by=request.by, now=request.now, key=request.key)
    except actions.Incomplete as incomplete:
        return _preview(request, proposal, incomplete.missing, "")
    except Refused as no:
        if not rules.can_write(request.by, proposal, now=request.now):
            raise
        return _preview(request, proposal, rules.missing(proposal, proposal.draft), str(no))
    messages.success(request, _("已提交，编号%(code)s") % {"code": done.code})
    return redirect("proposals:page", pk=done.pk)


@gate(rules.can_withdraw, Proposal, having=WHOLE)
def withdraw(request: Request, proposal: Proposal) -> HttpResponse:
    """Say what will happen, then take it back."""
    if request.method == "POST":
        actions.withdraw(proposal, by=request.by, now=request.now, key=request.key)
        messages.success(request, _("已撤回"))
        return redirect("proposals:mine")
    return render(request, "proposals/withdraw.html", {"proposal": proposal})


@gate(rules.can_appeal, Proposal, having=WHOLE)
def appeal(request: Request, proposal: Proposal) -> HttpResponse:
    """Ask for another look at a refusal."""
    form = AppealForm(request.POST or None)
    if form.is_valid() and done(request, form, actions.appeal, proposal, form.cleaned_data["text"]):
        messages.success(request, _("申诉已提交，将由另一位工作人员复核"))
        return redirect("proposals:page", pk=proposal.pk)
    return render(request, "proposals/appeal.html", {"proposal": proposal, "form": form})
