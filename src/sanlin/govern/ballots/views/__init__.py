"""The voter's pages (booth), everybody's (public), the keepers' (keeping) and the staff's (desk);
for paper the officer's (planning) and the booth's own (day)."""

from .batches import batches, explain, key, settle
from .booth import booth, receipt, review
from .day import (
    booth_day,
    close_booth,
    find,
    hand_out,
    print_sheets,
    protocol,
    scan,
    sheets,
    unmark,
)
from .desk import add, knock, roll, strike, vote, watch
from .keeping import drop, keys, name, open_box
from .mandates import end, lent, mandate, use
from .planning import (
    add_booth,
    add_shift,
    booths,
    edit_booth,
    my_pass,
    shift,
    where,
)
from .public import check, mine, receipts, turnout
from .reminding import my_reminders
from .sampling import look, sample
from .voiding import void

# On these pages a name that was lent counts, and nowhere else.
booth, review, receipt = lent(booth), lent(review), lent(receipt)

__all__ = [
    "add",
    "add_booth",
    "add_shift",
    "batches",
    "booth",
    "booth_day",
    "booths",
    "check",
    "close_booth",
    "drop",
    "edit_booth",
    "end",
    "explain",
    "find",
    "hand_out",
    "key",
    "keys",
    "knock",
    "look",
    "mandate",
    "mine",
    "my_pass",
    "my_reminders",
    "name",
    "open_box",
    "print_sheets",
    "protocol",
    "receipt",
    "receipts",
    "review",
    "roll",
    "sample",
    "scan",
    "settle",
    "sheets",
    "shift",
    "strike",
    "turnout",
    "unmark",
    "use",
    "void",
    "vote",
    "watch",
    "where",
]
