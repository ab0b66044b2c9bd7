from .checks import checks
from .people import committee, duties, end_duty, found, unseat
from .public import books, gifts, voucher
from .sources import source, sources, street_funds
from .staff import close, reverse, running, sweep

__all__ = [
    "books",
    "checks",
    "close",
    "committee",
    "duties",
    "end_duty",
    "found",
    "gifts",
    "reverse",
    "running",
    "source",
    "sources",
    "street_funds",
    "sweep",
    "unseat",
    "voucher",
]
