"""Equal Shares with bounded overspending: the published examples, and the same as a plain count."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    Bid,
    Limits,
    TieOrder,
    UnsettledTie,
    certify,
    equal_shares,
    overspending,
    violations,
)
from sanlin.kernel.profile import Profile

from .test_own_money_keeps_limits import votes
from .test_own_money_laws import drawn, elections

ORDER = TieOrder(("votes", "cheaper", "lot"), {key: key for key in range(9)})


def offers(cost, owned):
    """Every (rank, −part, price) at which these supporters, (money, utility) each, can have a bid: one
    for each that gives all, and the one that pays for the whole."""
    if not cost:
        return [(Fraction(0), Fraction(-1), Fraction(0))]
    found = []
    for level in {money / utility for money, utility in owned if money}:
        paid = sum(min(money, level * utility) for money, utility in owned)
        if paid < cost:
            found.append((level, paid / cost))
    rich = sorted(owned, key=lambda it: it[0] / it[1])
    for many in range(len(rich)):
        owed = Fraction(cost) - sum(money for money, _ in rich[:many])
        level = owed / sum(utility for _, utility in rich[many:])
        if all(money <= level * u for money, u in rich[:many]) and all(
            money >= level * u for money, u in rich[many:]
        ):
            found.append((level, Fraction(1)))
    return [(level / part / part, -part, level / part) for level, part in found]


def plain(profile, bids, limits, ties, utility):
    """The rule as it is written down, voter by voter, without limits but the budget and rivals."""
    voters = [dict(chosen) for chosen, times in profile for _ in range(times)]
    money = [Fraction(limits.budget, len(voters))] * len(voters) if voters else []
    funded, parts, left = [], [], limits.budget
    by_key = {bid.key: bid for bid in bids}
    while True:
        best = {}
        for key, bid in by_key.items():
            unit = max(bid.cost, 1) if utility == "cost" else 1
            weigh = {
                n: v[key] if utility == "points" else 1 for n, v in enumerate(voters) if key in v
            }
            owned = [(money[n], weight * unit) for n, weight in weigh.items() if weight]
            barred = any({key, other} <= pair for pair in limits.exclusive for other in funded)
            if key in funded or bid.cost > left or barred or not owned:
                continue
            if found := offers(bid.cost, owned):
                best[key] = (*min(found), weigh, unit)
        if not best:
            return funded, parts
        rank = min(it[0] for it in best.values())
        key = min((key for key in best if best[key][0] == rank), key=ties.lot.__getitem__)
        _rank, part, price, weigh, unit = best[key]
        for n, weight in weigh.items():
            money[n] = max(money[n] - price * weight * unit, Fraction(0))
        funded.append(key)
        parts.append(-part)
        left -= by_key[key].cost


@pytest.mark.parametrize("part", range(5))
def test_it_is_the_plain_count(part):
    rng = np.random.default_rng(7000 + part)
    for _ in range(120):
        profile, bids, limits, ties, utility = drawn(rng)
        outcome = overspending(profile, bids, limits, ties, utility=utility)
        paid = [Fraction(outcome.step(key).reason.get("part") or 1) for key in outcome.funded]
        assert (list(outcome.funded), paid) == plain(profile, bids, limits, ties, utility)


def test_the_example_of_the_paper():
    names = "ABCDEF"
    ballots = ["A", "ABCE", "ABC", "ABC", "ABC", "ABF", "DE", "DE", "DEF", "CDF"]
    box = Profile.of([(tuple((names.index(it), 1) for it in one), 1) for one in ballots], range(6))
    costs = [300, 400, 300, 240, 170, 100]
    bids = [Bid(key, cost, votes=box.votes()[key]) for key, cost in enumerate(costs)]
    assert sorted(overspending(box, bids, Limits(1000), ORDER).funded) == [0, 2, 3, 5]


def test_a_project_of_nearly_all_does_not_fail_for_want_of_a_few():
    """403 want what costs all there is, 11 want a trifle: Equal Shares funds the trifle alone."""
    box = Profile.of([(((0, 1),), 403), (((1, 1),), 11)], range(2))
    bids = [Bid(0, 310_000, votes=403), Bid(1, 6_000, votes=11)]
    assert equal_shares(box, bids, Limits(310_000), ORDER).funded == (1,)
    outcome = overspending(box, bids, Limits(310_000), ORDER)
    assert outcome.funded == (0,)
    assert outcome.step(0).reason.get("part") == Fraction(403, 414)
    assert outcome.step(1).reason.code == "budget"


def test_one_who_values_little_does_not_decide():
    """A hundred voters, of whom one gives little to what the others want most."""
    box = Profile.of([(((0, 100), (1, 2)), 99), (((0, 1), (1, 2)), 1)], range(2))
    bids = [Bid(0, 1), Bid(1, 1)]
    outcome = overspending(box, bids, Limits(1), ORDER, utility="points")
    assert outcome.funded == (0,)


@given(votes())
@settings(max_examples=60)
def test_no_limit_is_broken(given_votes):
    profile, asked = given_votes
    outcome = overspending(profile, asked.bids, asked.limits, asked.ties)
    assert violations(asked.bids, asked.limits, dict(outcome.grants)) == outcome.unmet
    assert len(outcome.steps) == len(asked.bids)


@given(elections(), st.integers(2, 50), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_unit_and_order_change_nothing(asked, by, chance):
    profile, bids, limits, ties, utility = asked
    outcome = overspending(profile, bids, limits, ties, utility=utility)
    rows = list(profile)
    chance.shuffle(rows)
    mixed = Profile.of(rows, profile.keys)
    dear = [replace(bid, cost=bid.cost * by) for bid in bids]
    chance.shuffle(dear)
    again = overspending(
        mixed, dear, replace(limits, budget=limits.budget * by), ties, utility=utility
    )
    assert again.funded == outcome.funded


def test_equals_without_a_rule_have_no_outcome():
    box = Profile.of([(((0, 1),), 1), (((1, 1),), 1)], range(2))
    with pytest.raises(UnsettledTie):
        overspending(box, [Bid(0, 5), Bid(1, 5)], Limits(10), TieOrder(("votes",)))


def test_its_limits_can_be_certified():
    box = Profile.of([(((0, 1),), 2), (((1, 1),), 2)], range(2))
    bids = [Bid(0, 30), Bid(1, 20)]
    outcome = overspending(box, bids, Limits(40), ORDER)
    proofs = {it.name: it.holds for it in certify(outcome, box, bids, Limits(40))}
    assert proofs["limits"]
    assert "prices" not in proofs
