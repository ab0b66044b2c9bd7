"""In which order the bids come up: by marks, by votes, or by both in stated weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sanlin.kernel.allocation.outcome import Bid


@dataclass(frozen=True)
class Ranking:
    """The standing of every bid, higher first, in `unit`; None where it cannot be ranked."""

    unit: str
    standings: tuple[tuple[int, Fraction | None], ...]

    @cached_property
    def of(self) -> dict[int, Fraction | None]:
        """Standing by key."""
        return dict(self.standings)


def by_score(bids: Sequence[Bid]) -> Ranking:
    """Rank by the judges' mark; a bid without a mark has no standing."""
    return Ranking("score", tuple((bid.key, bid.score) for bid in bids))


def by_votes(bids: Sequence[Bid]) -> Ranking:
    """Rank by votes (or points), as counted."""
    return Ranking("votes", tuple((bid.key, Fraction(bid.votes)) for bid in bids))


def blend(
    bids: Sequence[Bid],
    *,
    expert: int,
    public: int,
    normaliser: str,
    ballots: int = 0,
    full: int = 100,
) -> Ranking:
    """Rank by marks and votes together, `expert` and `public` being their weights in permille.

    The public part is brought to 0..1 by the named normaliser and then to the scale of the marks,
    whose full mark is `full`; so the blend reads like a mark. Leaders, ranks and shares are taken
    over all `bids` given. Raises ValueError where the weights do not make up 1000, the normaliser
    has no such name, or `share_of_ballots` is asked for without the number of ballots.

    >>> bids = [Bid(1, 0, Fraction(90), 10), Bid(2, 0, Fraction(80), 40), Bid(3, 0, None, 30)]
    >>> ranking = blend(bids, expert=600, public=400, normaliser="share_of_leader")
    >>> [(key, standing and str(standing)) for key, standing in ranking.standings]
    [(1, '64'), (2, '88'), (3, None)]
    """
    if expert < 0 or public < 0 or expert + public != 1000:
        raise ValueError("the weights of experts and public must make up 1000")
    if normaliser not in NORMALISERS:
        raise ValueError(f"no normaliser is called {normaliser}")
    shares = NORMALISERS[normaliser]([bid.votes for bid in bids], ballots)
    standings: list[tuple[int, Fraction | None]] = []
    for bid, share in zip(bids, shares, strict=True):
        if bid.score is None and expert:
            standings.append((bid.key, None))
        else:
            mark = bid.score or Fraction(0)
            standings.append((bid.key, (expert * mark + public * full * share) / 1000))
    return Ranking("blend", tuple(standings))


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


NORMALISERS: dict[str, Callable[[Sequence[int], int], list[Fraction]]] = {
    "share_of_ballots": share_of_ballots,
    "share_of_leader": share_of_leader,
    "rank": share_by_rank,
}
