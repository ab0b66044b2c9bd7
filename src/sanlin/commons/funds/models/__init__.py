from .book import Book, BookKind, Posting, Voucher
from .checking import Inspection
from .closing import ClosedBalance, MonthClose
from .fund import Fund, FundKind, Level
from .people import Duty, DutyKind, Seat, SeatKind
from .source import Origin, Source

__all__ = [
    "Book",
    "BookKind",
    "ClosedBalance",
    "Duty",
    "DutyKind",
    "Fund",
    "FundKind",
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
