"""The limits of a round, asked bid by bid, in one stated order. Every method asks here.

Before the count a bid is set aside: no standing, no tier, score or votes below the minimum, too
little of its own money, dearer than the cap of its tier or of a project. In the count, in this
order: an excluded rival, the team's other bid, a bid that it depends on, the places of the tier,
then the money of the tier, of the community, of the team, of the theme, and of the budget. What has to
be kept for floors is asked last, and in `floors`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanlin.kernel.allocation.outcome import Bid, Limits
from sanlin.kernel.reason import Reason

Pot = tuple[str, str | int | None]

WAITS = "requires"
"""The one refusal that is not final: the bid may be asked again when the other one is funded."""


def screen(bid: Bid, limits: Limits, standing: Fraction | None) -> Reason | None:
    """Why this bid does not take part in the count at all, or None where it does."""
    if standing is None:
        return Reason("no_score")
    if limits.tiers and limits.tier(bid.tier) is None:
        return Reason.of("no_tier", tier=bid.tier)
    return _minimum(bid, limits) or _own_money(bid, limits) or _oversize(bid, limits)


def _minimum(bid: Bid, limits: Limits) -> Reason | None:
    if limits.min_score is not None:
        if bid.score is None:
            return Reason("no_score")
        if bid.score < limits.min_score:
            short = limits.min_score - bid.score
            return Reason.of("min_score", least=limits.min_score, own=bid.score, short=short)
    if limits.min_votes is not None and bid.votes < limits.min_votes:
        short_votes = limits.min_votes - bid.votes
        return Reason.of("min_votes", least=limits.min_votes, own=bid.votes, short=short_votes)
    return None


def _own_money(bid: Bid, limits: Limits) -> Reason | None:
    least = -(-(bid.cost + bid.own_funds) * limits.own_share // 1000)
    if bid.own_funds >= least:
        return None
    short = least - bid.own_funds
    share = limits.own_share
    return Reason.of("own_share", least=least, own=bid.own_funds, short=short, share=share)


def _oversize(bid: Bid, limits: Limits) -> Reason | None:
    for code, cap in own_caps(bid, limits):
        if smallest(bid, limits) > cap:
            short = bid.cost - cap
            cut = short if cap > 0 else None
            return Reason.of(code, cap=cap, cost=bid.cost, short=short, cut=cut)
    return None


def own_caps(bid: Bid, limits: Limits) -> list[tuple[str, int]]:
    """The caps on this one bid, by the code of their refusal."""
    tier = limits.tier(bid.tier)
    caps = [("tier_cap", tier.cap if tier else None), ("project_cap", limits.project_cap)]
    return [(code, cap) for code, cap in caps if cap is not None]


def smallest(bid: Bid, limits: Limits) -> int:
    """The smallest grant that can be offered: all of the cost, or `least` where parts may be."""
    return bid.cost if bid.least is None or not limits.partial else bid.least


def largest(bid: Bid, limits: Limits) -> int:
    """The largest grant that the caps on this one bid allow."""
    return min([bid.cost, *(cap for _, cap in own_caps(bid, limits))])


@dataclass(frozen=True)
class Offer:
    """What can be granted now, in fen."""

    grant: int


class Books:
    """What has been granted so far and what room that leaves. Changes by `take` alone.

    Floors are looked after by the books of `floors.books_for`.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.spent: Counter[Pot] = Counter()
        self.seats: Counter[str | None] = Counter()
        self.by_team: dict[int, int] = {}
        self.funded: set[int] = set()
        self.extra = 0
        self._themes = dict(limits.theme_caps)
        self._needs: dict[int, list[int]] = {}
        for key, other in limits.requires:
            self._needs.setdefault(key, []).append(other)

    @property
    def left(self) -> int:
        """What remains of the budget, in fen."""
        return self.limits.budget + self.extra - self.spent["budget", None]

    def ask(self, bid: Bid) -> Offer | Reason:
        """The grant that every limit allows, or the first limit that does not.

        The reason carries `short`, by how much the first full pot falls short of the cost, and,
        where some room is left everywhere, `cut`: the smallest cut in the cost that fits them all.
        """
        barred = self._barred(bid)
        if barred:
            return barred
        rooms = [(code, cap, cap - self.spent[code, name]) for code, name, cap in self._pots(bid)]
        room = min([room for _, _, room in rooms] + [cap for _, cap in own_caps(bid, self.limits)])
        if room >= smallest(bid, self.limits):
            return Offer(min(room, bid.cost))
        code, cap, own = next(it for it in rooms if it[2] < smallest(bid, self.limits))
        cut = bid.cost - room if room > 0 else None
        return Reason.of(code, cap=cap, left=own, cost=bid.cost, short=bid.cost - own, cut=cut)

    def awaits(self, bid: Bid) -> int | None:
        """The key of the first bid that this one depends on and that is not funded, if any."""
        needs = self._needs.get(bid.key, ())
        return next((other for other in needs if other not in self.funded), None)

    def _barred(self, bid: Bid) -> Reason | None:
        for rivals in self.limits.exclusive:
            rival = min((rivals & self.funded) - {bid.key}, default=None)
            if bid.key in rivals and rival is not None:
                return Reason.of("exclusive", other=rival)
        if self.limits.one_per_team and bid.team in self.by_team:
            return Reason.of("team_taken", other=self.by_team[bid.team])
        needed = self.awaits(bid)
        if needed is not None:
            return Reason.of(WAITS, other=needed)
        tier = self.limits.tier(bid.tier)
        if tier and tier.places is not None and self.seats[bid.tier] >= tier.places:
            return Reason.of("places", places=tier.places)
        return None

    def _pots(self, bid: Bid) -> list[tuple[str, str | int | None, int]]:
        tier = self.limits.tier(bid.tier)
        pots: list[tuple[str, str | int | None, int | None]] = [
            ("tier_money", bid.tier, tier.money if tier else None),
            ("community_cap", bid.community, self.limits.community_cap),
            ("team_cap", bid.team, self.limits.team_cap),
            ("theme_cap", bid.theme, self._themes.get(bid.theme) if bid.theme else None),
        ]
        owned = [
            (code, name, cap) for code, name, cap in pots if cap is not None and name is not None
        ]
        return [*owned, ("budget", None, self.limits.budget)]

    def take(self, bid: Bid, grant: int, extra: int = 0) -> None:
        """Enter a grant, `extra` fen of which come from outside the budget."""
        self.extra += extra
        for code, name, _ in self._pots(bid):
            self.spent[code, name] += grant
        self.seats[bid.tier] += 1
        self.funded.add(bid.key)
        if bid.team is not None:
            self.by_team.setdefault(bid.team, bid.key)


def in_turn(queue: Sequence[Bid], books: Books, deal: Callable[[Bid], None]) -> None:
    """Call `deal` once for every bid, in order; a bid that depends on one that is still to come
    waits, and comes right behind it.
    """
    still_open = {bid.key for bid in queue}
    waiting: dict[int, list[Bid]] = defaultdict(list)

    def come(bid: Bid) -> None:
        other = books.awaits(bid)
        if other is not None and other in still_open:
            waiting[other].append(bid)
            return
        deal(bid)
        still_open.remove(bid.key)
        for held in waiting.pop(bid.key, ()):
            come(held)

    for bid in queue:
        come(bid)
