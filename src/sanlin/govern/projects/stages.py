"""The lives of a project, of an instalment, of a receipt and of a report."""

from __future__ import annotations

from sanlin.kernel.machine import Machine, Move

TO_SIGN = "to_sign"
RUNNING = "running"
MIDTERM = "midterm"
CLOSING = "closing"
SETTLING = "settling"
CLOSED = "closed"
STOPPED = "stopped"

LABELS = {
    TO_SIGN: "待签约",
    RUNNING: "实施中",
    MIDTERM: "中期评估",
    CLOSING: "结项验收",
    SETTLING: "结算",
    CLOSED: "已结项",
    STOPPED: "已终止",
}
ALIVE = (TO_SIGN, RUNNING, MIDTERM, CLOSING, SETTLING)
ENDED = (CLOSED, STOPPED)
SETTLED_UP = (SETTLING, STOPPED)  # what the team did not spend comes back

PROJECT = Machine(
    start=TO_SIGN,
    moves=(
        Move("sign", (TO_SIGN,), RUNNING),
        Move("report_midterm", (RUNNING,), MIDTERM),
        Move("return_midterm", (MIDTERM,), RUNNING),
        Move("review_midterm", (MIDTERM,), RUNNING),
        Move("report_closing", (RUNNING,), CLOSING),
        Move("return_closing", (CLOSING,), RUNNING),
        Move("review_closing", (CLOSING,), SETTLING),
        Move("close", (SETTLING,), CLOSED),
        Move("stop", ALIVE, STOPPED),
    ),
)

WAITING = "waiting"
DUE = "due"
PROPOSED = "proposed"
TO_PAY = "to_pay"
PAID = "paid"
HELD = "held"
WITHHELD = "withheld"

INSTALMENT_LABELS = {
    WAITING: "条件未到",
    DUE: "待申请拨付",
    PROPOSED: "待审批",
    TO_PAY: "待付款",
    PAID: "已拨付",
    HELD: "暂停拨付",
    WITHHELD: "不再拨付",
}
UNPAID = (WAITING, DUE, PROPOSED, TO_PAY, HELD)
ON_THE_WAY = (DUE, PROPOSED, TO_PAY)

INSTALMENT = Machine(
    start=WAITING,
    moves=(
        Move("become_due", (WAITING,), DUE),
        Move("propose", (DUE,), PROPOSED),
        Move("send_back", (PROPOSED, TO_PAY), DUE),
        Move("approve", (PROPOSED,), TO_PAY),
        Move("pay", (TO_PAY,), PAID),
        Move("take_back", (PAID,), DUE),
        Move("hold", (WAITING, DUE, PROPOSED, TO_PAY), HELD),
        Move("lift", (HELD,), WAITING),
        Move("withhold", UNPAID, WITHHELD),
    ),
)

HANDED_IN = "handed_in"
ACCEPTED = "accepted"
RETURNED = "returned"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
STANDING_RECEIPTS = (HANDED_IN, ACCEPTED)

RECEIPT_LABELS = {
    HANDED_IN: "待审核",
    ACCEPTED: "已通过",
    RETURNED: "退回补正",
    REFUSED: "不予报销",
    WITHDRAWN: "已撤回",
}

RECEIPT = Machine(
    start=HANDED_IN,
    moves=(
        Move("accept", (HANDED_IN,), ACCEPTED),
        Move("send_back", (HANDED_IN, ACCEPTED), RETURNED),
        Move("refuse", (HANDED_IN, ACCEPTED), REFUSED),
        Move("withdraw", (HANDED_IN,), WITHDRAWN),
    ),
)

REVIEWED = "reviewed"

REPORT_LABELS = {HANDED_IN: "待评估", RETURNED: "退回修改", REVIEWED: "已评估"}

REPORT = Machine(
    start=HANDED_IN,
    moves=(
        Move("send_back", (HANDED_IN,), RETURNED),
        Move("review", (HANDED_IN,), REVIEWED),
    ),
)

DRAWN = "drawn"
IN_FORCE = "in_force"
SUPERSEDED = "superseded"
REFUSED_TO_SIGN = "refused"
TAKEN_BACK = "taken_back"

AGREEMENT_LABELS = {
    DRAWN: "待签署",
    IN_FORCE: "已生效",
    SUPERSEDED: "已被新版替代",
    REFUSED_TO_SIGN: "拒绝签署",
    TAKEN_BACK: "已撤回",
}

AGREEMENT = Machine(
    start=DRAWN,
    moves=(
        Move("sign", (DRAWN,), IN_FORCE),
        Move("supersede", (IN_FORCE,), SUPERSEDED),
        Move("refuse", (DRAWN,), REFUSED_TO_SIGN),
        Move("take_back", (DRAWN,), TAKEN_BACK),
    ),
)

FILED = "filed"
CHECKED = "checked"
DISMISSED = "dismissed"

SCAN_LABELS = {
    FILED: "待核对",
    CHECKED: "核对无误",
    DISMISSED: "核对不符",
    WITHDRAWN: "已撤回",
}

SCAN = Machine(
    start=FILED,
    moves=(
        Move("check", (FILED,), CHECKED),
        Move("dismiss", (FILED,), DISMISSED),
        Move("withdraw", (FILED,), WITHDRAWN),
    ),
)

NOT_KEPT = (DISMISSED, WITHDRAWN)  # copies that count nowhere

ASKED = "asked"
APPROVED = "approved"

CHANGE_LABELS = {
    ASKED: "待审批",
    APPROVED: "已同意",
    REFUSED: "不同意",
    WITHDRAWN: "已撤回",
}

CHANGE = Machine(
    start=ASKED,
    moves=(
        Move("approve", (ASKED,), APPROVED),
        Move("refuse", (ASKED,), REFUSED),
        Move("withdraw", (ASKED,), WITHDRAWN),
    ),
)

DRAFT = "draft"
OPENED = "opened"

REQUEST_LABELS = {
    DRAFT: "草稿",
    ASKED: "待街道办理",
    RETURNED: "街道已退回",
    OPENED: "街道已同意",
}
WITH_TEAM = (DRAFT, RETURNED)  # requests that their team can still change

REQUEST = Machine(
    start=DRAFT,
    moves=(
        Move("send", WITH_TEAM, ASKED),
        Move("withdraw", (ASKED,), DRAFT),
        Move("send_back", (ASKED,), RETURNED),
        Move("open", (ASKED,), OPENED),
    ),
)
