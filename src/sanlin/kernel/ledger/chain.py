"""The chain of vouchers: each holds the digest of itself and of the one before, so that a row that
was edited below the application no longer fits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

EMPTY = "0" * 64
"""What the first voucher of a fund follows."""


@dataclass(frozen=True)
class Told:
    """What the digest of a voucher is taken over. `at` is ISO text in UTC, `entries` are (debit,
    credit, amount) with the codes of books, in the order in which they were booked."""

    number: int
    at: str
    by: int | None
    memo: str
    subject: str
    reverses: int | None
    entries: tuple[tuple[str, str, int], ...]
    digest: str = ""


def digest(before: str, told: Told) -> str:
    """SHA-256, 64 hexadecimal digits, of the digest before and the voucher in canonical JSON."""
    body = json.dumps(
        [
            before,
            told.number,
            told.at,
            told.by,
            told.memo,
            told.subject,
            told.reverses,
            [list(entry) for entry in told.entries],
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()


def first_break(vouchers: Iterable[Told], before: str = EMPTY) -> int | None:
    """The number of the first voucher, in their order, whose digest is not what follows from it and
    from the digest before; None where the chain holds."""
    for told in vouchers:
        before = digest(before, told)
        if told.digest != before:
            return told.number
    return None
