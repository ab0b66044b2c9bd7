from .ledgers import payments, round_receipts, round_reports, sheet
from .papers import agreement, hand_in, photo, receipt, receipt_file, receipts, report, show_report
from .public import books, listing, mine, project
from .staff import (
    act_on_instalment,
    circle,
    circles,
    close,
    close_round,
    confirm,
    desk,
    refund,
    stop,
)

__all__ = [
    "act_on_instalment",
    "agreement",
    "books",
    "circle",
    "circles",
    "close",
    "close_round",
    "confirm",
    "desk",
    "hand_in",
    "listing",
    "mine",
    "payments",
    "photo",
    "project",
    "receipt",
    "receipt_file",
    "receipts",
    "refund",
    "report",
    "round_receipts",
    "round_reports",
    "sheet",
    "show_report",
    "stop",
]
