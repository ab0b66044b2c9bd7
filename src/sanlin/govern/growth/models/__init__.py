from .circles import Advice, Attendance, Backing, Came, Meeting, Snapshot, Visit, Wanted
from .closing import Acceptance, Answer, Channel, Slip, Survey
from .pairs import Pair, PairEntry
from .pitching import Aside, Juror, JurorPart, Pitching, Score, Slot

__all__ = [
    "Acceptance",
    "Advice",
    "Answer",
    "Aside",
    "Attendance",
    "Backing",
    "Came",
    "Channel",
    "Juror",
    "JurorPart",
    "Meeting",
    "Pair",
    "PairEntry",
    "Pitching",
    "Score",
    "Slip",
    "Slot",
    "Snapshot",
    "Survey",
    "Visit",
    "Wanted",
]
