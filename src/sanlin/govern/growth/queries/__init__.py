"""What is read of growing: circles, sessions, surveys, a team's years, last year's book, what waits."""

from .closing import Said, said_of, slips_of
from .doors import of_project, of_round, of_team, of_year
from .pitching import Heard, findings_of, heard, money_after, next_of, tally
from .progress import progress
from .waiting import open_advice, waiting, waiting_for_team
from .years import Dossier, Line, Year, dossier, proposal_for, tiers_for, values_for, year_of

__all__ = [
    "Dossier",
    "Heard",
    "Line",
    "Said",
    "Year",
    "dossier",
    "findings_of",
    "heard",
    "money_after",
    "next_of",
    "of_project",
    "of_round",
    "of_team",
    "of_year",
    "open_advice",
    "progress",
    "proposal_for",
    "said_of",
    "slips_of",
    "tally",
    "tiers_for",
    "values_for",
    "waiting",
    "waiting_for_team",
    "year_of",
]
