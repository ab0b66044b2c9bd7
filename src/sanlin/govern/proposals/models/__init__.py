from .content import Content, Shown
from .pairs import Premise, Rivals
from .proposal import (
    Advice,
    BudgetLine,
    Photo,
    Proposal,
    ProposalWord,
    Revision,
    Why,
)
from .screening import Answer, Appeal, Finding, Result, Screening

__all__ = [
    "Advice",
    "Answer",
    "Appeal",
    "BudgetLine",
    "Content",
    "Finding",
    "Photo",
    "Premise",
    "Proposal",
    "ProposalWord",
    "Result",
    "Revision",
    "Rivals",
    "Screening",
    "Shown",
    "Why",
]
