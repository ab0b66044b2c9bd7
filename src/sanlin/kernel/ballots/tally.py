"""Counting ballots: equal ones are merged first, then weights are added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sanlin.kernel.ballots.form import Choices, Chosen, Form, choices


@dataclass(frozen=True)
class Merged:
    """Distinct ballots with how often each was cast, in one stated order.

    `repeated` is the number of ballots that named a key twice; they count it once.
    """

    ballots: tuple[tuple[Choices, int], ...]
    repeated: int = 0

    @property
    def cast(self) -> int:
        """How many ballots were cast, empty ones included."""
        return sum(times for _, times in self.ballots)

    def votes(self) -> dict[int, int]:
        """Weight by key: the number of approvals, or the sum of points. Only keys that were named."""
        sums: Counter[int] = Counter()
        for kept, times in self.ballots:
            for key, weight in kept:
                sums[key] += weight * times
        return dict(sorted(sums.items()))

    def supporters(self) -> dict[int, int]:
        """By key, how many ballots name it, whatever weight they give."""
        sums: Counter[int] = Counter()
        for kept, times in self.ballots:
            for key, _ in kept:
                sums[key] += times
        return dict(sorted(sums.items()))


def merge(ballots: Iterable[Chosen], form: Form) -> Merged:
    """Bring every ballot to its one shape and put equal ones together."""
    raw: Counter[tuple[object, ...]] = Counter()
    kept: dict[tuple[object, ...], Choices] = {}
    repeated: set[tuple[object, ...]] = set()
    for chosen in ballots:
        as_made: tuple[object, ...] = tuple(chosen)
        if isinstance(chosen, Mapping):
            as_made = tuple(chosen.items())
        if as_made not in raw:
            kept[as_made] = choices(chosen, form)
            if len(set(as_made)) < len(as_made):
                repeated.add(as_made)
        raw[as_made] += 1
    equal: Counter[Choices] = Counter()
    for as_made, times in raw.items():
        equal[kept[as_made]] += times
    return Merged(tuple(sorted(equal.items())), sum(raw[as_made] for as_made in repeated))


def tally(ballots: Iterable[Chosen], form: Form) -> dict[int, int]:
    """Votes (or points) by key, for the keys that were named.

    >>> tally([[1, 2], [2, 1], [2, 2], []], Form("approve", most=2))
    {1: 2, 2: 3}
    >>> tally([[1, 2], [2, 1], [2]], Form("rank", most=3))
    {1: 5, 2: 8}
    """
    return merge(ballots, form).votes()
