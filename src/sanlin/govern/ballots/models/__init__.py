"""Who may vote, what lies in the box, and who keeps its keys: no foreign key joins voter and ballot.

A choice lies sealed to the key of its vote in `Ballot.box`. At the close every `Voter.link` is
emptied. Two keepers open the box: equal choices are counted together into `Tally`. When the keys
are destroyed the boxes are emptied. The reasons stand in docs/decisions/2026-11-22-roll-and-ballot.md
and docs/decisions/2026-11-22-sealed-box.md.
"""

from .batch import (
    CLIENT_LENGTH,
    NO_CHOICE,
    Batch,
    Discrepancy,
    KeyedSheet,
    Keying,
    Look,
    Sample,
    Settlement,
    Sheet,
)
from .box import CODE_LENGTH, Ballot, Channel, Fate, Tally, Trace
from .help import Mandate
from .keys import Keeper, Office, Share, Voiding
from .paper import Booth, BoothLine, Duty, Shift, Signing, What
from .reminding import OptOut, Reminder
from .roll import CLOSES, NOTHING, Roll, Voter

__all__ = [
    "CLIENT_LENGTH",
    "CLOSES",
    "CODE_LENGTH",
    "NOTHING",
    "NO_CHOICE",
    "Ballot",
    "Batch",
    "Booth",
    "BoothLine",
    "Channel",
    "Discrepancy",
    "Duty",
    "Fate",
    "Keeper",
    "KeyedSheet",
    "Keying",
    "Look",
    "Mandate",
    "Office",
    "OptOut",
    "Reminder",
    "Roll",
    "Sample",
    "Settlement",
    "Share",
    "Sheet",
    "Shift",
    "Signing",
    "Tally",
    "Trace",
    "Voiding",
    "Voter",
    "What",
]
