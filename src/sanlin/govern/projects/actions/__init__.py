"""The verbs of a project: from the confirmed award to the closed round."""

from .changing import approve_change, ask_change, refuse_change, withdraw_change
from .children import open_child
from .circles import assign, make_circle
from .confirming import confirm
from .ending import close, close_round, give_back, stop
from .paying import approve, lift, propose, send_back, withhold
from .receipts import accept, hand_in, refuse_receipt, return_receipt, send_paper, withdraw
from .reporting import report, return_report, review
from .signing import check_scan, file_scan, redraw, refuse, sign, take_back

__all__ = [
    "accept",
    "approve",
    "approve_change",
    "ask_change",
    "assign",
    "check_scan",
    "close",
    "close_round",
    "confirm",
    "file_scan",
    "give_back",
    "hand_in",
    "lift",
    "make_circle",
    "open_child",
    "propose",
    "redraw",
    "refuse",
    "refuse_change",
    "refuse_receipt",
    "report",
    "return_receipt",
    "return_report",
    "review",
    "send_back",
    "send_paper",
    "sign",
    "stop",
    "take_back",
    "withdraw",
    "withdraw_change",
    "withhold",
]
