from .agreement import Agreement, Party, Signing
from .money import Instalment, Receipt, Refund
from .project import Circle, Project
from .report import Report, ReportKind, ReportPhoto

__all__ = [
    "Agreement",
    "Circle",
    "Instalment",
    "Party",
    "Project",
    "Receipt",
    "Refund",
    "Report",
    "ReportKind",
    "ReportPhoto",
    "Signing",
]
