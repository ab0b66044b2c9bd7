"""What is read of decisions: the case of a round, why each proposal stands where it stands."""

from .counting import case_of, recount, unique_ballots
from .drawing import Drawn, drawn
from .explaining import Sentence, explain
from .standing import current, published, standing

__all__ = [
    "Drawn",
    "Sentence",
    "case_of",
    "current",
    "drawn",
    "explain",
    "published",
    "recount",
    "standing",
    "unique_ballots",
]
