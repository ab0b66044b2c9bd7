"""The Method of Equal Shares: every voter gets the same part of the money, and supporters buy bids.

`count` is the method with its completions, `field` what can be bought by whom, `plain` the buying
as it is written down.
"""

from sanlin.kernel.allocation.shares.count import COMPLETIONS, equal_shares
from sanlin.kernel.allocation.shares.field import UTILITIES
from sanlin.kernel.allocation.shares.overspending import overspending

__all__ = ["COMPLETIONS", "UTILITIES", "equal_shares", "overspending"]
