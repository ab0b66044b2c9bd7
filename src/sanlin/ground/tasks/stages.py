"""The life of a task."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

QUEUED = "queued"
RUNNING = "running"
DONE = "done"
FAILED = "failed"
GONE = "gone"

LABELS = {
    QUEUED: "排队中",
    RUNNING: "制作中",
    DONE: "已完成",
    FAILED: "没有做成",
    GONE: "文件已清理",
}
WAITING = (QUEUED, RUNNING)

TASK = Machine(
    start=QUEUED,
    moves=(
        Move("take", (QUEUED, RUNNING), RUNNING),
        Move("put_back", (RUNNING,), QUEUED),
        Move("finish", (RUNNING,), DONE),
        Move("fail", (RUNNING,), FAILED),
        Move("expire", (DONE,), GONE),
    ),
)
