from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sanlin.commons.people.rules import residence
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import timeline
from sanlin.govern.rounds.rules import can_see
from sanlin.ground.gate import can_be_known, gate, open_to_all
from sanlin.ground.http import Request

from . import queries

STREET = "street"  # cookie: the street whose rounds this device wants to see
YEAR = 365 * 24 * 3600


@open_to_all
def home(request: Request) -> HttpResponse:
    """What is on near me, what waits for me, what was decided."""
    who, now = request.by, request.now
    street = queries.my_street(who, request.COOKIES.get(STREET, ""), now=now)
    rounds = queries.rounds_near(street)
    waiting = queries.votes(who, rounds, cookies=request.COOKIES, now=now)
    told = {line.href for line in waiting}
    others = [one for one in rounds if queries.at("ballots:booth", one.pk) not in told]
    waiting += queries.keys_of_boxes(who, rounds, now=now)
    waiting += queries.of_projects(who, now=now) + queries.of_growth(who, now=now)
    waiting += queries.unfinished(queries.my_proposals(who, now=now), now=now)
    show = {
        "street": street,
        "streets": [] if residence(who) else queries.streets_with_rounds(),
        "waiting": waiting,
        "going_on": queries.going_on(others, now=now),
        "all_told": bool(told),
        "decided": queries.decided(rounds),
    }
    return render(request, "portal/home.html", show)


@open_to_all
@require_POST
def choose(request: Request) -> HttpResponse:
    """Remember a street on this device, or forget it."""
    answer = redirect("portal:home")
    wanted = request.POST.get(STREET, "")
    if wanted.isascii() and wanted.isdigit():
        answer.set_cookie(STREET, wanted[:9], max_age=YEAR, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(STREET)
    return answer


@gate(can_see, Round, having=("street", "parent__project__undertaking__neighbourhood"))
def round_page(request: Request, round: Round) -> HttpResponse:
    """The line of a round, from its call to its end."""
    shown = {"steps": timeline(round, now=request.now), "figures": []}
    if round.frozen:
        shown = queries.hub(round, request.by, cookies=request.COOKIES, now=request.now)
    return render(request, "portal/round.html", {"round": round, **shown})


@gate(can_be_known)
def mine(request: Request) -> HttpResponse:
    """My proposals, votes, outcomes and voices."""
    who, now = request.by, request.now
    street = queries.my_street(who, "", now=now)
    rounds = queries.rounds_near(street, stages.VOTE) if street else []
    proposals = queries.my_proposals(who, now=now)
    waiting = queries.votes(who, rounds, cookies=request.COOKIES, now=now)
    waiting += queries.keys_of_boxes(who, rounds, now=now)
    waiting += queries.of_projects(who, now=now) + queries.of_growth(who, now=now)
    waiting += queries.unfinished(proposals, now=now)
    outcomes, objections = queries.my_awards(who, now=now)
    show = {
        "waiting": waiting,
        "proposals": [(one, queries.at("proposals:page", one.pk)) for one in proposals],
        "outcomes": outcomes,
        "objections": objections,
    }
    return render(request, "portal/mine.html", show)
