"""What everybody may see of a vote: turnout, whether a receipt is in, and after the close the count."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sanlin.govern.ballots import queries, rules
from sanlin.govern.ballots.models import in_groups, read_code
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import can_be_known, gate
from sanlin.ground.http import Request
from sanlin.ground.ui import words


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_safe
def turnout(request: Request, round: Round) -> HttpResponse:
    """How many have voted, by neighbourhood and day; after the close what they voted for."""
    roll = rules.roll_of(round)
    cast, size = queries.turnout(round)
    context = {
        "round": round,
        "roll": roll,
        "cast": cast,
        "size": size,
        "share": queries.share(cast, size),
        "places": [
            (row["name"], row["cast"], f"{row['cast']} / {row['size']}")
            for row in queries.turnout_by_place(round)
        ],
        "days": [(words.day(day), n, str(n)) for day, n in queries.turnout_by_day(round)],
        "results": queries.results(round) if roll and roll.closed_at else [],
        "channels": queries.channels(round) if roll and roll.closed_at else [],
    }
    return render(request, "ballots/turnout.html", context)


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_safe
def receipts(request: Request, round: Round) -> HttpResponse:
    """Whether a receipt code stands for a ballot of this vote."""
    written = request.GET.get("code", "")[:40]
    code = read_code(written)
    context = {
        "round": round,
        "written": in_groups(code) if code else written,
        "asked": bool(written),
        "known": bool(code),
        "state": queries.included(round, code),
        "roll": rules.roll_of(round),
    }
    return render(request, "ballots/receipts.html", context)


@gate(can_be_known, Round, having=("street", "roll"))
@require_safe
def mine(request: Request, round: Round) -> HttpResponse:
    """Whether I am on the roll, or why not and what to do."""
    verdict = rules.is_on_roll(request.by, round, now=request.now)
    return render(
        request,
        "ballots/mine.html",
        {"round": round, "verdict": verdict, "roll": rules.roll_of(round)},
    )
