"""社区营造 over two years as the demonstration's own command plays it, in a street of four places.

The hundred projects, and what officers and teams click, are played by stories/test_two_years.py.
"""

from datetime import date

import pytest

from sanlin.commons.orgs.rules import can_apply
from sanlin.govern.projects.models import Project
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.site.demo import yingzao
from sanlin.site.demo.cast import DUTIES, at

pytestmark = pytest.mark.django_db
BUDGET = 12 * 80_000 * 100  # fen


def test_the_second_year_is_fewer_and_larger_without_those_that_failed(monkeypatch):
    monkeypatch.setattr(clock, "set_demo_time", lambda _at: None)
    for name, value in (("VILLAGES", 2), ("TOWNS", 2), ("BUDGET", BUDGET)):
        monkeypatch.setattr(yingzao, name, value)
    monkeypatch.setitem(yingzao.VALUES, "budget", BUDGET)
    for number, name in enumerate(("fang", *DUTIES)):
        Account.objects.create_user(name, None, name=name, phone=f"1990000000{number}")

    first = yingzao.year_one()
    # Three for each place: a fourth of 80,000 would pass the 300,000 of a community; half are rural.
    assert yingzao.figures(first) == "12 6 ¥80,000 ¥240,000 ¥960,000"
    assert (first.rules.project_cap, first.rules.community_cap) == (100_000_00, 300_000_00)

    second = yingzao.year_two()
    assert second.previous_id == first.pk
    assert yingzao.figures(second) == "8 4 ¥120,000 ¥240,000 ¥960,000"
    assert (second.rules.project_cap, second.rules.community_cap) == (150_000_00, 300_000_00)
    failed = [one.team for one in Project.objects.whole().filter(round=first, grade="poor")]
    assert len(failed) == 4
    assert [bool(can_apply(team, now=at(date(2017, 1, 10)))) for team in failed] == [False] * 4
    goes_on = {one.team.pk for one in Project.objects.whole().filter(round=second)}
    assert goes_on.isdisjoint(team.pk for team in failed)
