from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import cast

from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from sanlin.govern.rounds.models import Round
from sanlin.ground.gate import gate, open_to_all
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


@open_to_all
def check(request: Request) -> HttpResponse:
    """The verifier that runs in the browser; nothing that is checked here is sent anywhere."""
    return render(
        request,
        "records/check.html",
        {"digest": hashlib.sha256(source("records/verify.js")).hexdigest()},
    )


@open_to_all
def check_alone(request: Request) -> HttpResponse:
    """The same verifier as a folder, to be opened from a disk without a network."""
    files = {
        "verify.html": render_to_string("records/alone.html").encode(),
        "verify.js": source("records/verify.js"),
        "kit.css": source("ui/kit.css"),
    }
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            folder.writestr(zipfile.ZipInfo(f"sanlin-verify/{name}"), content)
    answer = HttpResponse(body.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="sanlin-verify.zip"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def source(name: str) -> bytes:
    """A static file as it is handed out."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise Http404
    return Path(found).read_bytes()
