"""What the books say, and whether they agree with their postings."""

from .ledger import (
    Position,
    gaps,
    last_inspection,
    ledger_findings,
    moved_since,
    paid_by,
    position,
    wrong_books,
)
from .telling import Told, amounts, told
from .words import amount_in, book_name

__all__ = [
    "Position",
    "Told",
    "amount_in",
    "amounts",
    "book_name",
    "gaps",
    "last_inspection",
    "ledger_findings",
    "moved_since",
    "paid_by",
    "position",
    "told",
    "wrong_books",
]
