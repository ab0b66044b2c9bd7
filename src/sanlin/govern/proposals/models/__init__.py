from .content import Content, Shown
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
    "Proposal",
    "ProposalWord",
    "Result",
    "Revision",
    "Screening",
    "Shown",
    "Why",
]
