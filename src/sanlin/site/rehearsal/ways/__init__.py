"""The falsifications, in the order in which the rehearsal shows them."""

from . import archives, awards, ballots, decisions, logs, paper, spellings
from .entering import WAYS

__all__ = ["WAYS", "archives", "awards", "ballots", "decisions", "logs", "paper", "spellings"]
