"""What everybody may see of a vote: turnout, whether a receipt is in, and after the close the count."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.govern.ballots import queries, rules
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import can_be_known, gate
from sanlin.ground.http import Request
from sanlin.ground.ui import words
from sanlin.kernel.ballots.code import code_of, in_groups, read_receipt, receipt_of


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
        "results": queries.results(round) if roll and roll.counted_at else [],
        "channels": queries.channels(round) if roll and roll.counted_at else [],
    }
    return render(request, "ballots/turnout.html", context)


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: Request, round: Round) -> HttpResponse:
    """Whether a receipt stands for a ballot of this vote. It is posted: addresses end up in logs."""
    written = request.POST.get("code", "")[:40]
    code = read_receipt(written)
    context = {
        "round": round,
        "written": in_groups(code) if code else written,
        "asked": bool(written),
        "known": bool(code),
        "state": queries.included(round, code),
        "roll": rules.roll_of(round),
    }
    return render(request, "ballots/receipts.html", context)


@gate(rules.can_see_vote, Round, having=("street", "roll"))
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Request, round: Round) -> HttpResponse:
    """Whether a line that a spoiled ballot was opened to makes the code that was shown before."""
    line = request.POST.get("line", "").strip()[:4000]
    code = code_of(line) if line else ""
    context = {
        "round": round,
        "line": line,
        "code": code,
        "receipt": in_groups(receipt_of(code)) if code else "",
        "state": queries.included(round, receipt_of(code)) if code else "",
        "meaning": queries.meaning(round, line),
    }
    return render(request, "ballots/check.html", context)


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
