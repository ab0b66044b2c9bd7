"""The public checks of a round's money: green where all is well, and each planted fault in words."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanlin.commons.funds import actions as funds
from sanlin.commons.people.tests import scene
from sanlin.front.reports.queries import checks
from sanlin.govern.awards.models import Objection
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.models import Agreement, Instalment, Project, Refund
from sanlin.govern.projects.tests.scene import NOW, pay, project, running_round, signed
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


def wrong(round):
    found = checks(Round.objects.get(pk=round.pk))
    return [one.title for one in (*found.money, *found.books) if not one.holds]


def paid_project():
    one = project(stage="running")
    pay(one, one.instalments.order_by("place")[0].key)
    return Project.objects.get(pk=one.pk)


def test_a_round_that_is_in_order_says_so(client):
    one = paid_project()
    found = checks(one.round)
    assert found.holds
    assert [len(found.money), len(found.books)] == [6, 5]
    shown = client.get(f"/reports/rounds/{one.round_id}/checks/").content.decode()
    assert "每一项都成立" in shown
    assert "已拨款1笔，条件不具备的0笔" in shown
    listing = client.get("/reports/checks/").content.decode()
    assert f"/reports/rounds/{one.round_id}/checks/" in listing


def test_every_planted_fault_is_found():
    one = paid_project()
    paid = Instalment.objects.get(project=one, stage="paid")
    plants = [
        (Project, one.pk, {"grant": 1}, "每个项目的拨款不超过立项金额"),
        (Project, one.pk, {"grant": 10**12}, "立项总额不超过资金池"),
        (Instalment, paid.pk, {"amount": paid.amount + 1}, "拨款记录与账上一致"),
        (Instalment, paid.pk, {"condition": "accepted"}, "条件具备才拨款，有异议时不拨款"),
        (Project, one.pk, {"stage": "closed"}, "结项的项目没有未退的结余"),
    ]
    for table, pk, fault, title in plants:
        rows = table.objects.filter(pk=pk)
        before = rows.values(*fault).get()
        rows.update(**fault)
        assert title in wrong(one.round), fault
        rows.update(**before)
        assert wrong(one.round) == []
    later = paid.paid_at + timedelta(days=1)
    Agreement.objects.filter(project=one).update(signed_at=later)
    assert wrong(one.round) == ["条件具备才拨款，有异议时不拨款"]


def test_a_payment_under_an_open_objection_is_found():
    one = paid_project()
    objection = Objection.objects.create(
        notice=one.award.decision.notices.first(),
        award=one.award,
        number=1,
        account=scene.person(),
        text="重复立项",
        filed_at=NOW.replace(year=2023),
        due=NOW,
    )
    assert wrong(one.round) == ["条件具备才拨款，有异议时不拨款"]
    Objection.objects.filter(pk=objection.pk).delete()
    assert wrong(one.round) == []


def test_money_that_came_back_twice_is_found():
    one = paid_project()
    Refund.objects.create(project=one, amount=one.grant, at=NOW, by=scene.person())
    assert "每个项目的拨款不超过立项金额" in wrong(one.round)
    assert "拨款记录与账上一致" in wrong(one.round)


@pytest.mark.parametrize("grants", [1, 3])
def test_the_page_asks_a_constant_number_of_questions(grants, client, settings):
    settings.SIDE = f"{scene.__name__}.no_doors"
    round = running_round(*[1_000_00] * grants)
    for one in Project.objects.whole().filter(round=round):
        pay(signed(one), one.instalments.order_by("place")[0].key)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"/reports/rounds/{round.pk}/checks/")
    assert answer.status_code == 200
    assert len(asked) == 8


def test_a_duty_at_the_fund_is_kept_when_a_payment_is_approved():
    one = project(stage="running")
    street, part = one.round.street, one.instalments.order_by("place")[0]
    first, second, third = (scene.officer(street) for _ in range(3))
    funds.entrust(one.fund, first, "book", by=third, now=NOW)
    with pytest.raises(Refused, match="不能同时经办"):
        projects.propose(part, by=first, now=NOW)
    projects.propose(part, by=second, now=NOW)
    part.refresh_from_db()
    with pytest.raises(Refused, match="不能同时审批"):
        projects.approve(part, by=first, now=NOW)
    funds.entrust(one.fund, third, "approve", by=first, now=NOW)
    with pytest.raises(Refused, match="审批已有专人"):
        projects.approve(part, by=scene.officer(street), now=NOW)
    assert projects.approve(part, by=third, now=NOW).stage == "to_pay"
