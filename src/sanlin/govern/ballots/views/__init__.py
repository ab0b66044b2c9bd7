"""The voter's pages (booth), everybody's (public), the keepers' (keeping) and the staff's (desk)."""

from .booth import booth, receipt, review
from .desk import add, knock, roll, strike, vote, watch
from .keeping import drop, keys, name, open_box
from .mandates import end, lent, mandate, use
from .public import check, mine, receipts, turnout

# On these pages a name that was lent counts, and nowhere else.
booth, review, receipt = lent(booth), lent(review), lent(receipt)

__all__ = [
    "add",
    "booth",
    "check",
    "drop",
    "end",
    "keys",
    "knock",
    "mandate",
    "mine",
    "name",
    "open_box",
    "receipt",
    "receipts",
    "review",
    "roll",
    "strike",
    "turnout",
    "use",
    "vote",
    "watch",
]
