"""Every limit that grants can break is found, alone, with its figures; and what keeps all is clean."""

from dataclasses import replace
from fractions import Fraction

import pytest

from sanlin.kernel.allocation import Bid, Floor, Limits, TierLimit, violations

ONE = Bid(1, 50, Fraction(80), 9, tier="a", team=5, community=7, theme="x", least=20, own_funds=10)
TWO = replace(ONE, key=2, votes=3, score=Fraction(60))
BOTH = {1: 50, 2: 50}


def codes(limits, grants=BOTH, extra=0):
    found = violations([ONE, TWO], limits, grants, extra=extra)
    return [(why.code, {k: v for k, v in why.figures if k in {"key", "over"}}) for why in found]


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (Limits(100), []),
        (Limits(99), [("budget", {"over": 1})]),
        (Limits(100, project_cap=49), [("project_cap", {"key": k, "over": 1}) for k in (1, 2)]),
        (Limits(100, team_cap=99), [("team_cap", {"over": 1})]),
        (Limits(100, community_cap=99), [("community_cap", {"over": 1})]),
        (Limits(100, theme_caps=(("x", 90),)), [("theme_cap", {"over": 10})]),
        (Limits(100, min_score=Fraction(61)), [("min_score", {"key": 2})]),
        (Limits(100, min_votes=4), [("min_votes", {"key": 2})]),
        (Limits(100, own_share=167), [("own_share", {"key": k}) for k in (1, 2)]),
        (Limits(100, own_share=166), []),
        (Limits(100, one_per_team=True), [("team_taken", {"key": 2})]),
        (Limits(100, exclusive=(frozenset({1, 2}),)), [("exclusive", {"key": 2})]),
        (Limits(100, requires=((1, 2), (2, 3))), [("requires", {"key": 2})]),
        (Limits(100, tiers=(TierLimit("a", places=1),)), [("places", {"over": 1})]),
        (Limits(100, tiers=(TierLimit("a", money=80),)), [("tier_money", {"over": 20})]),
        (
            Limits(100, tiers=(TierLimit("a", cap=40),)),
            [("tier_cap", {"key": k, "over": 10}) for k in (1, 2)],
        ),
        (Limits(100, tiers=(TierLimit("b"),)), [("no_tier", {"key": k}) for k in (1, 2)]),
        (Limits(100, floors=(Floor("theme", "x", 2, 100),)), []),
        (Limits(100, floors=(Floor("theme", "x", 3),)), [("floor_unmet", {})]),
        (Limits(100, floors=(Floor("community", 7, money=101),)), [("floor_unmet", {})]),
    ],
)
def test_one_limit_broken(limits, found):
    assert codes(limits) == found


def test_grants_that_may_not_be_given_at_all():
    assert codes(Limits(100), {1: 49}) == [("not_whole", {"key": 1})]
    assert codes(Limits(100, partial=True), {1: 49, 2: 20}) == []
    assert codes(Limits(100, partial=True), {1: 19}) == [("not_whole", {"key": 1})]
    assert codes(Limits(100), {1: 51}) == [("not_whole", {"key": 1})]
    assert codes(Limits(100), {9: 10}) == [("unknown", {"key": 9})]
    assert codes(Limits(90), extra=10) == []
    assert codes(Limits(90), extra=9) == [("budget", {"over": 1})]
