"""A team that is barred does not apply, by the form or by the street's list."""

from datetime import date

import pytest

from sanlin.commons.orgs import actions as orgs
from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer
from sanlin.govern.proposals import actions
from sanlin.govern.proposals.rules import can_begin_for
from sanlin.govern.proposals.tests.scene import team
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


def test_a_barred_team_reads_until_when_and_why_and_a_lifted_bar_is_none():
    place = neighbourhood()
    made, leader = team(place, name="违约队")
    round = open_round(on=place.street)
    first, second = officer(place.street), officer(place.street)
    bar = orgs.bar(made, date(2026, 1, 1), "上一轮收款后失联", by=first, now=NOW)
    told = "违约队在2026年1月1日前不得申报：上一轮收款后失联"
    assert can_begin_for(leader, round, made, place, now=NOW).reason == told
    with pytest.raises(Refused, match="不得申报"):
        actions.begin(round, team=made, place=place, by=leader, now=NOW)
    orgs.ask_to_lift(bar, "已经退款并说明", by=first, now=NOW)
    orgs.lift_bar(bar, by=second, now=NOW)
    assert actions.begin(round, team=made, place=place, by=leader, now=NOW)
