"""The life of a source: pledged, then arrived or withdrawn; money that has arrived is booked. And that
of a running cost: asked for, approved, paid."""

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

ASKED, TO_PAY, PAID, REFUSED, TAKEN_BACK = "asked", "to_pay", "paid", "refused", "taken_back"

EXPENSE_LABELS = {
    ASKED: "待审批",
    TO_PAY: "待付款",
    PAID: "已付款",
    REFUSED: "已退回",
    TAKEN_BACK: "已冲销",
}
EXPENSE_TONES = {ASKED: "now", TO_PAY: "waiting", PAID: "done", TAKEN_BACK: "wrong"}

EXPENSE = Machine(
    ASKED,
    (
        Move("approve", (ASKED,), TO_PAY),
        Move("pay", (TO_PAY,), PAID),
        Move("refuse", (ASKED, TO_PAY), REFUSED),
        Move("take_back", (PAID,), TAKEN_BACK),
    ),
)
