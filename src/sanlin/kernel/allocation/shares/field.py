"""What can be bought, by whom, and what it is worth to each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sanlin.kernel.allocation.outcome import Bid, Purchase, Tie
from sanlin.kernel.allocation.ties import TieOrder, settle
from sanlin.kernel.profile import Ints, Profile, Support
from sanlin.kernel.reason import Reason

UTILITIES = ("cost", "cardinality", "approval", "points", "borda")


@dataclass(frozen=True)
class Good:
    """One bid with its supporters: row `rows[k]` values it at `unit` × `weights[k]`, above zero."""

    bid: Bid
    unit: int
    rows: Ints
    weights: Ints

    @property
    def key(self) -> int:
        return self.bid.key


@dataclass(frozen=True)
class Field:
    """The goods by key, and how many voters stand in each row."""

    goods: tuple[Good, ...]
    times: Ints

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
        nobody = Support(np.zeros(0, np.int64), np.zeros(0, np.int64))
        goods = []
        for bid in sorted(bids, key=lambda bid: bid.key):
            support = profile.supports.get(bid.key, nobody)
            rows, weights = support.rows, support.weights
            if weighted and not weights.all():
                rows, weights = rows[weights > 0], weights[weights > 0]
            if not weighted:
                weights = np.ones(rows.size, np.int64)
            if rows.size and profile.times[rows].any():
                unit = max(bid.cost, 1) if utility == "cost" else 1
                goods.append(Good(bid, unit, rows, weights))
        return cls(tuple(goods), profile.times)


@dataclass(frozen=True)
class Spent:
    """What voters bought with their money.

    `refused` are bids that a limit still refused at the end, `poor` those whose supporters have too
    little left, with how much that is (fen).
    """

    purchases: tuple[Purchase, ...]
    cost: int
    refused: dict[int, Reason]
    poor: dict[int, Fraction]
    ties: tuple[Tie, ...]

    @property
    def keys(self) -> tuple[int, ...]:
        """What was bought, in order."""
        return tuple(purchase.key for purchase in self.purchases)


Ask = Callable[[Bid], Reason | None]


def first(level: Sequence[Bid], price: Fraction, ties: TieOrder, met: list[Tie]) -> Bid:
    """The bid that comes first among those of one price; every tie is entered once."""
    if len(level) == 1:
        return level[0]
    queue, found = settle(level, dict.fromkeys((bid.key for bid in level), price), ties)
    seen = [set(tie.keys) for tie in met]
    met += [tie for tie in found if not any(set(tie.keys) <= known for known in seen)]
    return queue[0]
