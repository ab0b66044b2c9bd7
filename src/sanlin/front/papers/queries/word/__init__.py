"""Word papers: which fields each kind has, and what stands in them."""

from .fields import SPECS, written
from .projects import acceptance, agreement, change, confirmation, report
from .proposals import application
from .rounds import notice
from .templates import house, paper, standing

__all__ = [
    "SPECS",
    "acceptance",
    "agreement",
    "application",
    "change",
    "confirmation",
    "house",
    "notice",
    "paper",
    "report",
    "standing",
    "written",
]
