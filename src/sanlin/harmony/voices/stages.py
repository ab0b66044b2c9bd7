"""The life of a voice: said, answered, closed."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

NEW = "new"
ANSWERED = "answered"
CLOSED = "closed"

LABELS = {NEW: "待答复", ANSWERED: "已答复", CLOSED: "已办结"}

VOICE = Machine(
    start=NEW,
    moves=(
        Move("answer", (NEW,), ANSWERED),
        Move("close", (NEW, ANSWERED), CLOSED),
    ),
)
