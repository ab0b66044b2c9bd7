"""Which template a paper is filled out of: the street's own where it has one, else the house's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sanlin.commons.places.models import Street
from sanlin.front.papers.models import Template
from sanlin.ground.office import word

DATA = Path(__file__).resolve().parents[2] / "data"


def house(kind: str) -> bytes:
    """The house's own template of a kind of paper."""
    return (DATA / f"{kind}.docx").read_bytes()


def standing(street: Street, kind: str) -> Template | None:
    """The street's latest template of this kind that has not been withdrawn."""
    found: Template | None = (
        Template.objects.filter(street=street, kind=kind, withdrawn_at__isnull=True)
        .order_by("-version")
        .first()
    )
    return found


def paper(kind: str, values: dict[str, Any], street: Street) -> bytes:
    """The paper as a .docx. Raises BadTemplate where the street's own template cannot be filled."""
    own = standing(street, kind)
    if own is None:
        return word.filled(house(kind), values)
    return word.filled(bytes(own.body), values, sent=True)
