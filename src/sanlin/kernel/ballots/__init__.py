"""Ballots as frozen values: what a voter may choose, and how choices are read and merged.

`form` is one ballot, `tally` all of them, `pabulib` reads published elections, `writing` writes them
and `recount` asks whether their recorded outcome follows from their rule.
"""

from sanlin.kernel.ballots.form import Choices, Chosen, Form, canonical, check, choices
from sanlin.kernel.ballots.pabulib import BadElection, Election, Project, read
from sanlin.kernel.ballots.recount import EQUAL_SHARES, Agreement, recount
from sanlin.kernel.ballots.tally import Merged, merge, tally
from sanlin.kernel.ballots.writing import Entry, compose, write
from sanlin.kernel.profile import Profile

__all__ = [
    "EQUAL_SHARES",
    "Agreement",
    "BadElection",
    "Choices",
    "Chosen",
    "Election",
    "Entry",
    "Form",
    "Merged",
    "Profile",
    "Project",
    "canonical",
    "check",
    "choices",
    "compose",
    "merge",
    "read",
    "recount",
    "tally",
    "write",
]
