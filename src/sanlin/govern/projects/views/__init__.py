from .agreements import agreement, ask_change, change, file_scan, scan, scan_file
from .children import lower_least, open_child
from .copies import signed_paper, signed_paper_file, signed_papers, withdraw_paper
from .filing import agreements, changes, late, round_papers
from .ledgers import payments, round_receipts, round_reports, sheet, street_payments
from .papers import photo, report, show_report
from .public import books, listing, mine, project
from .receipts import hand_in, receipt, receipt_details, receipt_paper, receipts, sent_paper
from .staff import (
    act_on_instalment,
    circle,
    circles,
    close,
    close_round,
    confirm,
    desk,
    refund,
    set_kind,
    stop,
    take_back_payment,
)

__all__ = [
    "act_on_instalment",
    "agreement",
    "agreements",
    "ask_change",
    "books",
    "change",
    "changes",
    "circle",
    "circles",
    "close",
    "close_round",
    "confirm",
    "desk",
    "file_scan",
    "hand_in",
    "late",
    "listing",
    "lower_least",
    "mine",
    "open_child",
    "payments",
    "photo",
    "project",
    "receipt",
    "receipt_details",
    "receipt_paper",
    "receipts",
    "refund",
    "report",
    "round_papers",
    "round_receipts",
    "round_reports",
    "scan",
    "scan_file",
    "sent_paper",
    "set_kind",
    "sheet",
    "show_report",
    "signed_paper",
    "signed_paper_file",
    "signed_papers",
    "stop",
    "street_payments",
    "take_back_payment",
    "withdraw_paper",
]
