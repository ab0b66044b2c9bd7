"""All ballots of one election as frozen arrays: equal ballots once, with how often they were cast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Choices = tuple[tuple[int, int], ...]
AT_ONCE = 2**18  # choices that are sorted at once


@dataclass(frozen=True)
class Support:
    """Who names one key: `rows` are ballots (ascending), `weights` what each of them gives to it."""

    rows: NDArray[np.intp]
    weights: Ints


@dataclass(frozen=True, eq=False)
class Profile:
    """Ballots in rows. Row r names `keys[places[k]]` with `weights[k]` for k in starts[r]:starts[r+1].

    Shapes: `starts` (rows + 1), `places` and `weights` (all choices), `times` (rows), which says how
    often each ballot was cast. Within a row places ascend, weights are not below zero, and an empty
    row is the ballot of a voter who chose nothing. The arrays cannot be written to. Two profiles are
    equal when they hold the same ballots equally often, in whatever rows.
    """

    keys: tuple[int, ...]
    starts: Ints
    places: NDArray[np.int32]
    weights: Ints
    times: Ints

    @classmethod
    def of(
        cls, ballots: Iterable[tuple[Choices, int]], keys: Iterable[int] | None = None
    ) -> Profile:
        """From (ballot, how often) pairs; equal ballots are put together.

        `keys` are all that could be named, by default those that were. Raises ValueError for a key
        outside `keys`, a key named twice, and a weight or number below zero.

        >>> profile = Profile.of([(((7, 1), (9, 1)), 2), (((9, 1),), 1), ((), 1)])
        >>> profile.voters, profile.votes()
        (4, {7: 2, 9: 3})
        """
        merged: dict[Choices, int] = {}
        for chosen, times in ballots:
            kept = tuple(sorted(chosen))
            merged[kept] = merged.get(kept, 0) + times
        named = {key for kept in merged for key, _ in kept}
        wanted = tuple(sorted(set(named if keys is None else keys)))
        place = {key: at for at, key in enumerate(wanted)}
        if not named <= place.keys():
            raise ValueError(f"no such keys: {sorted(named - place.keys())[:5]}")
        return cls.from_arrays(
            wanted,
            np.cumsum([0, *map(len, merged)]),
            [place[key] for kept in merged for key, _ in kept],
            [weight for kept in merged for _, weight in kept],
            list(merged.values()),
        )

    @classmethod
    def from_arrays(
        cls,
        keys: Sequence[int],
        starts: ArrayLike,
        places: ArrayLike,
        weights: ArrayLike | None = None,
        times: ArrayLike | None = None,
    ) -> Profile:
        """From arrays of the shapes above; without `weights` or `times` they are 1.

        Rows are taken as they are: equal ones need not be merged. Raises ValueError where shapes do
        not fit, a place lies outside `keys`, a row names a place twice or not in ascending order, or
        a number lies below zero.
        """
        begins = np.array(starts, dtype=np.int64)
        named = np.array(places, dtype=np.int32)
        ones = np.broadcast_to(np.int64(1), named.size)  # a single number, however many there are
        given = ones if weights is None else np.array(weights, np.int64)
        counts = np.ones(begins.size - 1, np.int64) if times is None else np.array(times, np.int64)
        _sane(len(keys), begins, named, given, counts)
        if list(keys) != sorted(set(keys)):
            raise ValueError("keys must ascend, each once")
        for array in (begins, named, given, counts):
            array.setflags(write=False)
        return cls(tuple(keys), begins, named, given, counts)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.times.size)

    @cached_property
    def voters(self) -> int:
        """How many ballots were cast, empty ones included."""
        return int(self.times.sum())

    def __iter__(self) -> Iterator[tuple[Choices, int]]:
        """Every row as (choices, how often), in the order of the rows."""
        pairs = list(
            zip(
                (self.keys[place] for place in self.places.tolist()),
                self.weights.tolist(),
                strict=True,
            )
        )
        starts = self.starts.tolist()
        for row, times in enumerate(self.times.tolist()):
            yield tuple(pairs[starts[row] : starts[row + 1]]), times

    def _merged(self) -> dict[Choices, int]:
        found: dict[Choices, int] = {}
        for kept, times in self:
            found[kept] = found.get(kept, 0) + times
        return {kept: times for kept, times in found.items() if times}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        return self.keys == other.keys and self._merged() == other._merged()

    def __hash__(self) -> int:
        return hash((self.keys, self.voters))

    @property
    def row_of(self) -> NDArray[np.int32]:
        """The row of every choice."""
        return np.repeat(np.arange(self.rows, dtype=np.int32), np.diff(self.starts))

    def votes(self) -> dict[int, int]:
        """The sum of weights of every key: approvals, or points."""
        return self._sums(self.weights * self.times[self.row_of])

    def supporters(self) -> dict[int, int]:
        """By key, how many voters name it, whatever weight they give."""
        return self._sums(self.times[self.row_of])

    def _sums(self, values: Ints) -> dict[int, int]:
        sums = np.zeros(len(self.keys), np.int64)
        np.add.at(sums, self.places, values)
        return dict(zip(self.keys, sums.tolist(), strict=True))

    @cached_property
    def supports(self) -> Mapping[int, Support]:
        """By key, the rows that name it. Sorted a part of the ballots at a time, to save memory."""
        cuts = np.searchsorted(self.starts, np.arange(0, self.places.size, AT_ONCE))
        parts = list(pairwise(sorted({0, *cuts.tolist(), self.rows})))
        rows = np.empty(self.places.size, np.intp)
        one = self.weights.strides == (0,)
        weights = self.weights if one else np.empty(self.places.size, np.int64)
        sizes = np.zeros(len(self.keys), np.int64)
        for low, high in parts:
            sizes += np.bincount(self._within(low, high), minlength=sizes.size)
        ends = np.cumsum([0, *sizes])
        begin = ends[:-1].copy()
        for low, high in parts:
            places = self._within(low, high)
            order = np.argsort(places, kind="stable")
            many = np.bincount(places, minlength=sizes.size)
            into = np.repeat(begin - (np.cumsum(many) - many), many) + np.arange(places.size)
            lengths = np.diff(self.starts[low : high + 1])
            rows[into] = np.repeat(np.arange(low, high), lengths)[order]
            if not one:
                weights[into] = self.weights[self.starts[low] : self.starts[high]][order]
            begin += many
        return {
            key: Support(rows[start:end], weights[start:end])
            for key, (start, end) in zip(self.keys, pairwise(ends.tolist()), strict=True)
        }

    def _within(self, low: int, high: int) -> NDArray[np.integer]:
        """The places in some rows; short numbers are sorted in one pass over their digits."""
        places = self.places[self.starts[low] : self.starts[high]]
        return places.astype(np.uint16) if len(self.keys) < 2**16 else places


def _sane(keys: int, starts: Ints, places: NDArray[np.int32], weights: Ints, times: Ints) -> None:
    whole = starts.ndim == places.ndim == weights.ndim == times.ndim == 1
    if not whole or starts.size != times.size + 1 or places.size != weights.size:
        raise ValueError("the arrays of a profile do not fit each other")
    if starts[0] != 0 or starts[-1] != places.size or (np.diff(starts) < 0).any():
        raise ValueError("the rows of a profile must follow each other")
    if places.size and not 0 <= places.min() <= places.max() < keys:
        raise ValueError("a ballot names a key that the profile does not have")
    inside = np.ones(max(places.size - 1, 0), bool)
    ends = starts[1:-1]
    inside[ends[(ends > 0) & (ends < places.size)] - 1] = False
    if (np.diff(places)[inside] <= 0).any():
        raise ValueError("a ballot names a key twice, or not in order")
    if (weights < 0).any() or (times < 0).any():
        raise ValueError("weights and numbers of ballots must not lie below zero")
