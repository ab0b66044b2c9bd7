"""When a rule applies: under which others."""

from __future__ import annotations

from sanlin.kernel.packs.fields import When

REVIEW = (When("stages.review", (True,)),)
VOTE = (When("stages.vote", (True,)),)
CHOOSE = (*VOTE, When("vote.kind", ("approve_k", "rank")))
STANCE = (*VOTE, When("vote.kind", ("stance",)))
POINTS = (*VOTE, When("vote.kind", ("points",)))
BLEND = (When("award.method", ("blend",)),)
PUBLIC = (When("award.method", ("blend", "votes")),)
SHARES = (When("award.method", ("equal_shares",)),)
UTILITY = (When("award.method", ("equal_shares", "welfare")),)
CHANNELS = (
    *BLEND,
    When("stages.vote", (True,)),
    When("vote.kind", ("approve_k", "knapsack", "rank", "points")),
    When("vote.paper", (True,)),
)
COUNTED = (When("award.method", ("blend", "votes", "equal_shares", "phragmen", "welfare")),)
PARTIAL = (When("award.partial", ("remainder",)),)
