"""The sample of paper: for everybody to read, for clerks to look at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_http_methods, require_safe

from sanlin.govern.ballots import actions, queries, rules
from sanlin.govern.ballots.actions import Paper
from sanlin.govern.ballots.forms import read_marks
from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused

REFUSED = 422
FLAGS = ("", "unclear", "named")


@gate(rules.can_see_sample, Round, having=("street", "roll__sample"))
@require_safe
def sample(request: Request, round: Round) -> HttpResponse:
    """How paper and entry were compared, which sheets were drawn, and what came of it."""
    told = queries.sample_told(round)
    kept = told["sample"]
    context = {
        "round": round,
        **told,
        "risk": queries.percent(kept.risk) if kept else "",
        "facts": queries.draw_facts(kept) if kept else [],
        "booths": queries.paper_told(round),
        "can_draw": rules.can_draw_sample(request.by, round, now=request.now),
        "can_look": rules.can_look(request.by, round, now=request.now),
        "can_finish": rules.can_finish_sample(request.by, round, now=request.now),
    }
    return render(request, "ballots/sample.html", context)


@gate(rules.can_see_sample, Round, having=("street", "roll__sample"))
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: Request, round: Round) -> HttpResponse:
    """One drawn sheet after the other: what does the paper show? Officers draw the conclusion."""
    told: dict[str, Any] = {"by": request.by, "now": request.now, "key": request.key}
    fault, posted = "", request.POST
    if request.method == "POST":
        try:
            if posted.get("verb") == "finish":
                actions.finish_sample(round, **told)
                return redirect("ballots:sample", pk=round.pk)
            _looked(request, round, told)
        except Refused as no:
            fault = str(no)
        else:
            messages.success(request, _now("已记下这张纸票"))
            return redirect("ballots:look", pk=round.pk)
    may = rules.can_look(request.by, round, now=request.now)
    told_all = queries.sample_told(round)
    kept = told_all["sample"]
    drawn = [row["serial"] for row in told_all["rows"] if row["state"] == "waiting"]
    rows = queries.to_look_at(kept, request.by, drawn) if kept and may else []
    wanted = posted.get("serial") or request.GET.get("serial", "")
    sheet = next((row for row in rows if row.serial == wanted), rows[0] if rows else None)
    lines = queries.lines(sheet.batch.booth) if sheet else []
    if fault:
        marks = read_marks(posted, lines)
        lines = [replace(line, mark=marks.get(line.key, 0)) for line in lines]
    context = {
        "round": round,
        **told_all,
        "may": may,
        "left": rows,
        "sheet": sheet,
        "form": rules.form_of(round),
        "lines": lines,
        "opinions": queries.opinions_by_number(round),
        "flags": queries.flag_words(),
        "fault": fault,
        "can_finish": rules.can_finish_sample(request.by, round, now=request.now),
    }
    return render(request, "ballots/look.html", context, status=REFUSED if fault else 200)


def _looked(request: Request, round: Round, told: dict[str, Any]) -> None:
    posted, kept = request.POST, rules.sample_of(round.roll)
    drawn = queries.drawn(kept) if kept else []
    rows = queries.to_look_at(kept, request.by, drawn) if kept else []
    sheet = next((row for row in rows if row.serial == posted.get("serial")), None)
    if sheet is None or kept is None:
        raise Refused(_now("这张票没有抽中，或者已由别人核对，或者不该由您核对"))
    paper = None
    if not posted.get("missing"):
        flag = posted.get("flag", "")
        marks = read_marks(posted, queries.lines(sheet.batch.booth))
        paper = Paper(sheet.serial or "", marks, flag if flag in FLAGS else "")
    actions.look(kept, sheet, paper, **told)
