"""A lot that nobody could have chosen and everybody can draw again: commit, reveal, recompute.

A secret is drawn before anything that it may decide is known, and its fingerprint (the commitment)
is published. With the decision the secret itself is published. Where a public number was named
beforehand that nobody can foresee, it is joined to the secret, so that who knew the secret knew
nothing. The order in docs/algorithms/ties.md, with a worked example.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from sanlin.kernel.reason import Reason

PLAIN = re.compile(r"[0-9A-Za-z-]{1,60}", re.ASCII)


def commitment(secret: str) -> str:
    """What is published before: the hexadecimal SHA-256 of the secret (ASCII).

    >>> commitment("2024")[:16]
    '6557739a67283a8d'
    """
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def seed_of(secret: str, number: str = "") -> str:
    """What the lot is drawn from: the secret, and behind a stroke the public number, if any.

    Raises ValueError for a number of other signs than letters, digits and hyphens.

    >>> seed_of("a1b2", "07-11-19"), seed_of("a1b2")
    ('a1b2/07-11-19', 'a1b2')
    """
    if not number:
        return secret
    if not PLAIN.fullmatch(number):
        raise ValueError("a public number is made of letters, digits and hyphens")
    return f"{secret}/{number}"


def ticket(seed: str, key: int) -> str:
    """The hexadecimal SHA-256 of "<seed>:<key>": who has the lowest is drawn first."""
    return hashlib.sha256(f"{seed}:{key}".encode("ascii")).hexdigest()


def order(seed: str, keys: Iterable[int]) -> tuple[int, ...]:
    """All keys in the order of the lot; the order they came in has no say.

    >>> order("2024", [1, 2, 3]) == order("2024", [3, 1, 2])
    True
    """
    return tuple(sorted(set(keys), key=lambda key: (ticket(seed, key), key)))


def fault(published: str, seed: str, lot: Sequence[int]) -> Reason | None:
    """What is wrong with a lot, given the commitment that was published before; None for nothing.

    Codes: `commitment` (the seed does not begin with the secret that was committed to), `order`
    (the seed draws another order).

    >>> fault(commitment("2024"), "2024/17", order("2024/17", [1, 2, 3])) is None
    True
    >>> fault(commitment("2024"), "2025", order("2025", [1, 2])).code
    'commitment'
    """
    secret = seed.partition("/")[0]
    if commitment(secret) != published:
        return Reason.of("commitment", published=published, own=commitment(secret))
    return None if tuple(lot) == order(seed, lot) else Reason("order")
