"""The life of a proposal, from a team's first line to its admission to review."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

DRAFT = "draft"
SUBMITTED = "submitted"
RETURNED = "returned"
ADMITTED = "admitted"
REFUSED = "refused"
APPEALED = "appealed"
WITHDRAWN = "withdrawn"
WAITING = (SUBMITTED, APPEALED)  # for the staff's formal checks

LABELS = {
    DRAFT: "草稿",
    SUBMITTED: "已提交",
    RETURNED: "退回补正",
    ADMITTED: "通过审查",
    REFUSED: "未通过审查",
    APPEALED: "复核中",
    WITHDRAWN: "已撤回",
}

PROPOSAL = Machine(
    start=DRAFT,
    moves=(
        Move("submit", (DRAFT,), SUBMITTED),
        Move("return", (SUBMITTED,), RETURNED),
        Move("resubmit", (RETURNED,), SUBMITTED),
        Move("admit", (SUBMITTED, APPEALED), ADMITTED),
        Move("refuse", (SUBMITTED, RETURNED, APPEALED), REFUSED),
        Move("appeal", (REFUSED,), APPEALED),
        Move("withdraw", (DRAFT, SUBMITTED, RETURNED, ADMITTED), WITHDRAWN),
    ),
)
