"""Pages of decisions: for the officers who make them and the residents who read and question them."""

from .deciding import case_file, close_entries, decide, decision, draw_sample, drop, publish, sign
from .noticing import ballots_file, election_file, lot, notice
from .objecting import answer, award, object_to, objections, promote
from .pairing import drop_premise, drop_rivals, premises, rivals

__all__ = [
    "answer",
    "award",
    "ballots_file",
    "case_file",
    "close_entries",
    "decide",
    "decision",
    "draw_sample",
    "drop",
    "drop_premise",
    "drop_rivals",
    "election_file",
    "lot",
    "notice",
    "object_to",
    "objections",
    "premises",
    "promote",
    "publish",
    "rivals",
    "sign",
]
