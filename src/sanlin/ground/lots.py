"""The one place where chance is drawn, always from a seed that is published.

A lot is reproducible by anybody: the place of a key is the order of SHA-256(seed, key).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sanlin.kernel.allocation import lottery


def new_seed() -> str:
    """Thirty-two hexadecimal digits from the operating system, to be published before the draw."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """Sixty-four hexadecimal digits from the operating system, to be kept by whom they are for."""
    return secrets.token_hex(32)


def shuffle(rows: list[Any]) -> None:
    """Put rows into an order by the operating system's chance that nobody can find again: for what
    must lose its order, never for a lot that somebody wins."""
    secrets.SystemRandom().shuffle(rows)


def draw(seed: str, keys: Iterable[int]) -> list[int]:
    """All `keys` in the order of the lot that `seed` draws; the order they came in has no say.

    >>> draw("2024", [1, 2, 3]) == draw("2024", [3, 1, 2])
    True
    """
    return list(lottery.order(seed, keys))
