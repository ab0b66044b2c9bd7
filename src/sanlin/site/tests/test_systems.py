"""The published programmes, each played from the draft to its first payments; its figures out of the records.

The 55 projects of 潍坊新村 are played by the demonstration itself (tests/test_matrix.py), the two years of 社区营造 by a story.
"""

import pytest
from django.test import Client

from sanlin.commons.funds.queries import position, wrong_books
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.projects.queries import position_of_round
from sanlin.ground import clock
from sanlin.site.demo import programmes

pytestmark = pytest.mark.django_db

# (projects, smallest, largest, all of them) in yuan.
PUBLISHED = {
    "xishan": (28, 150_000, 174_000, 4_518_000),
    "caiyun": (15, 3_000, 5_000, 60_000),
    "wenhua": (3, 30_000, 30_000, 90_000),
}


@pytest.mark.parametrize("system", PUBLISHED)
def test_a_programme_runs_from_its_draft_to_its_first_payments(system, monkeypatch):
    monkeypatch.setattr(clock, "set_demo_time", lambda _at: None)
    round = programmes.play(system)
    assert programmes.figures(round) == PUBLISHED[system]
    assert programmes.told(round).startswith(f"{round}：{PUBLISHED[system][0]}个项目，单项¥")
    assert round.pack_id == system
    rows = Project.objects.filter(round=round)
    fund = rows[0].fund
    money, stands = position_of_round(round), position(fund)
    assert money.approved == PUBLISHED[system][3] * 100
    assert (stands.source, stands.paid) == (round.rules.budget, money.paid)
    assert 0 < money.paid < money.approved
    assert wrong_books(fund) == []
    page = Client().get(f"/rounds/{round.pk}/projects/")
    assert page.status_code == 200
    check = globals()[f"check_{system}"]
    check(round, [row.undertaking.title for row in rows])


def check_xishan(round, titles):
    """4.5 million and more out of the district's pool; all seven themes."""
    assert round.rules.budget >= 4_500_000_00
    notice = Client().get(f"/rounds/{round.pk}/notice/").content.decode()
    assert "区级拨款" in notice
    won = Project.objects.filter(round=round).select_related("award__proposal")
    assert len({one.award.proposal.theme for one in won}) == 7
    child = ChildRound.objects.select_related("round", "project").get(project__round=round)
    assert programmes.figures(child.round) == (3, 10_000, 10_000, 30_000)
    assert position_of_round(child.round).paid == 15_000_00
    mother = Client().get(f"/projects/{child.project_id}/").content.decode()
    assert child.round.name in mother


def check_caiyun(round, titles):
    assert [theme.name for theme in round.rules.themes] == ["儿童", "老人", "文化", "培训", "体育"]


def check_wenhua(round, titles):
    assert sorted(titles) == ["丰华花苑微创投", "文华花园微创投", "雍翠华府微创投"]
