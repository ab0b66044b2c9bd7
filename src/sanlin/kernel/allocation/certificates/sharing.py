"""EJR+ up to any project: whether some group of voters is owed a bid that was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from sanlin.kernel.allocation.certificates.certificate import Certificate
from sanlin.kernel.allocation.certificates.keeping import takes_part
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome
from sanlin.kernel.allocation.shares.field import Field, Good
from sanlin.kernel.profile import Ints, Profile

HAIR = 1e-9


def represents(
    outcome: Outcome, profile: Profile, bids: Sequence[Bid], limits: Limits
) -> Certificate:
    """No group is owed a bid that was left out.

    A group of k voters out of n, each of whom values the bid at a or more, is owed it where
    u + a ≤ a × k × budget ÷ (n × cost) for each of them, u being the utility that the voter has
    from the outcome. It is enough to look, for every bid and every a, at those who have least: the
    k voters with least utility are a group as soon as any k voters are. So all are found in
    O(choices × log(choices)) for approvals.

    Figures: bids looked at, budget, voters; where a group is owed one: key, group (k), owed (the
    right side less a: what one of them should have had at the least), has (the most that any of
    them has). Witness: the same as (key, group, owed, has) for every such bid, its largest group.
    """
    utility = outcome.shares.utility if outcome.shares else "cost"
    inside = [replace(bid, least=None) for bid in bids if takes_part(bid, limits, outcome)]
    goods = Field.of(profile, inside, utility).goods
    funded = set(outcome.funded)
    worth = np.zeros(profile.rows, np.int64)
    for good in goods:
        if good.key in funded:
            worth[good.rows] += good.weights * good.unit
    others = [good for good in goods if good.key not in funded]
    owed = [it for good in others if (it := _group(good, worth, profile, limits.budget))]
    worst = owed[0] if owed else (None, None, None, None)
    return Certificate.of(
        "ejr+",
        not owed,
        tuple(owed),
        bids=len(others),
        budget=limits.budget,
        voters=profile.voters,
        key=worst[0],
        group=worst[1],
        owed=worst[2],
        has=worst[3],
    )


def _group(
    good: Good, worth: Ints, profile: Profile, budget: int
) -> tuple[int, int, Fraction, int] | None:
    """The largest group that is owed this bid: (key, group, owed, has), or None."""
    if good.bid.cost == 0:
        return None
    weights = good.weights
    for least in sorted(set(weights.tolist())):
        rows = good.rows[weights >= least]
        order = rows[np.argsort(worth[rows], kind="stable")]
        sizes, has = np.cumsum(profile.times[order]), worth[order]
        value = least * good.unit
        # What a voter of the group should have had, as k × slope − value: floats only choose which
        # of them are looked at; a relative error of 1e-9 is far more than four operations can make.
        slope = float(value) * budget / (float(profile.voters) * good.bid.cost)
        limit = sizes * slope - value
        near = np.flatnonzero(has <= limit + HAIR * (np.abs(limit) + value + 1))
        for at in near[::-1].tolist():
            size, most = int(sizes[at]), int(has[at])
            owed = Fraction(value * size * budget, profile.voters * good.bid.cost) - value
            if most <= owed:
                return good.key, size, owed, most
    return None
