"""The life of a round. Which of the optional stages it passes is written in its rule pack."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

DRAFT = "draft"
CALL = "call"
SCREENING = "screening"
REVIEW = "review"
CONFERRAL = "conferral"  # the second part of the review: it has days of its own, and no stage
OPTIMISATION = "optimisation"
VOTE = "vote"
DECISION = "decision"
NOTICE = "notice"
RUNNING = "running"
CLOSED = "closed"
CANCELLED = "cancelled"

LABELS = {
    DRAFT: "筹备",
    CALL: "征集",
    SCREENING: "形式审查",
    REVIEW: "评审",
    CONFERRAL: "合议",
    OPTIMISATION: "优化",
    VOTE: "投票",
    DECISION: "决定",
    NOTICE: "公示",
    RUNNING: "实施",
    CLOSED: "结束",
    CANCELLED: "取消",
}

# A pack chooses among these; every round has the others.
OPTIONAL = (REVIEW, OPTIMISATION, VOTE)
COURSE = (
    DRAFT,
    CALL,
    SCREENING,
    REVIEW,
    OPTIMISATION,
    VOTE,
    DECISION,
    NOTICE,
    RUNNING,
    CLOSED,
)
BEFORE_VOTE = (CALL, SCREENING, REVIEW, OPTIMISATION)
# The parts for which a pack lays down days, in the order in which they come.
WINDOWED = (CALL, SCREENING, REVIEW, CONFERRAL, OPTIMISATION, VOTE, RUNNING)

ROUND = Machine(
    start=DRAFT,
    moves=(
        Move("open_call", (DRAFT,), CALL),
        Move("close_call", (CALL,), SCREENING),
        Move("open_review", (SCREENING,), REVIEW),
        Move("open_optimisation", (SCREENING, REVIEW), OPTIMISATION),
        Move("open_vote", (SCREENING, REVIEW, OPTIMISATION), VOTE),
        Move("close_entries", (SCREENING, REVIEW, OPTIMISATION, VOTE), DECISION),
        Move("publish", (DECISION,), NOTICE),
        Move("withdraw_notice", (NOTICE,), DECISION),
        Move("confirm", (NOTICE,), RUNNING),
        Move("close", (RUNNING,), CLOSED),
        Move("void", (VOTE,), CANCELLED),
        Move("cancel", (DRAFT, CALL, SCREENING, REVIEW, OPTIMISATION), CANCELLED),
    ),
)

# The verb that leads into each stage of the course.
INTO = {
    move.target: move.verb
    for move in ROUND.moves
    if move.verb not in {"withdraw_notice", "void", "cancel"}
}
