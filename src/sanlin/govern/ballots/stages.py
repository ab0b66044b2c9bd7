"""The lives of a line on the roll, of a booth, of a batch of sheets and of their sample.

A line: waiting, cast, voted on paper, or struck off before it was cast.

A paper ballot at the booth overrides one that was cast online; a mark that was made by mistake is
taken back by a second officer.

A booth is planned, opens, closes with its accounts, and is settled by two signatures.

A batch is registered, keyed once, and with the second keying agreed, or settled by a third person.

A sample is looked at sheet by sheet; it confirms the entry, or every sheet was looked at and the count
corrected.
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
        Move("withdraw", (PAPER,), WAITING),
        Move("strike", (WAITING,), STRUCK),
        Move("restore", (STRUCK,), WAITING),
    ),
)

VOTED = (CAST, PAPER)

PLANNED = "planned"
OPEN = "open"
CLOSED = "closed"
SIGNED = "signed"

BOOTH_LABELS = {
    PLANNED: "筹备",
    OPEN: "开放",
    CLOSED: "已关闭，待签字",
    SIGNED: "已签字",
}

BOOTH = Machine(
    start=PLANNED,
    moves=(
        Move("open_booth", (PLANNED,), OPEN),
        Move("close_booth", (PLANNED, OPEN, CLOSED), CLOSED),
        Move("sign_booth", (CLOSED,), SIGNED),
    ),
)

REGISTERED = "registered"
ONCE = "once"
DIFFERING = "differing"
AGREED = "agreed"
SETTLED = "settled"

BATCH_LABELS = {
    REGISTERED: "待录",
    ONCE: "录完一遍",
    DIFFERING: "两遍不一致",
    AGREED: "两遍一致",
    SETTLED: "已裁定",
}

BATCH = Machine(
    start=REGISTERED,
    moves=(
        Move("key", (REGISTERED,), ONCE),
        Move("agree", (ONCE,), AGREED),
        Move("differ", (ONCE,), DIFFERING),
        Move("settle", (DIFFERING,), SETTLED),
    ),
)

DONE = (AGREED, SETTLED)

LOOKING = "looking"
CONFIRMED = "confirmed"
CORRECTED = "corrected"

SAMPLE_LABELS = {
    LOOKING: "核对中",
    CONFIRMED: "录入可信",
    CORRECTED: "已按纸票更正",
}

SAMPLE = Machine(
    start=LOOKING,
    moves=(
        Move("confirm", (LOOKING,), CONFIRMED),
        Move("correct", (LOOKING,), CORRECTED),
    ),
)
