"""From ballots as they are kept (`form.canonical`) to a profile, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sanlin.kernel.profile import Profile

BRACKETS = str.maketrans("", "", "[]")
EMPTY = "[]"


def profile_of(kept: Sequence[str], times: Sequence[int], keys: Iterable[int]) -> Profile:
    """The profile of distinct ballots in canonical form, each cast so many times, over `keys`.

    Raises ValueError for a text that is not canonical, or a key outside `keys`.

    >>> profile = profile_of(["[[3,1],[7,2]]", "[]", "[[7,1]]"], [2, 1, 4], [7, 3, 9])
    >>> profile.voters, profile.votes()
    (7, {3: 2, 7: 8, 9: 0})
    """
    wanted = np.array(sorted(set(keys)), np.int64)
    lengths = np.array([text.count(",") + 1 for text in kept], np.int64) // 2
    plain = ",".join([text for text in kept if text != EMPTY]).translate(BRACKETS)
    numbers = np.fromstring(plain, np.int64, sep=",") if plain else np.zeros(0, np.int64)
    if numbers.size != 2 * lengths.sum():
        raise ValueError("a ballot is not in its canonical form")
    named, weights = numbers[::2], numbers[1::2]
    places = np.searchsorted(wanted, named)
    if not wanted.size and named.size:
        raise ValueError("the ballots name keys, and there are none")
    if named.size and not (wanted[np.minimum(places, wanted.size - 1)] == named).all():
        raise ValueError("a ballot names a key that the profile does not have")
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return Profile.from_arrays(wanted.tolist(), starts, places, weights, list(times))
