"""The verbs of a project: from the confirmed award to the closed round."""

from .changing import approve_change, ask_change, refuse_change, withdraw_change
from .children import (
    ask_child,
    lower_least,
    open_child,
    open_request,
    return_request,
    withdraw_request,
)
from .circles import assign, make_circle, set_kind
from .confirming import confirm
from .copies import check_paper, file_paper, withdraw_paper
from .ending import close, close_round, give_back, stop
from .paying import approve, lift, pay, propose, send_back, take_back_payment, withhold
from .receipts import (
    SENT_KEPT,
    accept,
    forget_paper,
    hand_in,
    refuse_receipt,
    return_receipt,
    send_paper,
    withdraw,
)
from .reporting import report, return_report, review
from .signing import check_scan, file_scan, redraw, refuse, sign, take_back, withdraw_scan

__all__ = [
    "SENT_KEPT",
    "accept",
    "approve",
    "approve_change",
    "ask_change",
    "ask_child",
    "assign",
    "check_paper",
    "check_scan",
    "close",
    "close_round",
    "confirm",
    "file_paper",
    "file_scan",
    "forget_paper",
    "give_back",
    "hand_in",
    "lift",
    "lower_least",
    "make_circle",
    "open_child",
    "open_request",
    "pay",
    "propose",
    "redraw",
    "refuse",
    "refuse_change",
    "refuse_receipt",
    "report",
    "return_receipt",
    "return_report",
    "return_request",
    "review",
    "send_back",
    "send_paper",
    "set_kind",
    "sign",
    "stop",
    "take_back",
    "take_back_payment",
    "withdraw",
    "withdraw_change",
    "withdraw_paper",
    "withdraw_request",
    "withdraw_scan",
    "withhold",
]
