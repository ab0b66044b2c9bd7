"""The verbs of a vote: keep its keys, open it, cast, spoil, close, count, destroy the keys."""

from .casting import Seen, cast, spoil
from .closing import close_vote
from .counting import destroy_keys, give_key
from .entering import enter
from .keeping import drop_keeper, name_supervisor, set_passphrase, try_passphrase
from .mandates import end_mandate, give_mandate, use_mandate
from .opening import open_vote
from .roll import add, strike

__all__ = [
    "Seen",
    "add",
    "cast",
    "close_vote",
    "destroy_keys",
    "drop_keeper",
    "end_mandate",
    "enter",
    "give_key",
    "give_mandate",
    "name_supervisor",
    "open_vote",
    "set_passphrase",
    "spoil",
    "strike",
    "try_passphrase",
    "use_mandate",
]
