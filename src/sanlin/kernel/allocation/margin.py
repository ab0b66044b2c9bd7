"""How many votes must at least be wrong before another set of bids is funded.

A sample of paper refutes errors of a stated size: that some votes are too few by up to x and others too many by
up to y, with x + y of at least the margin. Here is the size that matters for a greedy count, whatever ranks its bids:
below it no error changes who is funded, proved and not estimated. docs/algorithms/paper-sample.md explains
it, with an example to be done by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from sanlin.kernel.allocation.case import Case
from sanlin.kernel.allocation.constraints import screen
from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.allocation.ranking import NORMALISERS, Weights, public_shares
from sanlin.kernel.allocation.ties import settle

PASSED_OVER = ("skip", "threshold")


def margin(case: Case, most: int) -> int | None:
    """The least M such that errors of M votes may change who is funded; `most` + 1 where errors of up to
    `most` cannot; None where no such number is known, because the method is not greedy.

    An error of M leaves every bid up to x votes too few and up to y too many, x + y = M: of its votes on
    site where a blend weighs the channels apart. Bids that come level count as if the lot might fall either way.

    >>> from sanlin.kernel.allocation.outcome import Limits
    >>> bids = (Bid(1, 60, Fraction(90), 10), Bid(2, 60, Fraction(60), 40))
    >>> case = Case(bids, Limits(100), "blend", 400, 600, "share_of_ballots", ballots=50, lot=(1, 2))
    >>> case.answer().funded, margin(case, 100)
    ((2,), 20)
    """
    if not case.is_greedy or case.climb:
        return None
    wrong = _Wrong(case)
    low, high = 0, 1
    while high <= most and not wrong.changes(high):
        low, high = high, high * 2
    high = min(high, most + 1)
    while high - low > 1:
        half = (low + high) // 2
        low, high = (low, half) if wrong.changes(half) else (half, high)
    return high


class _Wrong:
    """A count of whose votes some are wrong."""

    def __init__(self, case: Case) -> None:
        self.case, self.limits = case, case.limits
        standings = case.ranking().of
        # Too few votes may become enough; nothing else that sets a bid aside can change.
        taking = [
            bid
            for bid in case.bids
            if not (why := screen(bid, case.limits, standings[bid.key])) or why.code == "min_votes"
        ]
        self.queue = settle(taking, standings, case.order_of_ties)[0]
        self.funded = set(case.answer().funded)
        self.lines = _Lines(case)
        loose = case.limits.partial or case.limits.floors or case.limits.requires
        self.in_order = bool(loose) or case.rule not in PASSED_OVER

    def changes(self, votes: int) -> bool:
        """Whether errors of so many votes may change who is funded."""
        if self.in_order:  # as long as nothing changes places, everything is counted alike
            pairs = ((ahead, bid) for ahead, bid in combinations(self.queue, 2))
            return any(self.lines.meet(*pair, votes) for pair in pairs) or self._crosses(votes)
        return self._drops(votes) or any(
            self._enters(at, bid, votes)
            for at, bid in enumerate(self.queue)
            if bid.key not in self.funded
        )

    def _crosses(self, votes: int) -> bool:
        """Whether a bid may come to the minimum of votes, or fall below it."""
        return self._drops(votes) or any(self._may_take_part(bid, votes) for bid in self._below())

    def _below(self) -> Iterator[Bid]:
        least = self.limits.min_votes or 0
        return (bid for bid in self.queue if bid.votes < least)

    def _drops(self, votes: int) -> bool:
        least = self.limits.min_votes
        return least is not None and any(
            0 <= bid.votes - least < votes
            for bid in self.queue
            if self.in_order or bid.key in self.funded
        )

    def _may_take_part(self, bid: Bid, votes: int) -> bool:
        return self.limits.min_votes is None or bid.votes + votes >= self.limits.min_votes

    def _enters(self, at: int, bid: Bid, votes: int) -> bool:
        """Whether nothing need keep this bid out any more: of those ahead that are funded only these are
        sure to stay ahead.

        Whoever is in stays in, since what is funded fits in every order; so as long as nobody enters, nothing changes.
        """
        if not self._may_take_part(bid, votes):
            return False
        ahead = [one for one in self.queue[:at] if one.key in self.funded]
        stay = [one for one in ahead if not self.lines.meet(one, bid, votes)]
        return not any(self._keeps_out(bid, stay))

    def _keeps_out(self, bid: Bid, stay: list[Bid]) -> Iterator[bool]:
        """For every limit, whether these bids ahead use up what this one would need."""
        limits = self.limits
        for rivals in limits.exclusive:
            yield bid.key in rivals and any(one.key in rivals for one in stay)
        yield limits.one_per_team and any(
            bid.team is not None and one.team == bid.team for one in stay
        )
        tier = limits.tier(bid.tier)
        if tier and tier.places is not None:
            yield sum(one.tier == bid.tier for one in stay) >= tier.places
        themes = dict(limits.theme_caps)
        for name, cap in (
            ("tier", tier.money if tier else None),
            ("community", limits.community_cap),
            ("team", limits.team_cap),
            ("theme", themes.get(bid.theme) if bid.theme else None),
        ):
            own = getattr(bid, name)
            if cap is not None and own is not None:
                inside = (one.cost for one in stay if getattr(one, name) == own)
                yield sum(inside) + bid.cost > cap
        yield sum(one.cost for one in stay) + bid.cost > limits.budget


# --- when one bid reaches another -----------------------------------------------------------------


class _Lines:
    """Standings over wrong votes: each is a base and a slope times the share of its votes."""

    def __init__(self, case: Case) -> None:
        self.case = case
        apart = case.method == "blend" and case.onsite is not None
        self.votes = {bid.key: bid.onsite if apart else bid.votes for bid in case.bids}
        self.told = {bid.key: bid.votes for bid in case.bids}  # what a tie asks for
        self.order = sorted(self.votes, key=lambda key: self.votes[key])
        self.standings = case.ranking().of
        self.slope, self.base = (
            Fraction(case.method == "votes"),
            dict.fromkeys(self.votes, Fraction(0)),
        )
        self.normaliser, self.ballots = "share_of_ballots", 1
        if case.method == "blend":
            self._blended(case.weights)
        self.never: dict[tuple[int, int], int] = {}  # pairs, and errors by which they do not meet
        self.ever: dict[tuple[int, int], int] = {}  # and by which they do

    def _blended(self, weights: Weights) -> None:
        apart = weights.onsite is not None
        whole = Fraction(weights.public * weights.full, 1000)
        self.slope = whole * weights.onsite / 1000 if weights.onsite is not None else whole
        self.normaliser = weights.normaliser
        self.ballots = weights.ballots_onsite if apart else weights.ballots
        votes = [self.votes[bid.key] for bid in self.case.bids]
        empty = [Fraction(0)] * len(votes)
        own = NORMALISERS[self.normaliser](votes, self.ballots) if any(votes) else empty
        both = public_shares(self.case.bids, weights) if any(votes) or apart else empty
        for bid, share, part in zip(self.case.bids, both, own, strict=True):
            mark = Fraction(weights.expert, 1000) * (bid.score or 0)
            self.base[bid.key] = mark + whole * share - self.slope * part

    def meet(self, ahead: Bid, behind: Bid, votes: int) -> bool:
        """Whether the one behind may come level with the one ahead, or before it."""
        pair = ahead.key, behind.key
        if votes >= self.ever.get(pair, votes + 1) or votes <= self.never.get(pair, -1):
            return votes > self.never.get(pair, -1)
        found = self._meet(*pair, votes)
        (self.ever if found else self.never)[pair] = votes
        return found

    def _meet(self, ahead: int, behind: int, votes: int) -> bool:
        down, up = self.votes[ahead], self.votes[behind]
        if not self.slope:
            level = self.standings[ahead] == self.standings[behind]
            apart = self.told[ahead] - self.told[behind]
            return level and "votes" in self.case.ties and votes >= apart
        lead = (self.base[ahead] - self.base[behind]) / self.slope
        if self.normaliser == "share_of_ballots":
            return Fraction(up - down + votes, self.ballots) >= lead
        rest = [self.votes[key] for key in self.order if key not in (ahead, behind)]
        gain = _by_rank if self.normaliser == "rank" else _by_size
        top = self.normaliser == "share_of_leader"

        # Places and a range see distances alone: all too few, or all too many, is the same to them. A leader
        # is worth least with all too many for the one ahead, and a lag least with all too few.
        return any(
            gain(down - x, up + votes - x, rest, (x, votes - x), top) >= lead
            for x in (0, min(votes, down))
        )


def _by_size(down: int, up: int, rest: list[int], wrong: tuple[int, int], top: bool) -> Fraction:
    """The most by which the share `up` can lie above `down`, where the `rest` (in order) may be wrong too: it is worth more
    the less wide the range is, and a lag the less the wider."""
    x, y = wrong
    most, least = max(up, down), min(up, down)
    if rest and up >= down:
        most, least = max(most, rest[-1] - x), min(least, rest[0] + y)
    elif rest:
        most, least = max(most, rest[-1] + y), min(least, max(0, rest[0] - x))
    wide = most if top else most - least
    return Fraction(up - down, wide) if wide else Fraction(0)


def _by_rank(down: int, up: int, rest: list[int], wrong: tuple[int, int], _top: bool) -> Fraction:
    """The same of places: every third bid stands where it parts the two most."""
    x, y = wrong
    gained = 2 * _beats(up, down)  # in halves of places
    for votes in rest:
        low, high = max(0, votes - x), votes + y
        tried = {low, high, *(n for n in (down, up, down + 1, up - 1) if low <= n <= high)}
        gained += max(_beats(third, down) - _beats(third, up) for third in tried)
    return Fraction(gained, 2 * (len(rest) + 2))


def _beats(one: int, other: int) -> int:
    """Halves of a place: 1 ahead, 0 level, -1 behind."""
    return (one > other) - (one < other)
