"""The lives of a decision, of an award and of an objection."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

DRAFTED = "drafted"
SIGNED = "signed"
PUBLISHED = "published"
DROPPED = "dropped"

DECISION_LABELS = {
    DRAFTED: "待签署",
    SIGNED: "已签署",
    PUBLISHED: "已公布",
    DROPPED: "已作废",
}

DECISION = Machine(
    start=DRAFTED,
    moves=(
        Move("sign", (DRAFTED,), SIGNED),
        Move("publish", (SIGNED,), PUBLISHED),
        Move("drop", (DRAFTED, SIGNED, PUBLISHED), DROPPED),
    ),
)

STANDING = "standing"
RESERVE = "reserve"
OUT = "out"
CANCELLED = "cancelled"

AWARD_LABELS = {
    STANDING: "立项",
    RESERVE: "候补",
    OUT: "未立项",
    CANCELLED: "取消立项",
}

AWARD = Machine(
    start=OUT,
    moves=(
        Move("fund", (OUT, RESERVE), STANDING),
        Move("keep", (OUT,), RESERVE),
        Move("cancel", (STANDING,), CANCELLED),
    ),
)

OPEN = "open"
UPHELD = "upheld"
REJECTED = "rejected"

OBJECTION_LABELS = {
    OPEN: "待答复",
    UPHELD: "成立",
    REJECTED: "不成立",
}

OBJECTION = Machine(
    start=OPEN,
    moves=(Move("uphold", (OPEN,), UPHELD), Move("reject", (OPEN,), REJECTED)),
)
