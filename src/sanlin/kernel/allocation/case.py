"""Everything that one decision rests on, as bytes that anybody can count again.

A case holds the bids, the limits, how they are ranked and what parts ties, the seed included. Its
bytes are canonical JSON (UTF-8, sorted keys, no spaces, whole numbers; a fraction is "n/d"), so two
offices that were given the same facts hold the same bytes and the same fingerprint.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sanlin.kernel.allocation.explain import Question
from sanlin.kernel.allocation.outcome import Bid, Floor, Limits, Outcome, TierLimit
from sanlin.kernel.allocation.ranking import (
    Ranking,
    Weight,
    Weights,
    blend,
    by_score,
    by_utility,
    by_votes,
)
from sanlin.kernel.allocation.tiering import from_the_top
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.allocation.welfare import maximise

GREEDY = ("score", "votes", "blend")
OWN_MONEY = ("equal_shares", "overspending", "phragmen")
Choices = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Case:
    """What a decision was asked.

    `method` is score, votes or blend (a greedy count in that order), welfare (the set of the
    greatest sum of `utility`), or equal_shares, overspending and phragmen, which count `choices`: the
    ballots by key, equal ones together, how often. `utility` is cost, cardinality, points or borda; welfare
    knows score too, and reads the votes of the bids. `completion` is that of equal shares.
    `expert`, `public` and `onsite` are permille, see `Weights`;
    `ballots` is the number of ballots counted, `ballots_onsite` of those cast on site; `rule` the
    greedy rule; `ties` the names in order; `lot` the keys in the order that `seed` draws them;
    `climb` says that ranks fill the tiers from the top.
    """

    bids: tuple[Bid, ...]
    limits: Limits
    method: str
    expert: Weight = 0
    public: Weight = 0
    normaliser: str = "share_of_ballots"
    ballots: int = 0
    rule: str = "skip"
    ties: tuple[str, ...] = ("lot",)
    seed: str = ""
    lot: tuple[int, ...] = ()
    climb: bool = False
    rules: str = ""
    onsite: Weight | None = None
    ballots_onsite: int = 0
    utility: str = ""
    completion: str = "none"
    choices: tuple[tuple[Choices, int], ...] = ()

    @property
    def by_ballots(self) -> bool:
        """Whether whole ballots are counted, and not the votes of each bid."""
        return self.method in OWN_MONEY

    def ranking(self) -> Ranking:
        """The standing of each bid by the case's method; raises ValueError for an unknown one."""
        if self.method == "score":
            return by_score(self.bids)
        if self.method == "votes" or self.by_ballots:
            return by_votes(self.bids)
        if self.method == "welfare":
            return by_utility(self.bids, self.utility)
        if self.method != "blend":
            raise ValueError(f"no method is called {self.method}")
        return blend(self.bids, self.weights)

    @property
    def weights(self) -> Weights:
        """How a blend puts marks and votes together."""
        # Nobody voted: every share is nothing, whatever it would be a share of.
        empty = not self.ballots and self.normaliser == "share_of_ballots"
        return Weights(
            self.expert,
            self.public,
            "share_of_leader" if empty else self.normaliser,
            self.ballots,
            self.onsite,
            self.ballots_onsite,
        )

    @property
    def is_greedy(self) -> bool:
        """Whether bids are taken one by one in the order of their standings."""
        return self.method in GREEDY

    @property
    def order_of_ties(self) -> TieOrder:
        """The names that part equals, with the lot as it was drawn."""
        return TieOrder(self.ties, {key: place for place, key in enumerate(self.lot, start=1)})

    def question(self) -> Question:
        """The greedy count that this case asks for; ValueError where it asks for another one."""
        if not self.is_greedy:
            raise ValueError(f"{self.method} is no greedy count")
        order, ties = self.ranking(), self.order_of_ties
        bids = self.bids
        if self.climb and self.limits.tiers:
            bids = from_the_top(bids, self.limits, order, ties)
        return Question(bids, self.limits, order, ties, self.rule)

    @property
    def entered(self) -> tuple[Bid, ...]:
        """The bids as they are counted, with the tiers that their ranks earned them."""
        return self.question().bids if self.is_greedy else self.bids

    @property
    def parted_by(self) -> tuple[str, ...]:
        """The names that part equals."""
        return self.ties

    def varied(self, *, bids: tuple[Bid, ...] | None = None, limits: Limits | None = None) -> Case:
        """The same asked of other bids, which are ranked anew, or within other limits."""
        return dataclasses.replace(
            self,
            bids=self.bids if bids is None else bids,
            limits=self.limits if limits is None else limits,
        )

    def joined(self, key: int, by: int, funded: Collection[int]) -> Case:
        """The same where `by` more voters name this bid besides what they named.

        Of those who do not name it, the ones come first of whose choices the least money was
        `funded`; equals by their ballots. The case has whole ballots.
        """
        costs = {bid.key: bid.cost for bid in self.bids if bid.key in funded}
        counts = Counter(dict(self.choices))
        others = [row for row in self.choices if key not in dict(row[0])]
        others.sort(key=lambda row: (sum(costs.get(it, 0) for it, _ in row[0]), row[0]))
        for chosen, times in others:
            taken = min(times, by)
            by -= taken
            counts[chosen] -= taken
            counts[tuple(sorted((*chosen, (key, 1))))] += taken
        choices = tuple(sorted((chosen, times) for chosen, times in counts.items() if times))
        more = sum(times for chosen, times in choices if key in dict(chosen))
        bids = tuple(
            dataclasses.replace(bid, votes=more) if bid.key == key else bid for bid in self.bids
        )
        return dataclasses.replace(self, bids=bids, choices=choices)

    def answer(self) -> Outcome:
        """The outcome; the same case gives the same outcome, always."""
        if self.is_greedy:
            return self.question().answer()
        if not self.by_ballots:
            return maximise(self.bids, self.limits, self.ranking(), self.order_of_ties)
        from sanlin.kernel.allocation import own_money  # noqa: PLC0415  # it needs NumPy

        told = (self.method, self.utility, self.completion, self.rule)
        profile = own_money.profile_of(self.choices, self.bids)
        return own_money.count(profile, self.bids, self.limits, self.order_of_ties, told)

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical(self)


