"""The voter's pages (booth), what everybody may see (public), and the staff's (desk)."""

from .booth import booth, receipt, review
from .desk import add, roll, strike, vote
from .public import mine, receipts, turnout

__all__ = [
    "add",
    "booth",
    "mine",
    "receipt",
    "receipts",
    "review",
    "roll",
    "strike",
    "turnout",
    "vote",
]
