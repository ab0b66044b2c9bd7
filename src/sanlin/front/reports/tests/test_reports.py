"""Figures come out of records: what was handed in, admitted, funded, voted."""

import io

import openpyxl
import pytest
from django.test import Client

from sanlin.commons.people.tests import scene
from sanlin.front.reports.queries import report
from sanlin.govern.awards.models import Award, Decision
from sanlin.govern.projects.models import Circle
from sanlin.govern.proposals.tests.scene import proposal, team
from sanlin.govern.rounds.tests.scene import open_round

pytestmark = pytest.mark.django_db
NOW = scene.NOW


@pytest.fixture
def street():
    return scene.street()


def funded(round, proposals):
    """A published decision that funds all of `proposals` with what they asked."""
    decision = Decision.objects.create(
        round=round,
        number=1,
        stage="published",
        inputs=b"{}",
        outcome=b"{}",
        fingerprint="0" * 64,
        decided_at=NOW,
        published_at=NOW,
    )
    for place, one in enumerate(proposals, start=1):
        Award.objects.create(
            decision=decision,
            proposal=one,
            stage="standing",
            grant=one.asked,
            tier=one.tier,
            place=place,
            reason={"code": "funded", "figures": {}},
        )


def test_the_figures_of_the_real_round(street):
    """S2: 29 committees, 55 projects of which 8, 21 and 26 in its three tiers."""
    round = open_round("notice", on=street)
    places = [scene.neighbourhood(street, f"{n}号居民区") for n in range(1, 30)]
    teams = [team(place)[0] for place in places]
    tiers = [tier.key for tier in round.rules.tiers]
    wanted = [tiers[0]] * 8 + [tiers[1]] * 21 + [tiers[2]] * 26
    made = [
        proposal(round, "admitted", team=teams[n % 29], tier=tier, asked=(n + 1) * 100_00)
        for n, tier in enumerate(wanted)
    ]
    funded(round, made)
    for name in ("群体融入", "邻里会客厅", "社区小花园", "团队培育", "楼道美化", "公益服务"):
        Circle.objects.create(round=round, name=name)
    proposal(round, "refused", team=teams[0], tier=tiers[0], asked=7_00)
    proposal(round, "draft", team=teams[0])
    shown = report(round, now=NOW)
    assert shown.places == 29
    assert (shown.whole.proposals, shown.whole.admitted, shown.whole.funded) == (56, 55, 55)
    assert [row.funded for row in shown.cuts[0].rows] == [8, 21, 26]
    assert shown.whole.granted == sum(range(1, 56)) * 100_00
    assert shown.whole.asked == shown.whole.granted + 7_00
    assert len(shown.cuts[2].rows) == 29
    assert shown.funded.total == 55
    assert len(shown.circles) == 6
    assert shown.funded.sums == [8, 21, 26]
    page = Client().get(f"/reports/rounds/{round.pk}/").content.decode()
    for figure in ("<dd>29</dd>", "<dd>55</dd>", "<dd>56</dd>"):
        assert figure in page


def test_the_workbook_holds_every_cut(street):
    round = open_round("notice", on=street)
    place = scene.neighbourhood(street, "=潍坊一村")
    funded(round, [proposal(round, "admitted", team=team(place)[0], asked=1_000_50)])
    answer = Client().get(f"/reports/rounds/{round.pk}/?format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["按类别", "按主题", "按居民区", "投票率"]
    row = [cell.value for cell in book["按居民区"][2]]
    assert row == ["=潍坊一村", 1, 1, 1, 1000.5, 1000.5]
    assert book["按居民区"]["A2"].data_type == "s"


def test_a_report_is_the_staffs_until_the_notice(street):
    officer = scene.officer(street)
    round = open_round("review", by=officer, on=street)
    address = f"/reports/rounds/{round.pk}/"
    it = Client()
    assert it.get(address).status_code == 302
    it.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert "还没有提交的提案" in it.get(address).content.decode()
    it.force_login(scene.officer(), backend="django.contrib.auth.backends.ModelBackend")
    assert it.get(address).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_a_report_reads_as_often_for_three_as_for_one(street, rows, django_assert_num_queries):
    round = open_round("notice", on=street)
    made = [
        proposal(round, "admitted", team=team(scene.neighbourhood(street))[0]) for _n in range(rows)
    ]
    funded(round, made)
    with django_assert_num_queries(6):
        report(round, now=NOW)
