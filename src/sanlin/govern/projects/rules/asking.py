from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Move:
    """`amount` fen from one spending head to another (their keys)."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True)
class Asked:
    """What a team asks to change, and why; what it does not ask is empty or None. `grant` is fen."""

    reason: str
    moves: tuple[Move, ...] = ()
    starts: date | None = None
    ends: date | None = None
    grant: int | None = None
    third: str = ""
