"""The verbs of a vote: keep its keys, open it, cast, spoil, close, count, destroy the keys."""

from .batches import (
    Paper,
    drop_batch,
    drop_sheet,
    explain,
    hand_in,
    key_sheet,
    register,
    release,
    settle,
)
from .booths import (
    Where,
    add_booth,
    add_shift,
    change_booth,
    change_shift,
    drop_booth,
    drop_shift,
)
from .casting import Seen, Wish, cast, cast_together, spoil
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
from .reminding import remind, send_reminders, stop_reminders, take_reminders
from .roll import add, strike
from .sampling import draw_sample, finish_sample, look
from .voiding import agree_void, ask_void

__all__ = [
    "Counts",
    "Paper",
    "Seen",
    "Where",
    "Wish",
    "add",
    "add_booth",
    "add_shift",
    "agree_void",
    "ask_void",
    "cast",
    "cast_together",
    "change_booth",
    "change_shift",
    "close_booth",
    "close_vote",
    "destroy_keys",
    "draw_sample",
    "drop_batch",
    "drop_booth",
    "drop_keeper",
    "drop_sheet",
    "drop_shift",
    "end_mandate",
    "enter",
    "explain",
    "finish_sample",
    "give_key",
    "give_mandate",
    "hand_in",
    "key_sheet",
    "look",
    "mark_paper",
    "name_supervisor",
    "note",
    "open_booth",
    "open_vote",
    "receive",
    "register",
    "release",
    "remind",
    "send_reminders",
    "set_passphrase",
    "settle",
    "sign_booth",
    "spoil",
    "spoil_sheet",
    "stop_reminders",
    "strike",
    "take_reminders",
    "try_passphrase",
    "use_mandate",
    "withdraw_paper",
]
