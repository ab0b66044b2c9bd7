"""What the books say, and whether they agree with their postings."""

from .ledger import (
    Position,
    gaps,
    largest,
    last_inspection,
    ledger_findings,
    moved_since,
    paid_by,
    position,
    reading_on,
    readings,
    room_for_running,
    vouchers_of,
    whole_reading,
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
    "largest",
    "last_inspection",
    "ledger_findings",
    "moved_since",
    "paid_by",
    "position",
    "reading_on",
    "readings",
    "room_for_running",
    "told",
    "vouchers_of",
    "whole_reading",
    "wrong_books",
]
