"""Photos of the same paper: strong spots, words to find them by, and one sheet laid over another.

A spot is an ORB feature (Rublee and others, ICCV 2011): where it lies and 256 bits about its
surroundings. Two photos show one paper where many spots of the one lie on their likes in the other
after a single affine movement; cropping, turning, light and a second shot leave that as it is.
What was measured, and on what, stands in docs/algorithms/likeness.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

SIDE = 640  # pixels of the longer side, to which every photo is brought
SPOTS = 400
WORDED = 40  # the strongest spots, which are found again by words
TABLES, BITS = 4, 16
FAR = 60  # bits of 256 in which two likes may differ
NEAR = 8.0  # pixels by which they may miss each other
FEWEST = 6
FEWEST_SHARED = 40
LIKE = 20
"""From this likeness on two photos are shown as perhaps the same paper."""

_SPOT = np.dtype([("x", "<u2"), ("y", "<u2"), ("bits", "u1", 32)])


def _cv2() -> Any:
    """60 MB that only whoever sends or looks at a photo needs."""
    return import_module("cv2")


def spots(jpeg: bytes) -> bytes:
    """The spots of a photo, 36 bytes each, the strongest first; empty where it shows too little."""
    cv2 = _cv2()

    sent = np.frombuffer(jpeg, np.uint8)
    grey = cv2.imdecode(sent, cv2.IMREAD_GRAYSCALE) if len(sent) else None
    if grey is None:
        return b""
    scale = SIDE / max(grey.shape)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    orb = cv2.ORB_create(nfeatures=SPOTS, fastThreshold=10, scaleFactor=1.3, nlevels=6)
    points, about = orb.detectAndCompute(grey, None)
    if about is None or len(points) < FEWEST * 2:
        return b""
    order = sorted(range(len(points)), key=lambda i: -points[i].response)[:SPOTS]
    found = np.zeros(len(order), _SPOT)
    found["x"] = [round(points[i].pt[0] * 16) for i in order]
    found["y"] = [round(points[i].pt[1] * 16) for i in order]
    found["bits"] = about[order]
    return found.tobytes()


@cache
def _chosen() -> Any:
    """For each table, which 16 of the 256 bits make its word: the same for ever."""
    return (
        np.random.Generator(np.random.PCG64(20))
        .permutation(256)[: TABLES * BITS]
        .reshape(TABLES, BITS)
    )


def words(found: bytes) -> list[int]:
    """The words of the strongest spots, whole numbers below 2**18, each once.

    Two spots of one place differ in about a tenth of their bits, so that a word of 16 of them stays
    the same one time in five; two strange spots share a word one time in 65,536.
    """
    rows = np.frombuffer(found, _SPOT)[:WORDED]
    bits = np.unpackbits(rows["bits"], axis=1)
    weight = 1 << np.arange(BITS, dtype=np.int64)
    told = [
        (bits[:, picked].astype(np.int64) @ weight) + (table << BITS)
        for table, picked in enumerate(_chosen())
    ]
    return sorted({int(word) for one in told for word in one})


def likeness(one: bytes, other: bytes) -> int:
    """How many in a hundred of the fewer spots lie on their likes in the other photo, 0 to 100."""
    cv2 = _cv2()

    mine, theirs = np.frombuffer(one, _SPOT), np.frombuffer(other, _SPOT)
    if min(len(mine), len(theirs)) < FEWEST * 2:
        return 0
    far = _apart(mine["bits"], theirs["bits"])
    here, there = np.arange(len(mine)), far.argmin(1)
    mutual = (far[:, there].argmin(0) == here) & (far[here, there] <= FAR)
    here, there = here[mutual], there[mutual]
    if len(here) < FEWEST:
        return 0
    cv2.setRNGSeed(1)
    moved, kept = cv2.estimateAffine2D(
        _places(mine[here]), _places(theirs[there]), ransacReprojThreshold=NEAR, maxIters=1000
    )
    if moved is None or not _plausible(moved):
        return 0
    on = int(kept.sum())
    shared = min(
        _shared(mine, theirs, moved), _shared(theirs, mine, cv2.invertAffineTransform(moved))
    )
    return min(on * 100 // max(shared, FEWEST_SHARED), 100) if on >= FEWEST else 0


def _shared(mine: Any, theirs: Any, moved: Any) -> int:
    """How many of my spots fall within the frame of theirs once they are moved there."""
    there = _places(mine) @ moved[:, :2].T + moved[:, 2]
    low, high = _places(theirs).min(0), _places(theirs).max(0)
    return int(((there >= low) & (there <= high)).all(1).sum())


def _apart(one: Any, other: Any) -> Any:
    """In how many bits each of these differs from each of those."""
    left, right = one.copy().view(np.uint64), other.copy().view(np.uint64)
    parts = (np.bitwise_count(left[:, None, i] ^ right[None, :, i]) for i in range(4))
    return sum(part.astype(np.int16) for part in parts)


def _places(rows: Any) -> Any:
    return np.stack([rows["x"], rows["y"]], axis=1).astype(np.float32) / 16


def _plausible(moved: Any) -> bool:
    """Whether a camera does that: no mirror, not flattened, within a third and three times."""
    size = float(moved[0, 0] * moved[1, 1] - moved[0, 1] * moved[1, 0])
    long, short = np.linalg.svd(moved[:, :2], compute_uv=False)
    return bool(1 / 9 < size < 9 and short > long / 2)


def most_alike(mine: bytes, others: Iterable[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """(key, likeness) of those of `others` that are at least LIKE, the most alike first."""
    told = [(key, likeness(mine, found)) for key, found in others]
    return sorted((one for one in told if one[1] >= LIKE), key=lambda one: (-one[1], one[0]))
