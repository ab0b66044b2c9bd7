from __future__ import annotations

from typing import cast

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render

from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate
from sanlin.ground.http import Request

from . import rules
from .queries import sealings


@gate(rules.can_see, Round, having=("street",))
def record(request: Request, round: Round) -> HttpResponse:
    """The public record of a round: its root, its archive, and how anybody checks it."""
    found = sealings(round)
    page = {
        "round": round,
        "latest": found[0] if found else None,
        "earlier": found[1:],
        "verifier": found[0].digests["verify.py"] if found else "",
        "here": request.build_absolute_uri(request.path),
    }
    return render(request, "records/record.html", page)


@gate(rules.can_see, Round, having=("street",))
def archive(request: Request, round: Round, lines: int) -> HttpResponse:
    """The archive of one seal, sent as it lies there."""
    for one in sealings(round):
        if one.size == lines and one.path.exists():
            name = f"round-{round.pk}.zip"
            answer = FileResponse(
                one.path.open("rb"),
                content_type="application/zip",
                as_attachment=True,
                filename=name,
            )
            answer["X-Content-Type-Options"] = "nosniff"
            return cast(HttpResponse, answer)
    raise Http404
