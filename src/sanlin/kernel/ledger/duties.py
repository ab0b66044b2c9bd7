"""Who must not be the same person: the table of conflicting duties (不相容职务).

The Accounting Law (会计法), article 25, asks that whoever keeps the accounts be apart from whoever
approves, handles, and keeps property, and that they check each other.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

DUTIES = ("book", "approve", "handle", "pay", "seal")
"""Keeps the books, approves, asks for a payment, carries out a payment, keeps the seal."""

PAIRS = tuple(f"{one}-{other}" for one, other in combinations(DUTIES, 2))
"""Every pair of duties, as the key by which a pack names it."""


def apart(table: Collection[str], one: str, other: str) -> bool:
    """Whether the table forbids that one person has both duties.

    >>> apart(["book-approve"], "approve", "book"), apart(["book-approve"], "book", "pay")
    (True, False)
    """
    return f"{one}-{other}" in table or f"{other}-{one}" in table


def clash(table: Collection[str], duty: str, held: Collection[str]) -> str | None:
    """The first duty among `held` with which `duty` may not go together; None where it may.

    >>> clash(PAIRS, "pay", ["seal"]), clash((), "pay", ["seal"])
    ('seal', None)
    """
    return next((one for one in DUTIES if one in held and apart(table, duty, one)), None)
