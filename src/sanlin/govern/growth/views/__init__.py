from .circles import advice, circle, joint, meet, meeting, photo, round, visit, visited
from .closing import answer, closing, slips
from .pairs import pair, pairs
from .pitching import dismiss, pitching, pitchings, score, seat, slot, wall
from .progress import progress
from .years import bar, dossier, year

__all__ = [
    "advice",
    "answer",
    "bar",
    "circle",
    "closing",
    "dismiss",
    "dossier",
    "joint",
    "meet",
    "meeting",
    "pair",
    "pairs",
    "photo",
    "pitching",
    "pitchings",
    "progress",
    "round",
    "score",
    "seat",
    "slips",
    "slot",
    "visit",
    "visited",
    "wall",
    "year",
]
