"""The verbs of a project: from the confirmed award to the closed round."""

from .circles import assign, make_circle
from .confirming import confirm
from .ending import close, close_round, give_back, stop
from .paying import approve, lift, propose, send_back, withhold
from .receipts import accept, hand_in, return_receipt, withdraw
from .reporting import report, return_report, review
from .signing import sign

__all__ = [
    "accept",
    "approve",
    "assign",
    "close",
    "close_round",
    "confirm",
    "give_back",
    "hand_in",
    "lift",
    "make_circle",
    "propose",
    "report",
    "return_receipt",
    "return_report",
    "review",
    "send_back",
    "sign",
    "stop",
    "withdraw",
    "withhold",
]
