from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_begin
from sanlin.ground.gate import gate
from sanlin.ground.http import Request

from . import queries, rules


@gate(rules.can_open_desk)
def home(request: Request) -> HttpResponse:
    """What waits for me today, and what lies ahead."""
    waiting = queries.waiting_for(request.user, now=request.now)
    late = sum(one.is_late(request.now) for one in waiting)
    who, now = request.user, request.now
    rounds = queries.rounds(who, now=now)
    page = {
        "waiting": waiting,
        "late": late,
        "rows": queries.folded(waiting),
        "to_come": "" if waiting else queries.to_come(who, now=now),
        "days": queries.days(who, now=now),
        "rounds": rounds,
        "can_begin": can_begin(who, now=now) and all(one.is_over for one in rounds),
        "beside": queries.beside(who, now=now),
    }
    return render(request, "desk/home.html", page)


@gate(rules.can_look, Round, having=("street", "roll"))
def round_page(request: Request, round: Round) -> HttpResponse:
    """A round at a glance."""
    glance = queries.glance(round, who=request.by, now=request.now)
    return render(request, "desk/round.html", {"round": round, **glance})
