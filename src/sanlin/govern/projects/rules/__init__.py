"""Who may do what with a project, its money and its papers, and what is missing before it may be done."""

from .agreeing import can_confirm, can_see_agreement, can_sign, party_of
from .ending import (
    can_close,
    can_close_round,
    can_keep_circles,
    can_refund,
    can_stop,
    owed_back,
)
from .flows import Flows, flows
from .paying import can_approve, can_lift, can_propose, can_see_books, can_send_back, can_withhold
from .reporting import (
    can_report,
    can_review,
    can_see_report,
    last_review,
    next_report,
    passes,
)
from .spending import (
    can_accept,
    can_hand_in,
    can_look,
    can_return_receipt,
    can_see_receipt,
    can_withdraw,
    purse,
    remarks,
)
from .who import can_handle, can_look_into, can_see, in_team

__all__ = [
    "Flows",
    "can_accept",
    "can_approve",
    "can_close",
    "can_close_round",
    "can_confirm",
    "can_hand_in",
    "can_handle",
    "can_keep_circles",
    "can_lift",
    "can_look",
    "can_look_into",
    "can_propose",
    "can_refund",
    "can_report",
    "can_return_receipt",
    "can_review",
    "can_see",
    "can_see_agreement",
    "can_see_books",
    "can_see_receipt",
    "can_see_report",
    "can_send_back",
    "can_sign",
    "can_stop",
    "can_withdraw",
    "can_withhold",
    "flows",
    "in_team",
    "last_review",
    "next_report",
    "owed_back",
    "party_of",
    "passes",
    "purse",
    "remarks",
]
