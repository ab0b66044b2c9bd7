"""The life of a line on the roll: waiting for its ballot, cast, or struck off before it was cast."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

WAITING = "waiting"
CAST = "cast"
STRUCK = "struck"

LABELS = {
    WAITING: "未投票",
    CAST: "已投票",
    STRUCK: "已移出",
}

VOTER = Machine(
    start=WAITING,
    moves=(
        Move("cast", (WAITING,), CAST),
        Move("recast", (CAST,), CAST),
        Move("strike", (WAITING,), STRUCK),
        Move("restore", (STRUCK,), WAITING),
    ),
)
