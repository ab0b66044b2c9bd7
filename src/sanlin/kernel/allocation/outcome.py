"""What goes into a count and what comes out of it: frozen values, money in whole fen."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sanlin.kernel.reason import Reason

__all__ = [
    "Bid",
    "Floor",
    "Limits",
    "Line",
    "Outcome",
    "Purchase",
    "Reason",
    "Shares",
    "Step",
    "Tie",
    "TierLimit",
]


@dataclass(frozen=True)
class Bid:
    """One proposal as the count sees it: a number, an amount, and what it earned.

    `cost` is what it asks for, in fen; `score` the judges' mark, None where nobody marked it (a
    blank is not a zero); `least` the smallest grant it would still accept, None for all or nothing.
    `own_funds` (fen) come on top of the cost; `sent`, its number in the order of submission, only
    parts ties. `onsite` is how many of its votes were cast on site, for blends that weigh them apart.
    """

    key: int
    cost: int
    score: Fraction | None = None
    votes: int = 0
    tier: str | None = None
    team: int | None = None
    community: int | None = None
    theme: str | None = None
    least: int | None = None
    own_funds: int = 0
    sent: int | None = None
    onsite: int = 0


@dataclass(frozen=True)
class TierLimit:
    """One tier: how many may be funded, with how much money, and at most how much each (fen)."""

    key: str
    places: int | None = None
    money: int | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Floor:
    """What one group gets at least: so many projects, and so much money in all (fen).

    `kind` is tier, community or theme, and `name` the group's key as the bids have it.
    """

    kind: str
    name: str | int
    projects: int = 0
    money: int = 0

    def holds(self, bid: Bid) -> bool:
        """Whether this bid belongs to the group."""
        own: str | int | None = getattr(bid, self.kind)
        return own == self.name


@dataclass(frozen=True)
class Limits:
    """Everything that a count must keep. None means that there is no such limit.

    `theme_caps` are (theme, fen) pairs; `exclusive` sets of keys of which one at most is funded;
    `partial` allows a grant below the amount asked where the bid names its `least`; `reserve` is
    the number of places on the reserve list of each tier (of the round where there are no tiers);
    `topup` is the permille of its cost that must be left for the last bid under rule "topup";
    `floors` say what groups get at least, the more important ones first; `requires` are pairs of
    keys, of which the first is funded only where the second is; `own_share` is the least permille
    of the whole (cost and own funds) that a bid brings itself.
    """

    budget: int
    tiers: tuple[TierLimit, ...] = ()
    project_cap: int | None = None
    team_cap: int | None = None
    community_cap: int | None = None
    theme_caps: tuple[tuple[str, int], ...] = ()
    min_score: Fraction | None = None
    min_votes: int | None = None
    exclusive: tuple[frozenset[int], ...] = ()
    one_per_team: bool = False
    partial: bool = False
    reserve: int = 0
    topup: int = 800
    floors: tuple[Floor, ...] = ()
    requires: tuple[tuple[int, int], ...] = ()
    own_share: int = 0

    def tier(self, key: str | None) -> TierLimit | None:
        """The limits of this tier, or None where the round has no such tier."""
        return next((tier for tier in self.tiers if tier.key == key), None)


@dataclass(frozen=True)
class Step:
    """What happened when the count came to one bid; `left` is the budget after it, in fen."""

    key: int
    funded: bool
    grant: int
    left: int
    reason: Reason


@dataclass(frozen=True)
class Tie:
    """Bids that stood level, in the order in which they were then taken, and what parted them.

    `split` says that some of them were funded and others were not, so that this tie mattered.
    """

    keys: tuple[int, ...]
    settled_by: str
    split: bool = False


@dataclass(frozen=True)
class Line:
    """Where one tier (None: the round) was cut: the last standing in and the first one out.

    `first_out` is the best standing behind the last bid that was funded; where nobody stands there
    it is the minimum that the rules ask for, and None where they ask for none.
    """

    tier: str | None
    last_in: Fraction | None
    first_out: Fraction | None


@dataclass(frozen=True)
class Purchase:
    """One bid bought by its supporters out of money of their own, in fen.

    `price` is what a unit of utility cost: a supporter who values the bid at u units paid
    min(price × u, all that was left); where the method is Phragmén's, it is the load that every
    supporter carries afterwards. `payers` is how many voters paid, `emptied` how many of them gave
    all that was left to them, `left` how much money all voters together still had afterwards.
    """

    key: int
    price: Fraction
    payers: int
    emptied: int
    left: Fraction


@dataclass(frozen=True)
class Shares:
    """How the voters' own money was spent, so that anybody can check it.

    `each` is what every voter had at the beginning, in fen; `raises` how many times Add1 raised it
    by `step` fen; `stopped` why it was raised no further: overshoot (the next raise would have spent
    more than the budget), exhausted (no bid fitted any more) or served (nobody lacked money), empty
    where it was not raised at all. `purchases` are in their order; `completed` the bids that were
    funded afterwards, out of what the voters' money left of the budget. `preferred` says, where the
    outcome was compared with the greedy one, how many voters are better off with Equal Shares and
    how many with greedy.
    """

    utility: str
    completion: str
    voters: int
    each: Fraction
    purchases: tuple[Purchase, ...]
    step: int = 0
    raises: int = 0
    stopped: str = ""
    completed: tuple[int, ...] = ()
    preferred: tuple[int, int] | None = None


@dataclass(frozen=True)
class Outcome:
    """The result with every step that led to it.

    `funded` is in the order of funding; `grants` are (key, fen) pairs in the same order; `left` is
    what remains of the budget; `extra` is what a top-up takes from outside the budget. `unit` names
    what the bids were ranked by, in which standings and lines are given: score, votes or blend.
    `shares` says how voters' own money was spent, None under a method that gives them none.
    `unmet` says of every floor that was not reached how far the count came ("floor_unmet").
    """

    funded: tuple[int, ...]
    grants: tuple[tuple[int, int], ...]
    reserve: tuple[int, ...]
    left: int
    steps: tuple[Step, ...]
    ties: tuple[Tie, ...]
    lines: tuple[Line, ...]
    rule: str
    unit: str
    extra: int = 0
    shares: Shares | None = None
    unmet: tuple[Reason, ...] = ()

    def grant(self, key: int) -> int:
        """What this bid receives, in fen; 0 where it is not funded."""
        return dict(self.grants).get(key, 0)

    def step(self, key: int) -> Step:
        """The step that dealt with this bid; raises KeyError where no bid has this key."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def line(self, tier: str | None) -> Line | None:
        """The line of this tier."""
        return next((line for line in self.lines if line.tier == tier), None)

    def as_data(self) -> dict[str, Any]:
        """The same as dicts, lists, texts and whole numbers; a fraction is the text "n/d".

        Without `shares` where the voters had no money of their own.
        """
        data: dict[str, Any] = _plain(self)
        if self.shares is None:
            del data["shares"]
        return data


def _plain(value: object) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Reason):
        return {"code": value.code, "figures": {name: _plain(it) for name, it in value.figures}}
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value
