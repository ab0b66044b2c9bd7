"""What is read of decisions: the case of a round, why each proposal stands where it stands."""

from .counting import case_of, recount, unique_ballots
from .drawing import Drawn, drawn
from .explaining import Sentence, explain, unmet
from .exporting import ballot_rows, election_of
from .picturing import Pictures, pictures
from .sampling import Margin, margin_of
from .standing import current, dependent, published, standing
from .weighing import Steadiness, publics, steadiness, steadiness_of

__all__ = [
    "Drawn",
    "Margin",
    "Pictures",
    "Sentence",
    "Steadiness",
    "ballot_rows",
    "case_of",
    "current",
    "dependent",
    "drawn",
    "election_of",
    "explain",
    "margin_of",
    "pictures",
    "publics",
    "published",
    "recount",
    "standing",
    "steadiness",
    "steadiness_of",
    "unique_ballots",
    "unmet",
]
