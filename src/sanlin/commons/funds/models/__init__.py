from .book import Book, BookKind, Posting, Voucher
from .checking import Inspection
from .closing import ClosedBalance, MonthClose
from .expense import Expense
from .fund import Fund, FundKind, Level
from .people import Committee, Duty, DutyKind, Seat, SeatKind
from .source import Gift, Origin, Source

__all__ = [
    "Book",
    "BookKind",
    "ClosedBalance",
    "Committee",
    "Duty",
    "DutyKind",
    "Expense",
    "Fund",
    "FundKind",
    "Gift",
    "Inspection",
    "Level",
    "MonthClose",
    "Origin",
    "Posting",
    "Seat",
    "SeatKind",
    "Source",
    "Voucher",
]
