"""What the desk reads: my rounds, what waits for me, a round at a glance."""

from .glance import Next, glance, next_verb
from .mine import at, my_rounds, my_streets
from .waiting import WAITING, Fold, Waiting, folded, waiting_for

__all__ = [
    "WAITING",
    "Fold",
    "Next",
    "Waiting",
    "at",
    "folded",
    "glance",
    "my_rounds",
    "my_streets",
    "next_verb",
    "waiting_for",
]
