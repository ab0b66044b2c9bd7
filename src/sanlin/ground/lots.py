"""The one place where chance is drawn, always from a seed that is published.

A lot is reproducible by anybody: the place of a key is the order of SHA-256(seed, key).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable


def new_seed() -> str:
    """Thirty-two hexadecimal digits from the operating system, to be published before the draw."""
    return secrets.token_hex(16)


def draw(seed: str, keys: Iterable[int]) -> list[int]:
    """All `keys` in the order of the lot that `seed` draws; the order they came in has no say.

    >>> draw("2024", [1, 2, 3]) == draw("2024", [3, 1, 2])
    True
    """
    return sorted(set(keys), key=lambda key: (_digest(seed, key), key))


def _digest(seed: str, key: int) -> str:
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()
