"""What teams and staff do with a proposal."""

from .bringing import import_proposals
from .handing import VERBS, Held, Incomplete, enter, resubmit, revise, submit
from .screening import UNCORRECTED, Found, advise, appeal, lapse, screen
from .writing import (
    MOST_PHOTOS,
    PARTS,
    Overtaken,
    add_photo,
    begin,
    drop_photo,
    found_and_begin,
    save,
    withdraw,
)

__all__ = [
    "MOST_PHOTOS",
    "PARTS",
    "UNCORRECTED",
    "VERBS",
    "Found",
    "Held",
    "Incomplete",
    "Overtaken",
    "add_photo",
    "advise",
    "appeal",
    "begin",
    "drop_photo",
    "enter",
    "found_and_begin",
    "import_proposals",
    "lapse",
    "resubmit",
    "revise",
    "save",
    "screen",
    "submit",
    "withdraw",
]
