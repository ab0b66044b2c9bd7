"""What is read of growing: circles, sessions, surveys, a team's years, last year's book, what waits."""

from .closing import Said, said_of, slips_of
from .doors import of_project, of_round, of_team
from .pitching import Heard, findings_of, heard, tally
from .waiting import open_advice, waiting, waiting_for_team
from .years import Dossier, Year, dossier, proposal_for, year_of

__all__ = [
    "Dossier",
    "Heard",
    "Said",
    "Year",
    "dossier",
    "findings_of",
    "heard",
    "of_project",
    "of_round",
    "of_team",
    "open_advice",
    "proposal_for",
    "said_of",
    "slips_of",
    "tally",
    "waiting",
    "waiting_for_team",
    "year_of",
]
