"""Versions of the agreement: signed on screen and on paper, refused, taken back, changed."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Fund
from sanlin.commons.funds.queries import position, wrong_books
from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.awards.models import Objection
from sanlin.govern.projects import actions, queries, rules
from sanlin.govern.projects.actions.changing import Asked, Move
from sanlin.govern.projects.models import Agreement, Instalment, Signing
from sanlin.govern.projects.tests.scene import (
    fresh,
    leader,
    pay,
    picture,
    project,
    receipt,
    running_round,
    signed,
)
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def change(one, **asked):
    return actions.ask_change(one, Asked("居民要求多印公约", **asked), by=leader(one), now=NOW)


def approved(one, **asked):
    made = change(one, **asked)
    return actions.approve_change(made, "", by=officer(one.round.street), now=NOW)


def sign_all(one):
    for hand in (leader(one), worker(one.place), officer(one.round.street)):
        actions.sign(one, by=hand, now=NOW)
    return fresh(one)


def body(one, version):
    return json.loads(bytes(Agreement.objects.get(project=one, version=version).body))


def test_paper_signed_and_checked_counts_as_signatures():
    one = project()
    helper, me = worker(one.place), officer(one.round.street)
    drawn = one.agreements.get()
    scan = actions.file_scan(drawn, picture(), ["team", "committee"], by=helper, now=NOW)
    assert Signing.objects.count() == 0
    with pytest.raises(Refused, match="两个人分别办理"):
        actions.check_scan(scan, True, "", by=helper, now=NOW)
    actions.check_scan(scan, True, "签章齐全", by=me, now=NOW)
    assert sorted(Signing.objects.values_list("party", "account")) == [
        ("committee", None),
        ("team", None),
    ]
    assert fresh(one).stage == "to_sign"
    actions.sign(one, by=officer(one.round.street), now=NOW)
    assert fresh(one).stage == "running"
    assert position(one.fund).owed == one.grant


def entrust(one, who, kind):
    keeper = officer(one.round.street)
    funds.entrust(one.fund, who, kind, by=keeper, now=NOW)
    return who


def sealed_paper(one, by):
    """A copy with everybody's hand and seal, as it is filed."""
    drawn = one.agreements.get(stage="drawn")
    everybody = ["street", "team", "committee"]
    return actions.file_scan(drawn, picture(), everybody, by=by, now=NOW)


def test_the_streets_seal_on_paper_is_for_an_officer_to_vouch_for():
    one = project()
    scan = sealed_paper(one, leader(one))
    with pytest.raises(Refused, match="归档或核对须有一人是这个资金池的印鉴保管人：只有潍坊"):
        actions.check_scan(scan, True, "", by=worker(one.place), now=NOW)
    assert Signing.objects.count() == 0
    actions.check_scan(scan, True, "", by=officer(one.round.street), now=NOW)
    assert fresh(one).stage == "running"


def test_where_somebody_keeps_the_seal_a_sealed_paper_goes_through_her_hands():
    one = project()
    keeper = entrust(one, officer(one.round.street), "seal")
    other = officer(one.round.street)
    scan = sealed_paper(one, worker(one.place))
    with pytest.raises(Refused, match="印鉴保管人：这个资金池的保管印鉴已有专人"):
        actions.check_scan(scan, True, "", by=other, now=NOW)
    with pytest.raises(Refused, match="已有专人"):
        actions.sign(one, by=other, now=NOW)
    assert actions.check_scan(scan, True, "", by=keeper, now=NOW).stage == "checked"
    again = project()
    entrust(again, officer(again.round.street), "pay")
    keeper = entrust(again, officer(again.round.street), "seal")
    mine = sealed_paper(again, keeper)
    actions.check_scan(mine, True, "", by=worker(again.place), now=NOW)
    assert fresh(again).stage == "running"


def test_who_has_a_duty_that_goes_apart_from_the_seal_does_not_vouch_for_it():
    one = project()
    Fund.objects.filter(pk=one.fund_id).update(
        kept_terms={**one.fund.kept_terms, "apart": ["pay-seal"]}
    )
    one = fresh(one)
    payer = entrust(one, officer(one.round.street), "pay")
    scan = sealed_paper(one, payer)
    with pytest.raises(Refused, match="您在这个资金池负责出纳，按不相容岗位规定不能同时保管印鉴"):
        actions.check_scan(sealed_paper(one, leader(one)), True, "", by=payer, now=NOW)
    with pytest.raises(Refused, match="印鉴保管人"):
        actions.check_scan(scan, True, "", by=worker(one.place), now=NOW)
    assert actions.check_scan(scan, False, "没有印章", by=worker(one.place), now=NOW).stage == (
        "dismissed"
    )
    assert Signing.objects.count() == 0


