"""The life of an idea that somebody had in a session."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

SENT = "sent"
SHOWN = "shown"
HIDDEN = "hidden"
TAKEN = "taken"
DONE = "done"

LABELS = {SENT: "待审", SHOWN: "已上墙", HIDDEN: "不展示", TAKEN: "采纳", DONE: "已落实"}
ON_THE_WALL = (SHOWN, TAKEN, DONE)

IDEA = Machine(
    start=SENT,
    moves=(
        Move("show", (SENT, HIDDEN), SHOWN),
        Move("hide", (SENT, SHOWN), HIDDEN),
        Move("take", (SHOWN,), TAKEN),
        Move("finish", (TAKEN,), DONE),
    ),
)
