"""Two outcomes of one round beside each other: what enters, what leaves, whom each of them serves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sanlin.kernel.allocation.outcome import Bid, Outcome
from sanlin.kernel.profile import Profile


@dataclass(frozen=True)
class Difference:
    """Keys that only the second outcome funds, only the first, and both; each in order of funding."""

    enters: tuple[int, ...]
    leaves: tuple[int, ...]
    stays: tuple[int, ...]


def difference(first: Outcome, second: Outcome) -> Difference:
    """What changes from the first outcome to the second."""
    before, after = set(first.funded), set(second.funded)
    return Difference(
        tuple(key for key in second.funded if key not in before),
        tuple(key for key in first.funded if key not in after),
        tuple(key for key in second.funded if key in before),
    )


def reached(profile: Profile, funded: Iterable[int]) -> int:
    """How many ballots name at least one of `funded`.

    >>> profile = Profile.of([(((1, 1), (2, 1)), 5), (((3, 1),), 2), ((), 1)])
    >>> reached(profile, {2}), reached(profile, {1, 2, 3, 9})
    (5, 7)
    """
    named = np.zeros(profile.rows, bool)
    for key in funded:
        if key in profile.supports:
            named[profile.supports[key].rows] = True
    return int(profile.times[named].sum())


def overlap(first: Sequence[int], second: Sequence[int]) -> Fraction:
    """What two sets have in common, as a part of all that is in either; two empty sets are equal.

    >>> overlap([1, 2, 3], [3, 2, 4]), overlap([], [])
    (Fraction(1, 2), Fraction(1, 1))
    """
    one, two = set(first), set(second)
    return Fraction(len(one & two), len(one | two)) if one | two else Fraction(1)


def granted_by(outcome: Outcome, bids: Iterable[Bid], group: str) -> dict[str | int | None, int]:
    """Money by tier, community, team or theme (an attribute of Bid), in fen; only where there is any."""
    of = {bid.key: getattr(bid, group) for bid in bids}
    sums: Counter[str | int | None] = Counter()
    for key, grant in outcome.grants:
        sums[of[key]] += grant
    return dict(sums)
