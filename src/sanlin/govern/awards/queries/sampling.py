"""How many votes of paper would have to be wrong before somebody else is funded."""

from __future__ import annotations

from dataclasses import dataclass

from sanlin.govern.ballots import queries as ballots
from sanlin.govern.rounds.models import Round
from sanlin.kernel.allocation.margin import margin

from .counting import case_of


@dataclass(frozen=True)
class Margin:
    """`votes` is the least error that may change who is funded; 1 where it is not `known`: then every
    sheet is looked at. `never` says that all paper together could not make such an error."""

    votes: int
    sheets: int
    known: bool
    never: bool = False


def margin_of(round: Round) -> Margin:
    """The margin that a sample of this counted round has to find, at the most.

    It follows from the round's own rule, marks included. Where opinions were asked, or whole ballots are
    counted, or the best set is looked for, none is known.
    """
    sheets, weight = ballots.sheets_and_weight(round)
    most = 2 * weight * sheets
    found = None
    if round.rules.vote.kind != "stance":
        found = margin(case_of(round, ""), most)
    if found is None:
        return Margin(1, sheets, known=False)
    if round.rules.award.onsite is not None:
        found = min(found, ballots.until_apart(round) or found)
    return Margin(found, sheets, known=True, never=found > most)
