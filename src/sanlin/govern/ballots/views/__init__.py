"""The voter's pages (booth), everybody's (public), the keepers' (keeping) and the staff's (desk)."""

from .batches import batches, explain, key, settle
from .booth import booth, receipt, review
from .desk import add, knock, roll, strike, vote, watch
from .keeping import drop, keys, name, open_box
from .mandates import end, lent, mandate, use
from .public import check, mine, receipts, turnout
from .sampling import draw, look, sample

# On these pages a name that was lent counts, and nowhere else.
booth, review, receipt = lent(booth), lent(review), lent(receipt)

__all__ = [
    "add",
    "batches",
    "booth",
    "check",
    "draw",
    "drop",
    "end",
    "explain",
    "key",
    "keys",
    "knock",
    "look",
    "mandate",
    "mine",
    "name",
    "open_box",
    "receipt",
    "receipts",
    "review",
    "roll",
    "sample",
    "settle",
    "strike",
    "turnout",
    "use",
    "vote",
    "watch",
]
