"""The published programmes, each played from the draft to its first payments; its figures out of the records.

The 55 projects of 潍坊新村 are played by the demonstration itself (tests/test_matrix.py), the two years of 社区营造 by a story.
"""

from dataclasses import replace

import pytest
from django.test import Client

from sanlin.commons.funds.queries import position, wrong_books
from sanlin.govern.projects.models import ChildRound, Project
from sanlin.govern.projects.queries import children_of, position_of_round
from sanlin.ground import clock
from sanlin.site.demo import programmes
from sanlin.site.demo.programmes import Bid

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
    assert position_of_round(child.round).paid == 21_000_00  # 70 % of each first
    mother = Client().get(f"/projects/{child.project_id}/").content.decode()
    assert child.round.name in mother


def check_caiyun(round, titles):
    assert [theme.name for theme in round.rules.themes] == ["儿童", "老人", "文化", "培训", "体育"]


def check_wenhua(round, titles):
    assert sorted(titles) == ["丰华花苑微创投", "文华花园微创投", "雍翠华府微创投"]


@pytest.mark.parametrize("decides", ["votes", "blend"])
def test_a_small_round_is_decided_by_its_residents_too(decides, monkeypatch):
    """A small round by vote, or by marks and vote together, from its leader's answers to its payments."""
    monkeypatch.setattr(clock, "set_demo_time", lambda _at: None)
    groups = tuple(
        Bid(f"演示{name}小组", f"{name}小组", 0, 1_000, 16 - n, 3 - n)
        for n, name in enumerate(("浇水", "读报", "修伞"))
    )
    tiny = programmes.SYSTEMS["xishan"]()
    mother = replace(tiny.bids[0], votes=6)
    tiny = replace(tiny, bids=(mother,), places=tiny.places[:1], groups=groups, decides=decides)
    tiny = replace(tiny, source=("district", "资金池", mother.asked))
    monkeypatch.setitem(programmes.SYSTEMS, "xishan", lambda: tiny)
    round = programmes.play("xishan")
    child = ChildRound.objects.select_related("round", "project").get(project__round=round)
    assert child.round.rules.award.method == decides
    assert programmes.figures(child.round) == (3, 1_000, 1_000, 3_000)
    assert position_of_round(child.round).paid == 2_100_00
    assert wrong_books(Project.objects.get(round=round).fund) == []
    (told,) = children_of(child.project)
    assert (told.groups, told.granted, told.passed_on, told.shown) == (3, 3_000_00, 2_100_00, 0)
    for page in ("notice", "projects"):
        assert Client().get(f"/rounds/{child.round_id}/{page}/").status_code == 200
