"""What a trial reads: the rounds that may be tried, the counted case of one, two outcomes compared."""

from .base import Base, Named, base_of, tryable
from .comparison import Comparison, agreement, compare, shortfall
from .lending import knobs_of, lenders
from .trial import METHODS, Trial, of_case

__all__ = [
    "METHODS",
    "Base",
    "Comparison",
    "Named",
    "Trial",
    "agreement",
    "base_of",
    "compare",
    "knobs_of",
    "lenders",
    "of_case",
    "shortfall",
    "tryable",
]
