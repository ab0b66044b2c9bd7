"""What stands in the application of a team."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sanlin.govern.proposals.models import Proposal
from sanlin.ground import files
from sanlin.ground.clock import local_day
from sanlin.ground.office.word import Image

from .fields import figure, lines, money, written

PICTURE = 110  # millimetres


def application(proposal: Proposal, *, now: datetime) -> dict[str, Any]:
    """What was last handed in, with its budget and photos."""
    rules, rows = proposal.round.rules, list(proposal.lines.all())
    heads = {head.key: head.name for head in rules.heads}
    return {
        "street": proposal.round.street.name,
        "round": proposal.round.name,
        "year": str(proposal.round.year),
        "today": written(local_day(now)),
        "proposal": {
            "number": proposal.code,
            "title": proposal.title,
            "summary": proposal.summary,
            "team": proposal.team.name,
            "committee": proposal.neighbourhood.name,
            "tier": next((t.name for t in rules.tiers if t.key == proposal.tier), ""),
            "theme": next((t.name for t in rules.themes if t.key == proposal.theme), ""),
            "need": lines(proposal.need),
            "goals": lines(proposal.goals),
            "plan": lines(proposal.plan),
            "beneficiaries": proposal.beneficiaries,
            "starts": written(proposal.starts),
            "ends": written(proposal.ends),
            "asked": money(proposal.asked),
            "own_funds": money(proposal.own_funds),
            "partners": "；".join(lines(proposal.partners)),
        },
        "lines": [
            {
                "head": heads.get(row.head, row.head),
                "what": row.what,
                "price": figure(row.unit_price),
                "quantity": row.quantity,
                "amount": figure(row.amount),
            }
            for row in rows
        ],
        "lines_total": figure(sum(row.amount for row in rows)),
        "photos": _photos(proposal),
    }


def _photos(proposal: Proposal) -> list[dict[str, Any]]:
    found = []
    for n, row in enumerate(proposal.shown_photos, 1):
        path = files.lies_at(row.file)
        if path.exists():
            words = row.caption or f"照片{n}"  # data
            found.append({"image": Image(path.read_bytes(), PICTURE), "caption": words})
    return found
