from .agreement import Agreement, Change, Party, Scan, Signing
from .child import ChildRequest, ChildRound
from .copies import PaperKind, SignedPaper
from .money import Instalment, Refund
from .project import Circle, Project
from .receipt import PaperWord, Receipt, ReceiptLine, ReceiptPaper, SentPaper, Sign, Twin
from .report import Report, ReportKind, ReportPhoto

__all__ = [
    "Agreement",
    "Change",
    "ChildRequest",
    "ChildRound",
    "Circle",
    "Instalment",
    "PaperKind",
    "PaperWord",
    "Party",
    "Project",
    "Receipt",
    "ReceiptLine",
    "ReceiptPaper",
    "Refund",
    "Report",
    "ReportKind",
    "ReportPhoto",
    "Scan",
    "SentPaper",
    "Sign",
    "SignedPaper",
    "Signing",
    "Twin",
]