def fingerprint(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    """Frozen values as canonical JSON."""
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def _plain(value: object) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if dataclasses.is_dataclass(value):
        return {it.name: _plain(getattr(value, it.name)) for it in dataclasses.fields(value)}
    return value


def _fraction(value: str | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def from_bytes(data: bytes) -> Case:
    """The case whose `to_bytes` these are. Raises ValueError (or KeyError, TypeError) for others.

    >>> case = Case((Bid(1, 500, Fraction(9, 2), 3),), Limits(1000), "votes", lot=(1,))
    >>> from_bytes(case.to_bytes()) == case
    True
    """
    told = json.loads(data)
    limits = told["limits"]
    limits["tiers"] = tuple(TierLimit(**tier) for tier in limits["tiers"])
    limits["theme_caps"] = tuple((name, cap) for name, cap in limits["theme_caps"])
    limits["exclusive"] = tuple(frozenset(keys) for keys in limits["exclusive"])
    limits["floors"] = tuple(Floor(**floor) for floor in limits.get("floors", ()))
    limits["requires"] = tuple((key, other) for key, other in limits.get("requires", ()))
    limits["min_score"] = _fraction(limits["min_score"])
    told["limits"] = Limits(**limits)
    told["bids"] = tuple(Bid(**{**bid, "score": _fraction(bid["score"])}) for bid in told["bids"])
    told["ties"], told["lot"] = tuple(told["ties"]), tuple(told["lot"])
    told["choices"] = tuple(
        (tuple((key, weight) for key, weight in kept), times)
        for kept, times in told.get("choices", ())
    )
    return Case(**told)
