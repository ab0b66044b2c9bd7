"""Electronic invoices (PDF, OFD, XML): what they say of themselves, read in a child process.

A form that holds such a file is filled with it; whoever hands it in still looks at every field. A
file that says nothing, or too much, or is hostile, tells nothing, but why: then people type.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sanlin.kernel.money import LARGEST

SECONDS = 12
MOST_ITEMS = 20


@dataclass(frozen=True)
class Item:
    """A line of an invoice; `price` is fen a unit with tax, `quantity` whole units."""

    what: str
    price: int
    quantity: int


@dataclass(frozen=True)
class Told:
    """What an invoice says of itself; whatever it does not say is empty or None. `total` is fen.

    `why` is empty, or says why the file told nothing: locked, big, broken, or silent where it could
    be opened and holds no field of an invoice.
    """

    code: str = ""
    number: str = ""
    day: date | None = None
    seller: str = ""
    total: int | None = None
    items: tuple[Item, ...] = ()
    why: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "code": self.code,
            "number": self.number,
            "day": self.day.isoformat() if self.day else "",
            "seller": self.seller,
            "total": self.total,
            "items": [[item.what, item.price, item.quantity] for item in self.items],
            "why": self.why,
        }


def read(body: bytes, kind: str) -> Told:
    """What the invoice in `body` ("pdf", "ofd" or "xml") says; nothing where it cannot be read."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("child.py")), kind]
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and nothing of the sender's in it
            command, input=body, capture_output=True, timeout=SECONDS, check=False
        )
        found = json.loads(done.stdout) if not done.returncode else {"why": "big"}
    except subprocess.TimeoutExpired:
        found = {"why": "big"}
    except ValueError:
        found = {"why": "broken"}
    made = told(found)
    return replace(made, why="silent") if made == Told() else made


def told(found: dict[str, Any]) -> Told:
    """The same out of plain values; what does not fit is left out."""
    try:
        day = date.fromisoformat(found.get("day") or "")
    except ValueError:
        day = None
    items = tuple(
        Item(_said(what, 60), price, quantity)
        for what, price, quantity in found.get("items", [])[:MOST_ITEMS]
        if 0 < price < 10**11 and 0 < quantity <= 10**5
    )
    total = found.get("total")
    return Told(
        _said(found.get("code", ""), 20),
        _said(found.get("number", ""), 40),
        day,
        _said(found.get("seller", ""), 60),
        total if isinstance(total, int) and 0 < total <= LARGEST else None,
        items if sum(item.price * item.quantity for item in items) == total else (),
        str(found.get("why", ""))[:10],
    )


def _said(text: object, most: int) -> str:
    """Text as a database and a page can hold it: a PDF may name any character, and none at all."""
    return "".join(c for c in str(text) if c.isprintable())[:most]
