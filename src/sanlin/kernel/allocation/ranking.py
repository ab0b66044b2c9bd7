"""In which order the bids come up: by marks, by votes, or by both in stated weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial

from sanlin.kernel.allocation.outcome import Bid


@dataclass(frozen=True)
class Ranking:
    """The standing of every bid, higher first, in `unit`; None where it cannot be ranked.

    `rule` is how it was made, so that other bids can be ranked in the same way; without one their
    standings are as they were.
    """

    unit: str
    standings: tuple[tuple[int, Fraction | None], ...]
    rule: Callable[[Sequence[Bid]], Ranking] | None = field(default=None, compare=False, repr=False)

    def again(self, bids: Sequence[Bid]) -> Ranking:
        """These bids, ranked in the same way."""
        return self.rule(bids) if self.rule else self

    @cached_property
    def of(self) -> dict[int, Fraction | None]:
        """Standing by key."""
        return dict(self.standings)


def by_score(bids: Sequence[Bid]) -> Ranking:
    """Rank by the judges' mark; a bid without a mark has no standing."""
    return Ranking("score", tuple((bid.key, bid.score) for bid in bids), by_score)


def by_votes(bids: Sequence[Bid]) -> Ranking:
    """Rank by votes (or points), as counted."""
    return Ranking("votes", tuple((bid.key, Fraction(bid.votes)) for bid in bids), by_votes)


def by_utility(bids: Sequence[Bid], utility: str) -> Ranking:
    """What funding each bid is worth: its votes (cardinality), its points (points, borda: what the
    votes of such ballots are), its votes times its cost (cost), or its mark (score).

    Raises ValueError for another name.
    """
    if utility == "score":
        return by_score(bids)
    if utility not in {"cost", "cardinality", "points", "borda"}:
        raise ValueError(f"no utility is called {utility}")
    whole = tuple(
        (bid.key, Fraction(bid.votes * (bid.cost if utility == "cost" else 1))) for bid in bids
    )
    return Ranking(
        "worth" if utility == "cost" else "votes", whole, partial(by_utility, utility=utility)
    )


Weight = int | Fraction
"""Permille: whole numbers in a rule pack, any fraction where weights are tried."""


@dataclass(frozen=True)
class Weights:
    """How marks and votes are put together; all weights in permille.

    `expert` and `public` make up 1000. Where `onsite` is not None, ballots cast on site and online
    are two publics: each is normalised by itself, and the public part is made of `onsite` permille
    of the one and the rest of the other. `ballots` counts all ballots, `ballots_onsite` those of
    them that were cast on site.
    """

    expert: Weight
    public: Weight
    normaliser: str
    ballots: int = 0
    onsite: Weight | None = None
    ballots_onsite: int = 0
    full: int = 100

    def __post_init__(self) -> None:
        if self.expert < 0 or self.public < 0 or self.expert + self.public != 1000:
            raise ValueError("the weights of experts and public must make up 1000")
        if self.normaliser not in NORMALISERS:
            raise ValueError(f"no normaliser is called {self.normaliser}")
        if self.onsite is not None and not 0 <= self.onsite <= 1000:
            raise ValueError("the weight of ballots on site lies between 0 and 1000")


def blend(bids: Sequence[Bid], weights: Weights) -> Ranking:
    """Rank by marks and votes together.

    The public part is brought to 0..1 by the named normaliser and then to the scale of the marks,
    whose full mark is `full`; so the blend reads like a mark. Leaders, ranks and shares are taken
    over all `bids` given. Raises ValueError where `share_of_ballots` is asked for without the
    number of ballots.

    >>> bids = [Bid(1, 0, Fraction(90), 10), Bid(2, 0, Fraction(80), 40), Bid(3, 0, None, 30)]
    >>> ranking = blend(bids, Weights(600, 400, "share_of_leader"))
    >>> [(key, standing and str(standing)) for key, standing in ranking.standings]
    [(1, '64'), (2, '88'), (3, None)]
    """
    standings: list[tuple[int, Fraction | None]] = []
    for bid, share in zip(bids, public_shares(bids, weights), strict=True):
        if bid.score is None and weights.expert:
            standings.append((bid.key, None))
        else:
            mark = weights.expert * (bid.score or Fraction(0))
            standings.append((bid.key, (mark + weights.public * weights.full * share) / 1000))
    return Ranking("blend", tuple(standings), partial(blend, weights=weights))


def public_shares(bids: Sequence[Bid], weights: Weights) -> list[Fraction]:
    """The public part of each bid, 0 to 1, channels put together."""
    normalise = NORMALISERS[weights.normaliser]
    if weights.onsite is None:
        return normalise([bid.votes for bid in bids], weights.ballots)
    online = _channel(
        normalise,
        [bid.votes - bid.onsite for bid in bids],
        weights.ballots - weights.ballots_onsite,
    )
    onsite = _channel(normalise, [bid.onsite for bid in bids], weights.ballots_onsite)
    return [
        ((1000 - weights.onsite) * far + weights.onsite * near) / 1000
        for far, near in zip(online, onsite, strict=True)
    ]


def _channel(
    normalise: Callable[[Sequence[int], int], list[Fraction]], votes: list[int], ballots: int
) -> list[Fraction]:
    """A channel in which nobody voted gives nobody anything."""
    return normalise(votes, ballots) if any(votes) else [Fraction(0)] * len(votes)


def share_of_ballots(votes: Sequence[int], ballots: int) -> list[Fraction]:
    """Votes out of all ballots cast: 1 means that every voter chose it."""
    if ballots <= 0:
        raise ValueError("the share of ballots needs the number of ballots")
    return [Fraction(count, ballots) for count in votes]


def share_of_leader(votes: Sequence[int], ballots: int = 0) -> list[Fraction]:
    """Votes out of the votes of the leader: the leader has 1; without any vote all have 0."""
    most = max(votes, default=0)
    return [Fraction(count, most) if most else Fraction(0) for count in votes]


def share_by_rank(votes: Sequence[int], ballots: int = 0) -> list[Fraction]:
    """By place alone: of n bids the first has 1, the last 1/n; equals share the mean of places.

    >>> [str(share) for share in share_by_rank([50, 20, 20, 7])]
    ['1', '5/8', '5/8', '1/4']
    """
    shares = []
    for count in votes:
        better = sum(other > count for other in votes)
        level = sum(other == count for other in votes)
        place = better + Fraction(level + 1, 2)
        shares.append((len(votes) + 1 - place) / len(votes))
    return shares


def share_of_range(votes: Sequence[int], ballots: int = 0) -> list[Fraction]:
    """From the fewest votes, which have 0, to the most, which have 1; all 0 where all are equal.

    >>> [str(share) for share in share_of_range([50, 20, 35])]
    ['1', '0', '1/2']
    """
    least, most = min(votes, default=0), max(votes, default=0)
    return [
        Fraction(count - least, most - least) if most > least else Fraction(0) for count in votes
    ]


NORMALISERS: dict[str, Callable[[Sequence[int], int], list[Fraction]]] = {
    "share_of_ballots": share_of_ballots,
    "share_of_leader": share_of_leader,
    "rank": share_by_rank,
    "min_max": share_of_range,
}
