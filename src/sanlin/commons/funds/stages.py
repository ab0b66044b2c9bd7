"""The life of a source: pledged, then arrived or withdrawn. Money that has arrived is booked."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

PLEDGED, ARRIVED, WITHDRAWN = "pledged", "arrived", "withdrawn"

LABELS = {PLEDGED: "已认捐", ARRIVED: "已到账", WITHDRAWN: "已撤回"}
TONES = {PLEDGED: "waiting", ARRIVED: "done", WITHDRAWN: "plain"}

SOURCE = Machine(
    PLEDGED,
    (
        Move("arrive", (PLEDGED,), ARRIVED),
        Move("withdraw", (PLEDGED,), WITHDRAWN),
        Move("undo", (ARRIVED,), PLEDGED),
    ),
)
