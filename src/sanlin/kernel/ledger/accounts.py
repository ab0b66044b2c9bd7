"""The chart of accounts: what kinds of books there are, in which units, and how one is named."""

from __future__ import annotations

import re
from dataclasses import dataclass

FEN, POINTS, HOURS, GOODS = "fen", "points", "minutes", "goods"
"""Units: whole fen, whole points, service time in whole minutes, and pieces of a named good."""

CASH, HOST, STOCK, SOURCE, COST, OWED, GIVEN = (
    "cash",
    "host",
    "stock",
    "source",
    "cost",
    "owed",
    "given",
)
KINDS = (CASH, HOST, STOCK, SOURCE, COST, OWED, GIVEN)
_BY_DEBIT = {CASH, HOST, STOCK, COST, GIVEN}
_NEVER_BELOW = {CASH, HOST, STOCK, OWED, COST, GIVEN}
_GOOD = re.compile(r"[\w\u4e00-\u9fff()（）·\-]{1,20}")


class BadUnit(ValueError):
    """No unit of the ledger, or one that this kind of book cannot be kept in."""


def goods(name: str) -> str:
    """The unit of a good that is counted in pieces; raises BadUnit for a name that is no name.

    >>> goods("大米(袋)")
    'goods:大米(袋)'
    """
    if not _GOOD.fullmatch(name):
        raise BadUnit(name)
    return f"{GOODS}:{name}"


def unit_kind(unit: str) -> str:
    """Which of fen, points, minutes and goods a unit is; raises BadUnit.

    >>> unit_kind("goods:大米(袋)"), unit_kind("fen")
    ('goods', 'fen')
    """
    kind, colon, name = unit.partition(":")
    if kind in {FEN, POINTS, HOURS} and not colon:
        return kind
    if kind == GOODS and _GOOD.fullmatch(name):
        return kind
    raise BadUnit(unit)


def by_debit(kind: str) -> bool:
    """Whether a book of this kind grows by debit (what is there and what it went to) rather than
    by credit (where it came from and what is owed)."""
    return kind in _BY_DEBIT


def may_sink(kind: str) -> bool:
    """Whether the balance of such a book, on its natural side, may fall below zero."""
    return kind not in _NEVER_BELOW


def natural(kind: str, net: int) -> int:
    """A book's balance on its natural side, given debits less credits.

    >>> natural("cash", 5), natural("source", -5)
    (5, 5)
    """
    return net if by_debit(kind) else -net


@dataclass(frozen=True)
class Account:
    """One book of a fund: its kind, its unit, and what it is kept for.

    `undertaking` and `source` are keys of rows, `head` the key of a budget head (`running` for what
    a community spends to run its meetings). Raises BadUnit.
    """

    kind: str
    unit: str = FEN
    undertaking: int | None = None
    head: str = ""
    source: int | None = None

    def __post_init__(self) -> None:
        money = unit_kind(self.unit) == FEN
        if self.kind not in KINDS or self.kind == (STOCK if money else CASH):
            raise BadUnit(f"{self.kind} in {self.unit}")
        if self.kind == HOST and not money:
            raise BadUnit(f"{self.kind} in {self.unit}")

    @property
    def code(self) -> str:
        """The one name of the book within its fund.

        >>> Account("cash").code, Account("owed", undertaking=7).code
        ('cash', 'owed/7')
        >>> Account("cost", head="running").code, Account("source", "points", source=3).code
        ('cost//running', 'source#3@points')
        """
        parts = [self.kind]
        if self.undertaking is not None or self.head:
            parts.append(f"/{self.undertaking or ''}")
        if self.head:
            parts.append(f"/{self.head}")
        if self.source is not None:
            parts.append(f"#{self.source}")
        if self.unit != FEN:
            parts.append(f"@{self.unit}")
        return "".join(parts)
