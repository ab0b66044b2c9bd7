"""What can be bought, by whom, and what it is worth to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sanlin.kernel.allocation.outcome import Bid, Purchase, Tie
from sanlin.kernel.allocation.ties import TieOrder, settle
from sanlin.kernel.profile import Ints, Profile, Support
from sanlin.kernel.reason import Reason

UTILITIES = ("cost", "cardinality", "approval", "points", "borda")


@dataclass(frozen=True)
class Good:
    """One bid with its supporters: row `rows[k]` values it at `unit` × `weights[k]`, above zero.

    `given` are the weights, None where they are all 1.
    """

    bid: Bid
    unit: int
    rows: NDArray[np.intp]
    given: Ints | None

    @property
    def key(self) -> int:
        """The key of the bid."""
        return self.bid.key

    @property
    def weights(self) -> Ints:
        """The weight of every row."""
        return np.ones(self.rows.size, np.int64) if self.given is None else self.given


@dataclass(frozen=True)
class Field:
    """The goods by key, and how many voters stand in each row.

    `weighted` says that supporters may value a good at more than its unit.
    """

    goods: tuple[Good, ...]
    times: Ints
    weighted: bool

    @classmethod
    def of(cls, profile: Profile, bids: Sequence[Bid], utility: str) -> Field:
        """The bids that somebody supports. Utilities:

        - "cost": a supporter values a bid at its cost.
        - "cardinality" ("approval" is another name for it): at 1.
        - "points", and "borda" for rankings: at the weight that the ballot gives to it.

        Raises ValueError for another name.
        """
        if utility not in UTILITIES:
            raise ValueError(f"no utility is called {utility}")
        weighted = utility in {"points", "borda"}
        everybody = bool(profile.times.all())
        nobody = Support(np.zeros(0, np.intp), np.zeros(0, np.int64))
        goods = []
        for bid in sorted(bids, key=lambda bid: bid.key):
            support = profile.supports.get(bid.key, nobody)
            rows, weights = support.rows, support.weights if weighted else None
            if weights is not None and not weights.all():
                rows, weights = rows[weights > 0], weights[weights > 0]
            if rows.size and (everybody or profile.times[rows].any()):
                unit = max(bid.cost, 1) if utility == "cost" else 1
                goods.append(Good(bid, unit, rows, weights))
        return cls(tuple(goods), profile.times, weighted)


@dataclass(frozen=True)
class Spent:
    """What voters bought with their money.

    `refused` are bids that a limit still refused at the end, `poor` those whose supporters have too
    little left, with how much that is (fen, rounded down).
    """

    purchases: tuple[Purchase, ...]
    refused: dict[int, Reason]
    poor: dict[int, int]
    ties: tuple[Tie, ...]


def first(level: Sequence[Bid], price: Fraction, ties: TieOrder, met: list[Tie]) -> Bid:
    """The bid that comes first among those of one price; every tie is entered once."""
    if len(level) == 1:
        return level[0]
    queue, found = settle(level, dict.fromkeys((bid.key for bid in level), price), ties)
    seen = [set(tie.keys) for tie in met]
    met += [tie for tie in found if not any(set(tie.keys) <= known for known in seen)]
    return queue[0]
