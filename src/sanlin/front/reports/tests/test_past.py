"""A past day comes out of the log and the postings alone."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client

from sanlin.commons.funds import actions as funds
from sanlin.commons.people.tests import scene
from sanlin.front.reports.queries import past
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.journal.actions import deed, record

pytestmark = pytest.mark.django_db
NOW = scene.NOW
BACKEND = "django.contrib.auth.backends.ModelBackend"


@deed("test.tell")
def tell(row, *, by, now, **data):
    record(row, by=by, now=now, **data)
    return row


@deed("awards.decide")
def decide(row, awards, *, by, now):
    record(row, by=by, now=now, awards=awards)
    return row


@pytest.fixture
def street():
    return scene.street()


@pytest.fixture
def auditor(street):
    return scene.auditor(street.district)


def told(street, days):
    """A round with a proposal that went one step further each day, from `days` days ago on."""
    round = open_round("call", on=street)
    one = proposal(round, "submitted", title="花园")
    tell(round, by=None, now=NOW - timedelta(days=days))
    for ago, stage in ((days, "submitted"), (days - 1, "admitted")):
        Proposal.objects.filter(pk=one.pk).update(stage=stage)
        one.refresh_from_db()
        tell(one, by=None, now=NOW - timedelta(days=ago))
    move(round, "close_call", by=None, now=NOW)
    return round, one


def at(who, ago, round=None):
    until = NOW - timedelta(days=ago) + timedelta(minutes=1)
    return past(who, until, round and round.pk, now=NOW)


def test_each_day_shows_what_the_log_said_by_then(street, auditor):
    round, one = told(street, 5)
    Proposal.objects.filter(pk=one.pk).update(stage="refused")  # past every verb: not in the log
    Round.objects.filter(pk=round.pk).update(stage="closed")
    assert at(auditor, 6).rounds == []
    first, second, third = (at(auditor, ago) for ago in (5, 4, 0))
    assert [[(t.kind, t.name, t.stage, t.line) for t in day.things] for day in (first, second)] == [
        [("提案", "花园", "已提交", 6), ("轮次", str(round.pk), "征集", 5)],
        [("提案", "花园", "通过审查", 7), ("轮次", str(round.pk), "征集", 5)],
    ]
    assert [day.rounds for day in (first, second, third)] == [
        [(round, "征集")],
        [(round, "征集")],
        [(round, "形式审查")],
    ]
    assert [day.lines for day in (first, second, third)] == [6, 7, 8]


def test_awards_are_told_together_and_a_dropped_decision_tells_none(street, auditor):
    round, one = told(street, 5)
    decide(round, [[one.pk, "standing", 300_00]], by=None, now=NOW - timedelta(days=2))
    decide(round, [[one.pk, "cancelled", 0]], by=None, now=NOW - timedelta(days=1))

    @deed("awards.drop")
    def drop(row, *, by, now):
        record(row, by=by, now=now)
        return row

    drop(round, by=None, now=NOW)
    shown = [
        [(t.name, t.stage, t.amount) for t in at(auditor, ago).things if t.kind == "立项"]
        for ago in (3, 2, 1, 0)
    ]
    assert shown == [[], [("花园", "立项", 300_00)], [("花园", "取消立项", 0)], []]


def test_money_is_what_had_been_booked_by_then(street, auditor):
    told(street, 5)
    officer = scene.officer(street)
    fund = funds.open_fund(street, "自治金", by=officer, now=NOW - timedelta(days=4))
    cause = funds.Cause(fund, "拨入")
    funds.receive(fund, 900_00, cause=cause, by=officer, now=NOW - timedelta(days=3))
    assert at(auditor, 4).money == []
    (one,) = at(auditor, 0).money
    assert (one.name, one.source, one.cash, one.paid, one.owed) == ("自治金", 900_00, 900_00, 0, 0)


def test_an_auditor_sees_her_own_district_only(street, auditor):
    told(street, 5)
    far = scene.auditor(scene.district("远方区"))
    assert at(far, 0).rounds == []
    assert len(at(auditor, 0).rounds) == 1


def signed_in(who):
    client = Client()
    client.force_login(who, BACKEND)
    return client


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_asks_the_same_whatever_it_lists(street, auditor, n, django_assert_num_queries):
    round, _one = told(street, 5)
    for other in range(n):
        tell(proposal(round, "submitted", title=f"花园{other}"), by=None, now=NOW)
    client = signed_in(auditor)
    with django_assert_num_queries(11):
        page = client.get("/reports/past/").content.decode()
    assert page.count('<tr><th scope="row">花园') == n + 1


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2024-02-30", "没有这一天，下面是今天的状态。"),
        ("x", "没有这一天，下面是今天的状态。"),
        ("2999-01-01", "这一天还没有到，或者太早，下面是今天的状态。"),
        ("0001-01-01", "这一天还没有到，或者太早，下面是今天的状态。"),
    ],
)
def test_a_day_that_cannot_be_shown_is_said(street, auditor, day, sentence):
    page = signed_in(auditor).get(f"/reports/past/?day={day}&round={'9' * 30}")
    assert page.status_code == 200
    assert sentence in page.content.decode()


def test_the_workbook_holds_everything(street, auditor):
    told(street, 5)
    answer = signed_in(auditor).get("/reports/past/?format=xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert sheets.sheetnames == ["轮次", "各项状态", "资金"]
    assert next(row[:3] for row in sheets["各项状态"].iter_rows(min_row=2, values_only=True)) == (
        "提案",
        "花园",
        "通过审查",
    )


def test_nobody_else_looks_back(street):
    for who in (scene.officer(street), scene.resident()):
        assert signed_in(who).get("/reports/past/").status_code == 403
