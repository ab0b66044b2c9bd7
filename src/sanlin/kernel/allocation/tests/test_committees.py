"""Committees are elections of unit costs: the same committees as abcvoting, under every order of ties."""

import json
from itertools import permutations
from pathlib import Path

import pytest

from sanlin.kernel.allocation import (
    Bid,
    Limits,
    TieOrder,
    allocate,
    by_votes,
    equal_shares,
    phragmen,
)
from sanlin.kernel.profile import Profile

TOLD = json.loads((Path(__file__).parent / "abcvoting.json").read_text())


def count(rule, profile, bids, seats, ties):
    limits = Limits(seats)
    if rule == "av":
        return allocate(bids, limits, by_votes(bids), ties)
    if rule == "seqphragmen":
        return phragmen(profile, bids, limits, ties)
    completion = "utilitarian" if rule.endswith("av-completion") else "none"
    return equal_shares(profile, bids, limits, ties, utility="cardinality", completion=completion)


@pytest.mark.parametrize(
    "rule",
    ["seqphragmen", "av", "equal-shares-without-completion", "equal-shares-with-av-completion"],
)
def test_the_same_committees_as_abcvoting(rule):
    """Every order of ties gives a committee that the rule allows, and all of them are reached."""
    for told in TOLD["elections"]:
        keys = range(told["candidates"])
        ballots = [(tuple((key, 1) for key in ballot), 1) for ballot in told["ballots"]]
        profile = Profile.of(ballots, keys)
        bids = [Bid(key, 1, votes=votes) for key, votes in profile.votes().items()]
        found = set()
        for order in permutations(keys):
            ties = TieOrder(("lot",), {key: place for place, key in enumerate(order)})
            outcome = count(rule, profile, bids, told["seats"], ties)
            found.add(tuple(sorted(outcome.funded)))
            if len(found) == len(told[rule]):
                break
        assert found == {tuple(committee) for committee in told[rule]}
