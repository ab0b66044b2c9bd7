"""The verbs of a vote: keep its keys, open it, cast, spoil, close, count, destroy the keys."""

from .booths import (
    Where,
    add_booth,
    add_shift,
    change_booth,
    change_shift,
    drop_booth,
    drop_shift,
)
from .casting import Seen, cast, spoil
from .closing import close_vote
from .counting import destroy_keys, give_key
from .entering import enter
from .keeping import drop_keeper, name_supervisor, set_passphrase, try_passphrase
from .mandates import end_mandate, give_mandate, use_mandate
from .opening import open_vote
from .paper import (
    Counts,
    close_booth,
    mark_paper,
    note,
    open_booth,
    receive,
    sign_booth,
    spoil_sheet,
    withdraw_paper,
)
from .roll import add, strike

__all__ = [
    "Counts",
    "Seen",
    "Where",
    "add",
    "add_booth",
    "add_shift",
    "cast",
    "change_booth",
    "change_shift",
    "close_booth",
    "close_vote",
    "destroy_keys",
    "drop_booth",
    "drop_keeper",
    "drop_shift",
    "end_mandate",
    "enter",
    "give_key",
    "give_mandate",
    "mark_paper",
    "name_supervisor",
    "note",
    "open_booth",
    "open_vote",
    "receive",
    "set_passphrase",
    "sign_booth",
    "spoil",
    "spoil_sheet",
    "strike",
    "try_passphrase",
    "use_mandate",
    "withdraw_paper",
]
