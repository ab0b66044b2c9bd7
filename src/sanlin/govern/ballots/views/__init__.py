"""The voter's pages (booth), everybody's (public), the keepers' (keeping) and the staff's (desk)."""

from .booth import booth, receipt, review
from .desk import add, knock, roll, strike, vote, watch
from .keeping import drop, keys, name, open_box
from .public import check, mine, receipts, turnout

__all__ = [
    "add",
    "booth",
    "check",
    "drop",
    "keys",
    "knock",
    "mine",
    "name",
    "open_box",
    "receipt",
    "receipts",
    "review",
    "roll",
    "strike",
    "turnout",
    "vote",
    "watch",
]