def test_a_seal_that_the_street_has_set_on_screen_is_not_asked_for_again():
    one = project()
    entrust(one, officer(one.round.street), "pay")
    actions.sign(one, by=officer(one.round.street), now=NOW)
    scan = sealed_paper(one, leader(one))
    actions.check_scan(scan, True, "", by=worker(one.place), now=NOW)
    assert fresh(one).stage == "running"
    assert Signing.objects.get(party="street").account is not None


def test_a_scan_that_does_not_fit_counts_for_nobody():
    one = project()
    drawn = one.agreements.get()
    scan = actions.file_scan(drawn, picture(), ["team"], by=leader(one), now=NOW)
    with pytest.raises(Refused, match="至少4个字"):
        actions.check_scan(scan, False, "", by=worker(one.place), now=NOW)
    done = actions.check_scan(scan, False, "缺骑缝章", by=worker(one.place), now=NOW)
    assert (done.stage, Signing.objects.count()) == ("dismissed", 0)


def test_the_same_scan_is_filed_once():
    one, photo = project(), picture()
    drawn = one.agreements.get()
    actions.file_scan(drawn, photo, ["team"], by=leader(one), now=NOW)
    with pytest.raises(Refused, match="已经归档过"):
        actions.file_scan(drawn, photo, ["team"], by=leader(one), now=NOW)


def test_whoever_filed_a_scan_takes_it_back_until_it_is_checked(client):
    one, photo = project(), picture()
    drawn, me, helper = one.agreements.get(), leader(one), worker(one.place)
    wrong = actions.file_scan(drawn, photo, ["team", "committee"], by=me, now=NOW)
    where = f"/agreement-scans/{wrong.pk}/"
    with pytest.raises(Refused, match="只有归档人可以撤回"):
        actions.withdraw_scan(wrong, by=helper, now=NOW)
    client.force_login(helper)
    assert "撤回这份签字件" not in client.get(where).content.decode()
    assert client.post(f"{where}withdraw/").status_code == 403
    client.force_login(me)
    assert "撤回这份签字件" in client.get(where).content.decode()
    assert client.get(f"{where}withdraw/").status_code == 405
    assert client.post(f"{where}withdraw/", {"key": "a"}, follow=True).status_code == 200
    page = client.get(where).content.decode()
    assert "已撤回" in page
    assert "撤回这份签字件" not in page
    with pytest.raises(Refused, match="已经撤回"):
        actions.check_scan(wrong, True, "", by=helper, now=NOW)
    right = actions.file_scan(drawn, photo, ["team"], by=me, now=NOW)  # the same file
    actions.check_scan(right, True, "", by=helper, now=NOW)
    assert list(Signing.objects.values_list("party", flat=True)) == ["team"]
    with pytest.raises(Refused, match="已经核对过，不能再撤回"):
        actions.withdraw_scan(right, by=me, now=NOW)


def test_a_refused_agreement_is_drawn_up_again():
    one = project()
    me = officer(one.round.street)
    actions.refuse(one, "项目名称写错了", by=leader(one), now=NOW)
    with pytest.raises(Refused, match="没有待签署的协议"):
        actions.sign(one, by=me, now=NOW)
    actions.redraw(one, by=me, now=NOW)
    assert list(one.agreements.values_list("version", "stage")) == [(1, "refused"), (2, "drawn")]
    assert sign_all(one).stage == "running"


def test_two_parties_by_the_pack():
    round = open_round("notice", parties="two")
    one = project(round=round)
    with pytest.raises(Refused, match="两方签署"):
        actions.sign(one, by=worker(one.place), now=NOW)
    actions.sign(one, by=leader(one), now=NOW)
    actions.sign(one, by=officer(one.round.street), now=NOW)
    assert fresh(one).stage == "running"
    assert body(one, 1)["parties"] == ["street", "team"]


