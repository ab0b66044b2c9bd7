"""Ballots as frozen values: what a voter may choose, and how choices are read and merged.

`form` is one ballot, `tally` all of them, `pabulib` reads published elections, `writing` writes them
and `recounting` asks whether their recorded outcome follows from their rule.
These two are loaded when they are first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sanlin.kernel.ballots.form import Choices, Chosen, Form, canonical, check, choices
from sanlin.kernel.ballots.pabulib import BadElection, Election, Project, read
from sanlin.kernel.ballots.tally import Merged, merge, tally
from sanlin.kernel.profile import Profile

if TYPE_CHECKING:
    from sanlin.kernel.ballots.recounting import EQUAL_SHARES, Agreement, recount
    from sanlin.kernel.ballots.writing import Entry, compose, write

_HOMES = {
    "sanlin.kernel.ballots.recounting": "EQUAL_SHARES Agreement recount",
    "sanlin.kernel.ballots.writing": "Entry compose write",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

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


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found
