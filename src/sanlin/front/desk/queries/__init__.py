"""What the desk reads: my rounds, what waits for me, a round at a glance."""

from .ahead import Line, beside, days, rounds, to_come
from .glance import Next, glance, next_verb
from .mine import at, my_rounds, my_streets
from .waiting import WAITING, Fold, Waiting, folded, waiting_for

__all__ = [
    "WAITING",
    "Fold",
    "Line",
    "Next",
    "Waiting",
    "at",
    "beside",
    "days",
    "folded",
    "glance",
    "my_rounds",
    "my_streets",
    "next_verb",
    "rounds",
    "to_come",
    "waiting_for",
]
