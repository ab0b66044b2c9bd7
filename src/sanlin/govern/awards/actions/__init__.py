"""What officers decide, what residents object to, and what is entered from elsewhere."""

from .deciding import close_entries, decide, drop, publish, sign
from .entering import enter_election
from .objecting import object_to, promote, reject, uphold
from .pairing import drop_premise, drop_rivals, name_premise, name_rivals
from .sampling import draw_sample

__all__ = [
    "close_entries",
    "decide",
    "draw_sample",
    "drop",
    "drop_premise",
    "drop_rivals",
    "enter_election",
    "name_premise",
    "name_rivals",
    "object_to",
    "promote",
    "publish",
    "reject",
    "sign",
    "uphold",
]
