"""What is read of decisions: the case of a round, why each proposal stands where it stands."""

from .counting import case_of, recount, unique_ballots
from .explaining import Sentence, explain
from .standing import current, published, standing

__all__ = [
    "Sentence",
    "case_of",
    "current",
    "explain",
    "published",
    "recount",
    "standing",
    "unique_ballots",
]
