"""The life of a line on the roll: waiting, cast, voted on paper, or struck off before it was cast.

A paper ballot at the booth overrides one that was cast online.
"""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

WAITING = "waiting"
CAST = "cast"
PAPER = "paper"
STRUCK = "struck"

LABELS = {
    WAITING: "未投票",
    CAST: "已投票",
    PAPER: "已投纸质票",
    STRUCK: "已移出",
}

VOTER = Machine(
    start=WAITING,
    moves=(
        Move("cast", (WAITING,), CAST),
        Move("recast", (CAST,), CAST),
        Move("paper", (WAITING, CAST), PAPER),
        Move("strike", (WAITING,), STRUCK),
        Move("restore", (STRUCK,), WAITING),
    ),
)

VOTED = (CAST, PAPER)
