"""The lives of a midterm session and of a place in its order."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

PLANNED = "planned"
OPEN = "open"
CLOSED = "closed"

PITCHING_LABELS = {PLANNED: "待召开", OPEN: "进行中", CLOSED: "已结束"}

PITCHING = Machine(
    start=PLANNED,
    moves=(
        Move("open", (PLANNED,), OPEN),
        Move("close", (OPEN,), CLOSED),
    ),
)

WAITING = "waiting"
CALLED = "called"
MARKED = "marked"

SLOT_LABELS = {WAITING: "等候", CALLED: "正在汇报", MARKED: "已评"}

SLOT = Machine(
    start=WAITING,
    moves=(
        Move("call", (WAITING,), CALLED),
        Move("put_back", (CALLED,), WAITING),
        Move("mark", (CALLED,), MARKED),
    ),
)

# The five partners of a joint meeting, as the programme names them.
PARTNERS = ("社区", "社会工作者", "社会组织", "社区志愿者", "社会慈善资源")
