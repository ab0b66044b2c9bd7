"""Where a method counts whole ballots, they are published, and an officer has to agree to that."""

import pytest
from django.test import Client

from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.govern.awards import actions
from sanlin.govern.awards.queries import unique_ballots
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

from .test_methods import voted

pytestmark = pytest.mark.django_db


def signed(**values):
    round, _made, first = voted([20_000, 20_000, 9_000], [((0, 1), 5), ((2,), 1)], **values)
    decision = actions.decide(round, by=first, now=NOW)
    for who in (first, officer(round.street)):
        actions.sign(decision, by=who, now=NOW)
    decision.refresh_from_db()
    return decision, first


def test_totals_need_no_consent():
    decision, first = signed(method="votes")
    assert unique_ballots(decision) is None
    actions.publish(decision, by=first, now=NOW)


def test_whole_ballots_are_published_with_consent_only_and_the_log_says_how_many_are_unique():
    decision, first = signed(method="phragmen")
    assert unique_ballots(decision) == (1, 6)
    with pytest.raises(Refused, match="整张选票"):
        actions.publish(decision, by=first, now=NOW)
    actions.publish(decision, consent=True, by=first, now=NOW)
    line = Entry.objects.get(deed="awards.publish")
    assert line.told["data"]["unique_ballots"] == [1, 6]


def test_the_officer_reads_the_share_and_ticks_the_box():
    decision, first = signed(method="phragmen")
    client = Client()
    client.force_login(first)
    desk = f"/rounds/{decision.round_id}/decision/"
    page = client.get(desk).content.decode()
    assert "6张选票中有1张（16.6%）" in page
    client.post(f"/decisions/{decision.pk}/publish/", {"key": "a"})
    decision.refresh_from_db()
    assert decision.stage == "signed"
    client.post(f"/decisions/{decision.pk}/publish/", {"key": "b", "consent": "on"})
    decision.refresh_from_db()
    assert decision.stage == "published"
