"""Codes of ballots, and the receipts that stand for them."""

from __future__ import annotations

import hashlib

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_of(opening: str) -> str:
    """The code of a ballot's opening: 64 hexadecimal digits."""
    return hashlib.sha256(opening.encode()).hexdigest()


def receipt_of(code: str) -> str:
    """Sixteen letters and digits that stand for a code: its first 80 bits.

    >>> receipt_of("f3ecbb0d3ce8d2e3b1ad")
    'YFPBP39WX39E7CDD'
    """
    bits = int(code[:20], 16)
    return "".join(LETTERS[bits >> shift & 31] for shift in range(75, -1, -5))
