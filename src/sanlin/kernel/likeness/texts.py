"""Texts and budgets of proposals: how much of the one stands in the other, and where.

A text is the set of its runs of four signs (shingles), without spaces and punctuation. Likeness is
the share of the smaller set that both have, so that a passage copied into a longer text shows. What
the thresholds are and what they were measured on stands in docs/algorithms/likeness.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from .marks import plain

RUN = 4
KEPT = 64
"""How many shingles of a text are kept to find it by: those with the lowest hashes."""
LIKE = 50
"""From this percentage on two texts are shown as nearly the same."""
ALMOST = 90  # percent of the smaller budget that stands in the other, line by line
SHORTEST = 12  # signs of a passage that is worth showing


def shingles(text: str) -> set[str]:
    """Every run of four signs.

    >>> sorted(shingles("楼道 美化，好！"))
    ['楼道美化', '道美化好']
    """
    bare = plain(text)
    return {bare[i : i + RUN] for i in range(len(bare) - RUN + 1)}


def sketch(text: str) -> list[int]:
    """The `KEPT` lowest hashes of its shingles, 40 bits each, ascending (a bottom-k sketch: Broder,
    1997). Two texts that share much share many of them."""
    hashes = {
        int.from_bytes(hashlib.blake2b(run.encode(), digest_size=5).digest(), "big")
        for run in shingles(text)
    }
    return sorted(hashes)[:KEPT]


def likeness(one: str, other: str) -> int:
    """How much of the shorter text stands in the other, 0 to 100, rounded down.

    >>> likeness("楼道堆物多，走访了四十户", "本楼道堆物多，走访了四十户居民，三十户希望整理")
    100
    """
    mine, theirs = shingles(one), shingles(other)
    fewer = min(len(mine), len(theirs))
    return len(mine & theirs) * 100 // fewer if fewer else 0


def passages(one: str, other: str, most: int = 3) -> list[str]:
    """The longest passages that both texts have, without signs and spaces, longest first.

    >>> passages("我们走访了四十户三十户希望整理楼道。", "去年走访了四十户，三十户希望整理楼道")
    ['走访了四十户三十户希望整理楼道']
    """
    mine, theirs = plain(one), shingles(other)
    found, start = [], 0
    while start + RUN <= len(mine):
        end = start
        while end + RUN <= len(mine) and mine[end : end + RUN] in theirs:
            end += 1
        if end > start:
            found.append(mine[start : end + RUN - 1])
        start = max(end, start) + 1
    told = [passage for passage in found if len(passage) >= SHORTEST]
    return sorted(told, key=len, reverse=True)[:most]


def budget_likeness(one: Iterable[tuple[str, int]], other: Iterable[tuple[str, int]]) -> int:
    """How much of the smaller budget stands in the other line by line, 0 to 100: lines are (what for,
    fen), and count as the same where both agree.

    >>> budget_likeness([("花盆", 500), ("种子", 300)], [("花 盆", 500), ("铲子", 900)])
    62
    """
    mine, theirs = _lines(one), _lines(other)
    fewer = min(sum(mine.values()), sum(theirs.values()))
    both = sum(min(amount, theirs.get(key, 0)) for key, amount in mine.items())
    return both * 100 // fewer if fewer else 0


def _lines(lines: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for what, amount in lines:
        key = (plain(what), amount)
        found[key] = found.get(key, 0) + amount
    return found
