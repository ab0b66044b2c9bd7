"""What the simple rule misses under the limits of published programmes, and that no more is missed."""

from itertools import combinations

import pytest

from sanlin.kernel.allocation import (
    Bid,
    Limits,
    Question,
    TieOrder,
    TierLimit,
    by_votes,
    certify,
    missed,
    violations,
)
from sanlin.kernel.packs import complete
from sanlin.kernel.packs.tests.shipped import filled

WAN = 10_000_00
LOT = TieOrder(("lot",), {key: key for key in range(1, 99)})


def rules(pack, **values):
    found, suggested = filled(pack)
    return complete(found, {**suggested, **values})


def limits(made):
    return Limits(
        made.budget,
        tiers=tuple(TierLimit(it.key, it.places, it.money, it.cap) for it in made.tiers),
        project_cap=made.project_cap,
        community_cap=made.community_cap,
    )


def most_votes(bids, held):
    """The most votes of any set that keeps the limits, by trying every set."""
    sets = (
        {bid.key: bid.cost for bid in group}
        for many in range(len(bids) + 1)
        for group in combinations(bids, many)
    )
    votes = {bid.key: bid.votes for bid in bids}
    return max(sum(votes[key] for key in it) for it in sets if not violations(bids, held, it))


def test_two_ceilings_at_once():
    """Chengdu 2017: 100,000 a project, 300,000 a community; three communities, 700,000 in all."""
    held = limits(rules("chengdu", budget="70万"))
    assert (held.project_cap, held.community_cap) == (10 * WAN, 30 * WAN)
    asked = [
        *((1, 10, 90), (1, 10, 80), (1, 9, 75), (1, 6, 60)),
        *((2, 10, 85), (2, 10, 70), (2, 8, 50), (2, 6, 45)),
        *((3, 9, 65), (3, 8, 55), (3, 7, 30)),
    ]
    bids = tuple(
        Bid(key, cost * WAN, votes=votes, community=community)
        for key, (community, cost, votes) in enumerate(asked, start=1)
    )
    found = missed(Question(bids, held, by_votes(bids), LOT))
    assert found.simple.funded == (1, 5, 2, 3, 6, 9, 10)
    assert found.best.funded == (1, 5, 2, 6, 9, 4, 10, 8)
    assert (found.votes, found.money, found.gained, found.lost) == (30, 3 * WAN, (4, 8), (3,))
    best = sum(bid.votes for bid in bids if bid.key in found.best.funded)
    assert best == most_votes(bids, held)
    proof = certify(found.best, None, bids, held)[-1]
    assert (proof.name, proof.holds, proof.get("value")) == ("optimal", True, best)


@pytest.mark.parametrize(("money", "lost"), [("16万", 0), ("8万", 68)])
def test_tiers_with_places_and_money(money, lost):
    """Weifang 2024: where each of 8 places can be paid, rank is best; with half the money it is not."""
    held = limits(rules("weifang", **{"tiers.shifan.money": money, "tiers.shifan.cap": "2万"}))
    costs = (20, 20, 20, 18, 16, 12, 8, 8, 7, 7, 6, 5)
    bids = tuple(
        Bid(key, cost * WAN // 10, votes=30 - key, tier="shifan")
        for key, cost in enumerate(costs, start=1)
    )
    found = missed(Question(bids, held, by_votes(bids), LOT))
    best = sum(bid.votes for bid in bids if bid.key in found.best.funded)
    assert best == most_votes(bids, held)
    assert found.votes == lost
