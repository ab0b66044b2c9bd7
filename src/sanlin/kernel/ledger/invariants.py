"""What must hold of a round's money at any moment, one function each.

They take plain figures and give a Finding: whether it holds, and the figures by which it does or
does not, so that a page can show both. Money is whole fen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .accounts import natural
from .books import Entry
from .chain import EMPTY, Told, first_break


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `wrong` names what breaks it (keys, numbers, codes)."""

    code: str
    holds: bool
    figures: tuple[tuple[str, int], ...] = ()
    wrong: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> int:
        return dict(self.figures)[name]


@dataclass(frozen=True)
class Share:
    """One award and what came of it: granted, paid out, given back, and proved by receipts that
    were accepted. `booked` is what the books say that it holds (paid less given back); `ended` that
    nothing more will be paid, proved or given back."""

    key: str
    granted: int
    paid: int = 0
    returned: int = 0
    proved: int = 0
    booked: int | None = None
    ended: bool = False

    @property
    def settled(self) -> int:
        """What receipts settle of the money that the team holds; what it spent beyond was its own."""
        return max(min(self.proved, self.paid - self.returned), 0)

    @property
    def open(self) -> int:
        """What the team holds and has not proved."""
        return self.paid - self.returned - self.settled


@dataclass(frozen=True)
class Due:
    """What a payment hangs on: `met` is the ISO moment since when it holds, None while it does not.
    `objected` are (from, to) of objections to the award, None for to while one is open."""

    met: str | None
    objected: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Payment:
    """`amount` fen paid `at` a moment (ISO, the same zone as in `due`)."""

    key: str
    amount: int
    at: str
    due: Due


def _wrong(rows: Iterable[Share], fault: Iterable[bool]) -> tuple[str, ...]:
    return tuple(row.key for row, bad in zip(rows, fault, strict=True) if bad)


def awards_within_pot(pot: int, shares: Sequence[Share]) -> Finding:
    """The awards together are at most the pot.

    >>> awards_within_pot(1_000_00, [Share("1", 600_00), Share("2", 400_00)]).holds
    True
    """
    granted = sum(share.granted for share in shares)
    figures = (("granted", granted), ("pot", pot), ("left", pot - granted))
    return Finding("awards_within_pot", granted <= pot, figures)


def paid_within_award(shares: Sequence[Share]) -> Finding:
    """No team was paid more than it was awarded, and none gave back more than it was paid."""
    bad = _wrong(shares, (s.paid > s.granted or s.returned > s.paid for s in shares))
    figures = (
        ("granted", sum(s.granted for s in shares)),
        ("paid", sum(s.paid for s in shares)),
    )
    return Finding("paid_within_award", not bad, figures, bad)


def paid_on_condition(payments: Sequence[Payment]) -> Finding:
    """Every payment was made when its condition held, and under no open objection."""
    bad = tuple(one.key for one in payments if not _in_order(one))
    figures = (("payments", len(payments)), ("wrong", len(bad)))
    return Finding("paid_on_condition", not bad, figures, bad)


def _in_order(payment: Payment) -> bool:
    met = payment.due.met is not None and payment.due.met <= payment.at
    blocked = any(
        start <= payment.at and (end is None or payment.at < end)
        for start, end in payment.due.objected
    )
    return met and not blocked


def receipts_within_paid(shares: Sequence[Share]) -> Finding:
    """Receipts settle at most what was paid, and what is proved is within the award.

    >>> found = receipts_within_paid([Share("1", 1_000_00, paid=500_00, proved=700_00)])
    >>> found.holds, found["settled"], found["open"]
    (True, 50000, 0)
    """
    bad = _wrong(shares, (s.proved > s.granted or s.settled > s.paid for s in shares))
    figures = (
        ("paid", sum(s.paid for s in shares)),
        ("settled", sum(s.settled for s in shares)),
        ("open", sum(s.open for s in shares)),
    )
    return Finding("receipts_within_paid", not bad, figures, bad)


def unspent_returned(shares: Sequence[Share]) -> Finding:
    """Of a project that has ended nothing is left with the team that receipts do not prove."""
    bad = _wrong(shares, (s.ended and s.open != 0 for s in shares))
    figures = (
        ("ended", sum(s.ended for s in shares)),
        ("returned", sum(s.returned for s in shares)),
        ("open", sum(s.open for s in shares if s.ended)),
    )
    return Finding("unspent_returned", not bad, figures, bad)


def papers_agree(shares: Sequence[Share]) -> Finding:
    """What papers say that each team holds is what the books say."""
    bad = _wrong(shares, (s.booked is not None and s.booked != s.paid - s.returned for s in shares))
    figures = (
        ("papers", sum(s.paid - s.returned for s in shares)),
        ("books", sum(s.booked or 0 for s in shares)),
    )
    return Finding("papers_agree", not bad, figures, bad)


def units_sum_to_zero(
    entries: Iterable[Entry], kept: Iterable[tuple[str, str, int]] = ()
) -> Finding:
    """Debits and credits of every unit sum to zero, and so do all balances that are kept, (kind,
    unit, balance) of each book; the figures are what was debited of each unit.

    >>> units_sum_to_zero([], [("cash", "fen", 5), ("source", "fen", 5)]).holds
    True
    >>> units_sum_to_zero([], [("cash", "fen", 6), ("source", "fen", 5)]).wrong
    ('fen',)
    """
    standing: Counter[str] = Counter()
    for kind, unit, balance in kept:
        standing[unit] += natural(kind, balance)
    sums: Counter[str] = Counter()
    moved: Counter[str] = Counter()
    for entry in entries:
        sums[entry.debit.unit] += entry.amount
        sums[entry.credit.unit] -= entry.amount
        moved[entry.debit.unit] += entry.amount
    lost = {unit for part in (sums, standing) for unit, left in part.items() if left}
    bad = tuple(sorted(lost))
    return Finding("units_sum_to_zero", not bad, tuple(sorted(moved.items())), bad)


def balances_equal_postings(kept: Mapping[str, int], recomputed: Mapping[str, int]) -> Finding:
    """Every balance that is kept is what its postings make; both by code of the book.

    >>> balances_equal_postings({"cash": 5}, {"cash": 4}).wrong
    ('cash',)
    """
    codes = sorted(kept.keys() | recomputed.keys())
    bad = tuple(code for code in codes if kept.get(code, 0) != recomputed.get(code, 0))
    return Finding("balances_equal_postings", not bad, (("books", len(codes)),), bad)


def numbers_without_gaps(last: int, numbers: Sequence[int], first: int = 1) -> Finding:
    """Voucher numbers run from `first` to `last`, each once.

    >>> numbers_without_gaps(3, [1, 3]).wrong
    ('2',)
    """
    found = set(numbers)
    missing = [n for n in range(first, last + 1) if n not in found]
    fits = not missing and len(numbers) == last - first + 1
    figures = (("last", last), ("vouchers", first - 1 + len(numbers)))
    return Finding("numbers_without_gaps", fits, figures, tuple(map(str, missing[:5])))


def chain_unbroken(vouchers: Sequence[Told], before: str = EMPTY, head: str = "") -> Finding:
    """Every voucher fits the one before it, and the last is `head` (the digest kept elsewhere): no
    row was changed, added or taken away below the application."""
    broken = first_break(vouchers, before)
    last = vouchers[-1].digest if vouchers else before
    wrong = () if broken is None else (str(broken),)
    if broken is None and head and head != last:
        wrong = (str(vouchers[-1].number if vouchers else 0),)
    return Finding("chain_unbroken", not wrong, (("vouchers", len(vouchers)),), wrong)
