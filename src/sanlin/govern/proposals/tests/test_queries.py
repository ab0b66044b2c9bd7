import pytest

from sanlin.commons.people.tests.scene import neighbourhood, street
from sanlin.govern.proposals import queries, stages

from . import town
from .scene import proposal, team

pytestmark = pytest.mark.django_db


def test_admitted_are_those_that_passed_by_number():
    round, other = town.open_round(), town.open_round()
    second, first = proposal(round, number=2), proposal(round, number=1)
    for stage in stages.PROPOSAL.stages():
        if stage != stages.ADMITTED:
            proposal(round, stage)
    proposal(other)
    assert list(queries.admitted(round)) == [first, second]


def test_what_is_asked_is_added_up_by_tier_and_neighbourhood():
    round = town.open_round(on=street())
    one = neighbourhood(round.street, "一村", code="N1")
    two = neighbourhood(round.street, "二村", code="N2")
    for place, tier, asked in (
        (one, "big", 10),
        (one, "big", 20),
        (one, "small", 5),
        (two, "big", 7),
    ):
        proposal(round, stages.SUBMITTED, team=team(place)[0], tier=tier, asked=asked)
    proposal(round, stages.REFUSED, team=team(two)[0], asked=1_000)
    assert [
        (row["place"], row["tier"], row["proposals"], row["asked"]) for row in queries.totals(round)
    ] == [
        ("一村", "big", 2, 30),
        ("一村", "small", 1, 5),
        ("二村", "big", 1, 7),
    ]
