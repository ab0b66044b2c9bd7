"""Counting ballots: equal ones are merged first, then weights are added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sanlin.kernel.ballots.form import OPINIONS, SILENT, Choices, Chosen, Form, choices


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


@dataclass(frozen=True)
class Opinions:
    """How many ballots said what of one proposal; `silent` are those that offered it and said
    nothing."""

    support: int = 0
    against: int = 0
    abstain: int = 0
    follow: int = 0
    silent: int = 0

    def counted(self, silence: str) -> tuple[int, int, int]:
        """(agree, against, abstain): whoever follows the majority is counted to the larger of support
        and against, and abstains where they are equal; so does silence where `silence` is "follow",
        and abstains otherwise.

        >>> Opinions(3, 1, 0, 2, 5).counted("abstain"), Opinions(3, 1, 0, 2, 5).counted("follow")
        ((5, 1, 5), (10, 1, 0))
        """
        moving = self.follow + (self.silent if silence == "follow" else 0)
        abstain = self.abstain + self.follow + self.silent - moving
        if self.support > self.against:
            return self.support + moving, self.against, abstain
        if self.against > self.support:
            return self.support, self.against + moving, abstain
        return self.support, self.against, abstain + moving


def opinions(merged: Merged) -> dict[int, Opinions]:
    """By key, the opinions of ballots of the kind "stance".

    >>> opinions(Merged(((((7, 1),), 3), (((7, 2),), 1), (((7, 4),), 2), (((7, 0),), 5))))
    {7: Opinions(support=3, against=1, abstain=0, follow=2, silent=5)}
    """
    said: dict[int, Counter[int]] = {}
    for kept, times in merged.ballots:
        for key, opinion in kept:
            said.setdefault(key, Counter())[opinion] += times
    names = {**OPINIONS, "silent": SILENT}
    return {
        key: Opinions(**{name: said[key][number] for name, number in names.items()})
        for key in sorted(said)
    }


def is_carried(of: Opinions, carried: str, silence: str, cast: int) -> bool:
    """Whether a proposal passes the threshold: any, more_for, or half_of_cast of `cast` ballots.

    >>> is_carried(Opinions(5, 1, 5), "half_of_cast", "abstain", 11)
    False
    """
    agree, against, _abstain = of.counted(silence)
    if carried == "more_for":
        return agree > against
    return carried != "half_of_cast" or 2 * agree > cast
