"""Money is a whole number of fen (分); there are no fractions of a fen."""

from __future__ import annotations

import re
from collections.abc import Sequence

LARGEST = 10**13  # one hundred thousand million yuan: past any budget, well inside a BIGINT


class BadAmount(ValueError):
    """The text is not an amount of money that can be written in whole fen."""


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` fen by `weights` so that the parts add up to it exactly.

    Largest remainder: every share is floored, then the fen left over go one by one to the largest
    remainders, the earlier share first among equals. Raises ValueError where no weight is positive.

    >>> split(100_00, [1, 1, 1])
    [3334, 3333, 3333]
    >>> split(7, [0, 5, 9])
    [0, 3, 4]
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and one must be positive")
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def yuan(fen: int) -> str:
    """Write `fen` as yuan for people: thousands apart, no fen where there are none.

    >>> yuan(12_000_00), yuan(1_50), yuan(-305)
    ('¥12,000', '¥1.50', '-¥3.05')
    """
    whole, rest = divmod(abs(fen), 100)
    return ("-" if fen < 0 else "") + f"¥{whole:,}" + (f".{rest:02d}" if rest else "")


def fen(text: str) -> int:
    """Read an amount in yuan as people type it, full-width digits and thousands marks included.

    >>> fen("12,000"), fen("¥3.5"), fen("１２元"), fen("1.2万")
    (1200000, 350, 1200, 1200000)
    >>> fen("3.555")
    Traceback (most recent call last):
    ...
    sanlin.kernel.money.BadAmount: 3.555
    """
    plain = text.translate(str.maketrans("０１２３４５６７８９．，￥", "0123456789.,¥"))
    plain = re.sub(r"[¥,\s]|元$", "", plain.strip())
    match = re.fullmatch(r"(\d{1,13})(?:\.(\d{1,6}))?(万?)", plain, re.ASCII)
    if not match:
        raise BadAmount(text)
    scaled = int(match[1] + (match[2] or "").ljust(6, "0")) * (10_000 if match[3] else 1)
    amount, crumbs = divmod(scaled, 10_000)
    if crumbs or amount > LARGEST:
        raise BadAmount(text)
    return amount