def test_numbers_follow_the_pattern_without_gaps():
    street_round = open_round("notice", numbering="{street}-{community}-{year}-{number:2}")
    round = running_round(10_000_00, 8_000_00, round=street_round)
    found = sorted(round.projects.values_list("number", flat=True))
    place = round.projects.first().place
    assert found == [f"{round.street.code}-{place.code}-2024-{n}" for n in ("01", "02")]


def test_a_change_of_heads_becomes_a_version_and_counts_when_signed():
    one = signed(project())
    first = receipt(one, 6_900_00, accepted=True)
    more = receipt(one, 600_00, head="publicity")
    with pytest.raises(Refused, match="须先申请变更"):
        actions.accept(more, by=worker(one.place), now=NOW)
    with pytest.raises(Refused, match="只剩¥100可以调出"):
        change(one, moves=(Move("materials", "publicity", 600_00),))
    made = approved(one, moves=(Move("labour", "publicity", 600_00),))
    assert made.agreement.version == 2
    with pytest.raises(Refused, match="须先申请变更"):
        actions.accept(more, by=worker(one.place), now=NOW)
    one = sign_all(one)
    assert one.plan == {"materials": 7_000_00, "labour": 2_400_00, "publicity": 600_00}
    assert list(one.agreements.values_list("version", "stage")) == [
        (1, "superseded"),
        (2, "in_force"),
    ]
    assert queries.compared(body(one, 1), body(one, 2)) == [
        ("科目：劳务和志愿者补贴", "¥3,000", "¥2,400"),
        ("科目：宣传印刷", "—", "¥600"),
    ]
    actions.accept(more, by=worker(one.place), now=NOW)
    assert first.project_id == one.pk


def test_nobody_approves_a_change_of_their_own():
    one = signed(project())
    made = change(one, ends=date(2024, 12, 31))
    for who in (leader(one), worker(one.place)):
        with pytest.raises(Refused):
            actions.approve_change(made, "", by=who, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(decided_by=made.by)
    with pytest.raises(Refused, match="已有一份变更申请"):
        change(one, ends=date(2024, 12, 30))
    actions.refuse_change(made, "请按原计划完成", by=officer(one.round.street), now=NOW)
    again = change(one, ends=date(2024, 12, 30))
    actions.withdraw_change(again, by=leader(one), now=NOW)
    assert one.agreements.count() == 1


def test_the_grant_falls_and_never_rises():
    one = signed(project(grant=10_000_00))
    pay(one, "first")
    for grant in (10_000_00, 10_000_01, 20_000_00):
        with pytest.raises(Refused, match="只能减少"):
            change(one, grant=grant)
    with pytest.raises(Refused, match="尚未拨付的只有¥5,000"):
        change(one, grant=4_999_99)
    approved(one, grant=8_500_00)
    one = sign_all(one)
    assert one.grant == 8_500_00
    parts = Instalment.objects.filter(project=one).order_by("place")
    assert list(parts.values_list("amount", "stage")) == [
        (5_000_00, "paid"),
        (3_500_00, "waiting"),
        (1_000_00, "withheld"),
    ]
    told = position(one.fund)
    assert (told.cost, told.owed, told.paid) == (8_500_00, 3_500_00, 5_000_00)
    assert wrong_books(one.fund) == []
    assert body(one, 2)["words"] == "捌仟伍佰元整"


def test_days_and_the_third_party_change_too():
    one = signed(project())
    approved(one, ends=date(2024, 12, 31), third="潍坊社区基金会")
    one = sign_all(one)
    assert one.undertaking.ends == date(2024, 12, 31)
    assert body(one, 2)["committee"] == "潍坊社区基金会"
    assert rules.can_ask_change(leader(one), one, now=NOW)


def test_an_open_objection_blocks_the_payment():
    one = signed(project())
    part = one.instalments.get(key="first")
    actions.propose(part, by=officer(one.round.street), now=NOW)
    Objection.objects.create(
        notice=one.award.decision.notices.get(),
        award=one.award,
        number=3,
        account=worker(one.place),
        text="与物业职责重复",
        filed_at=NOW,
        due=NOW,
    )
    with pytest.raises(Refused, match="第3号异议还没有答复，暂不能拨款"):
        actions.approve(part, by=officer(one.round.street), now=NOW)
    assert Instalment.objects.get(pk=part.pk).stage == "proposed"
    assert position(one.fund).paid == 0
