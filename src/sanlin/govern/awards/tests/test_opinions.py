"""Where a vote asked for opinions, those who agree decide, above the pack's threshold."""

import pytest

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.awards import actions as awards
from sanlin.govern.awards.models import Award
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.tests.vote import count, opened

pytestmark = pytest.mark.django_db
YES, NO = 1, 2


@pytest.mark.parametrize(("carried", "funded"), [("any", 2), ("more_for", 1)])
def test_what_more_are_against_than_for_is_no_bid(carried, funded):
    vote = opened(
        voters=3,
        proposals=2,
        vote__kind="stance",
        vote__carried=carried,
        award__method="votes",
        award__min_score=None,
    )
    one, two = vote.proposals
    for who in vote.voters:
        opinion = YES if who == vote.voters[0] else NO
        actions.cast(vote.fresh(), {one.pk: YES, two.pk: opinion}, by=who, now=NOW)
    decision = awards.decide(count(vote), by=vote.officer, now=vote.after)
    assert Award.objects.filter(decision=decision).count() == funded
    assert Award.objects.get(decision=decision, proposal=one).grant == one.asked
