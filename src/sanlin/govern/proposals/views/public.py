"""What everybody may read, as far as the rules show it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render

from sanlin.commons.orgs.rules import teams_of
from sanlin.commons.places.models import Neighbourhood
from sanlin.govern.proposals import queries, rules
from sanlin.govern.proposals.models import Photo, Proposal, Why
from sanlin.govern.rounds.models import Round
from sanlin.ground import files
from sanlin.ground.gate import can_be_known, gate
from sanlin.ground.http import Request
from sanlin.kernel.packs import Rules

A_PAGE = 50
LONGEST_SEARCH = 60


@gate(rules.can_see_round, Round, having=("street",))
def list_of(request: Request, round: Round) -> HttpResponse:
    """The public proposals of a round: by tier, neighbourhood, theme and words, 50 a page."""
    book = round.rules if round.frozen else None
    places = list(
        Neighbourhood.objects.filter(proposals__in=queries.admitted(round).values("pk"))
        .distinct()
        .order_by("code")
    )
    asked = _asked(request, book, places)
    rows = queries.admitted(round)
    for name in ("tier", "theme", "neighbourhood"):
        if asked[name]:
            rows = rows.filter(**{name: asked[name]})
    if asked["q"]:
        words = asked["q"]
        rows = rows.filter(
            Q(title__icontains=words) | Q(summary__icontains=words) | Q(team__name__icontains=words)
        )
    page = Paginator(rows.defer("writing"), A_PAGE).get_page(request.GET.get("page"))
    tiers = {tier.key: tier.name for tier in book.tiers} if book else {}
    return render(
        request,
        "proposals/list.html",
        {
            "round": round,
            "book": book,
            "page": page,
            "lines": [(proposal, tiers.get(proposal.tier, "")) for proposal in page],
            "places": places,
            "asked": asked,
            "is_sieved": any(asked.values()),
            "may_begin": rules.can_begin(request.by, round, now=request.now),
            "has_team": bool(teams_of(request.by, now=request.now)),
            "may_watch": rules.can_watch(request.by, round, now=request.now),
        },
    )


def _asked(request: Request, book: Rules | None, places: list[Neighbourhood]) -> dict[str, Any]:
    """What the address asks for; what it asks wrongly is left out."""
    known = {
        "tier": {tier.key for tier in book.tiers} if book else set(),
        "theme": {theme.key for theme in book.themes} if book else set(),
        "neighbourhood": {str(place.pk) for place in places},
    }
    asked = {
        name: request.GET.get(name, "") if request.GET.get(name) in values else ""
        for name, values in known.items()
    }
    words = request.GET.get("q", "").replace("\x00", "").strip()
    return {**asked, "q": words[:LONGEST_SEARCH]}


@gate(rules.can_see, Proposal, having=("round__street", "team", "neighbourhood", "appeal"))
def page(request: Request, proposal: Proposal) -> HttpResponse:
    """A proposal as its neighbours see it; for its team and staff also what is to do with it."""
    prefetch_related_objects([proposal], "lines", "photos")
    may = {
        "write": rules.can_write(request.by, proposal, now=request.now),
        "withdraw": rules.can_withdraw(request.by, proposal, now=request.now),
        "appeal": rules.can_appeal(request.by, proposal, now=request.now),
        "screen": rules.can_screen(request.by, proposal, now=request.now),
        "advise": rules.can_advise(request.by, proposal, now=request.now),
    }
    within = rules.shows_all_revisions(request.by, proposal, now=request.now)
    return render(
        request,
        "proposals/page.html",
        {
            "proposal": proposal,
            "may": may,
            "within": within,
            "is_draft": not proposal.number,
            "screening": _told_screening(proposal) if within else None,
            "advice": proposal.advice.select_related("answered_by") if within else [],
            **queries.shown(proposal, proposal.content if proposal.number else proposal.draft),
        },
    )


def _told_screening(proposal: Proposal) -> dict[str, Any] | None:
    """What the team is told of the latest formal checks; nobody's name is in it."""
    last = rules.last_screening(proposal)
    if last is None:
        return None
    book = proposal.round.rules
    checks = {check.code: check.text for check in book.checks}
    reasons = {refusal.code: refusal.text for refusal in book.refusals}
    return {
        "row": last,
        "failed": [
            (checks.get(finding.code, finding.code), finding)
            for finding in last.findings.all()
            if finding.answer == "no"
        ],
        "reasons": [reasons[code] for code in last.refusals if code in reasons],
        "uncorrected": last.by_id is None,
        "appeal": getattr(proposal, "appeal", None),
    }


@gate(rules.can_see_changes, Proposal, having=("round__street", "team", "neighbourhood"))
def changes(request: Request, proposal: Proposal) -> HttpResponse:
    """What changed from one revision to the next."""
    revisions = list(proposal.revisions.all())
    if not rules.shows_all_revisions(request.by, proposal, now=request.now):
        first = max((at for at, one in enumerate(revisions) if one.why != Why.REVISED), default=0)
        revisions = revisions[first:]
    return render(
        request,
        "proposals/changes.html",
        {"proposal": proposal, "steps": queries.history(revisions, proposal.round.rules)},
    )


@gate(
    rules.can_see_photo,
    Photo,
    having=("proposal__round__street", "proposal__team", "proposal__neighbourhood"),
)
def photo(request: Request, photo: Photo, size: str) -> Any:
    """A photo, in one of its sizes."""
    return files.shown(photo.file, size)


@gate(can_be_known)
def mine(request: Request) -> HttpResponse:
    """The proposals of my teams."""
    rows = queries.mine(request.by, now=request.now)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "proposals/mine.html", {"page": page})
