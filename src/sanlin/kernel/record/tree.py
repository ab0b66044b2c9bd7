"""The hash tree over a log, after RFC 6962 section 2.1: its root is the fingerprint of all lines.

A leaf is SHA-256(0x00 ‖ body), a node SHA-256(0x01 ‖ left ‖ right); a tree of n > 1 leaves splits
at the largest power of two below n; the root of no leaves is SHA-256 of nothing. The `frontier` of
a tree are the roots of its full subtrees from left to right, one for each 1 in the binary form of
its size: whoever holds it can append without any earlier leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

Frontier = tuple[bytes, ...]
WIDTH = 32  # bytes of a hash


def leaf(body: bytes) -> bytes:
    """The hash of one line.

    >>> leaf(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + body).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def append(frontier: Frontier, size: int, added: bytes) -> Frontier:
    """The frontier of a tree of `size` leaves after the leaf `added`."""
    peaks = list(frontier)
    while size & 1:
        added = node(peaks.pop(), added)
        size >>= 1
    peaks.append(added)
    return tuple(peaks)


def root(frontier: Frontier) -> bytes:
    """The root of the tree with this frontier."""
    if not frontier:
        return hashlib.sha256(b"").digest()
    *peaks, top = frontier
    for peak in reversed(peaks):
        top = node(peak, top)
    return top


def frontier_of(leaves: Iterable[bytes]) -> Frontier:
    """The frontier over these leaves; holds no more than 64 of them at any time."""
    frontier: Frontier = ()
    for size, one in enumerate(leaves):
        frontier = append(frontier, size, one)
    return frontier


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaves."""
    return root(frontier_of(leaves))


def pack(frontier: Frontier) -> bytes:
    """A frontier as bytes: its hashes one after the other."""
    return b"".join(frontier)


def unpack(packed: bytes) -> Frontier:
    """What `pack` has packed."""
    return tuple(packed[at : at + WIDTH] for at in range(0, len(packed), WIDTH))


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


# --- a leaf is in the tree ------------------------------------------------------------------------


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path from leaf `index` (from 0) to the root, lowest first. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    path, low, high = [], 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root_of(leaves[middle:high]))
            high = middle
        else:
            path.append(root_of(leaves[low:middle]))
            low = middle
    return path[::-1]


def includes(top: bytes, size: int, index: int, one: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree of this root and size has `one` as its leaf `index`.

    As in RFC 9162 section 2.1.3.2.
    """
    sides = _sides(index, size - 1, len(path)) if 0 <= index < size else None
    if sides is None:
        return False
    for step, left in zip(path, sides, strict=True):
        one = node(step, one) if left else node(one, step)
    return one == top


def _sides(at: int, last: int, steps: int) -> list[bool] | None:
    """For each step up from leaf `at`, whether its hash stands on the left; `last` is the last leaf.

    None where this many steps do not end at the root.
    """
    sides = []
    for _step in range(steps):
        if not last:
            return None
        sides.append(bool(at & 1 or at == last))
        if sides[-1]:
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        at, last = at >> 1, last >> 1
    return None if last else sides


# --- one tree goes on from another ----------------------------------------------------------------


def consistency(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """The proof that the tree over `leaves` begins with the one over the first `old` of them.

    Empty where `old` is 0 or all. Raises ValueError where there are fewer.
    """
    if not 0 <= old <= len(leaves):
        raise ValueError(f"there are {len(leaves)} leaves, not {old}")
    if old in {0, len(leaves)}:
        return []
    proof, low, high, whole = [], 0, len(leaves), True
    while old - low != high - low:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        proof.append(root_of(leaves[low:high]))
    return proof[::-1]


def continues(old_top: bytes, old: int, new_top: bytes, new: int, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` leaves begins with the one of `old` leaves.

    As in RFC 9162 section 2.1.4.2. Every tree begins with the empty one.
    """
    if not 0 <= old <= new:
        return False
    if old in {0, new}:
        return not proof and old_top == (new_top if old == new else root(()))
    whole = not old & (old - 1)  # then the old root is itself a node of the new tree
    steps = [old_top, *proof] if whole else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    sides = _sides(at, last, len(steps) - 1)
    if sides is None:
        return False
    first = second = steps[0]
    for step, left in zip(steps[1:], sides, strict=True):
        if left:
            first, second = node(step, first), node(step, second)
        else:
            second = node(second, step)
    return first == old_top and second == new_top
