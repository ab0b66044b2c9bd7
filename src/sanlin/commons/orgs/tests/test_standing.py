"""What a round leaves behind for a team: a bar that two officers lift, and a rung."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError

from sanlin.commons.orgs import actions, rules
from sanlin.commons.orgs.models import Bar, Organisation, OrganisationKind
from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, worker
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
NEXT = date(2025, 1, 1)


def team():
    place = neighbourhood()
    return Organisation.objects.create(
        name="益路同行", kind=OrganisationKind.TEAM, street=place.street, neighbourhood=place
    )


def barred():
    one = team()
    made = actions.bar(one, NEXT, "2023年项目违约", by=officer(one.street), now=NOW)
    return one, made


def test_a_barred_team_reads_until_when_and_why():
    one, _made = barred()
    told = rules.can_apply(one, now=NOW)
    assert not told
    assert told.reason == "益路同行在2025年1月1日前不得申报：2023年项目违约"
    assert not rules.can_apply(one, now=NOW + timedelta(days=265))  # 31 December
    assert rules.can_apply(one, now=NOW.replace(year=2025))


def test_only_an_officer_bars_and_not_into_the_past():
    one = team()
    with pytest.raises(Refused, match="只有"):
        actions.bar(one, NEXT, "2023年项目违约", by=worker(one.neighbourhood), now=NOW)
    with pytest.raises(Refused, match="今天以后"):
        actions.bar(one, NOW.date(), "2023年项目违约", by=officer(one.street), now=NOW)
    with pytest.raises(Refused, match="至少4个字"):
        actions.bar(one, NEXT, "违约", by=officer(one.street), now=NOW)


def test_two_officers_lift_a_bar():
    one, made = barred()
    first, second = officer(one.street), officer(one.street)
    with pytest.raises(Refused, match="还没有人提请"):
        actions.lift_bar(made, by=second, now=NOW)
    actions.ask_to_lift(made, "已经补齐票据并退款", by=first, now=NOW)
    with pytest.raises(Refused, match="两位工作人员"):
        actions.lift_bar(made, by=first, now=NOW)
    assert not rules.can_apply(one, now=NOW)
    actions.lift_bar(made, by=second, now=NOW)
    assert rules.can_apply(one, now=NOW)
    with pytest.raises(Refused, match="已经解除"):
        actions.ask_to_lift(made, "已经补齐票据并退款", by=first, now=NOW)


def test_a_second_officer_may_refuse_and_it_may_be_asked_again():
    one, made = barred()
    first, second = officer(one.street), officer(one.street)
    with pytest.raises(Refused, match="还没有人提请"):
        actions.refuse_lift(made, "还没有退款", by=second, now=NOW)
    actions.ask_to_lift(made, "已经补齐票据并退款", by=first, now=NOW)
    with pytest.raises(Refused, match="已经有人提请"):
        actions.ask_to_lift(made, "我也来提一次", by=second, now=NOW)
    with pytest.raises(Refused, match="两位工作人员"):
        actions.refuse_lift(made, "还没有退款", by=first, now=NOW)
    with pytest.raises(Refused, match="至少4个字"):
        actions.refuse_lift(made, "不", by=second, now=NOW)
    found = actions.refuse_lift(made, "款还没有退到账", by=second, now=NOW)
    assert (found.refusal, found.refused_by, found.asked_by) == ("款还没有退到账", second, None)
    assert not rules.can_apply(one, now=NOW)
    with pytest.raises(Refused, match="还没有人提请"):
        actions.lift_bar(made, by=first, now=NOW)
    actions.ask_to_lift(made, "现在款已经到账", by=second, now=NOW)
    actions.lift_bar(made, by=first, now=NOW)
    assert rules.can_apply(one, now=NOW)


def test_the_database_wants_two_officers():
    one, made = barred()
    me = officer(one.street)
    with pytest.raises(IntegrityError):
        Bar.objects.filter(pk=made.pk).update(
            asked_by=me, lifted_by=me, lifted_at=NOW, lift_reason="自己批准自己"
        )


def test_the_latest_earlier_year_tells_the_rung():
    one = team()
    told = {"by": officer(one.street), "now": NOW}
    actions.set_rung(one, "weifang", 2022, ("yumiao", "育苗类"), risen=False, **told)
    actions.set_rung(one, "weifang", 2023, ("pinpai", "品牌类"), risen=True, **told)
    assert rules.rung_of(one, "weifang", 2024).tier == "pinpai"
    assert rules.rung_of(one, "weifang", 2023).tier == "yumiao"
    assert rules.rung_of(one, "weifang", 2022) is None
    assert rules.rung_of(one, "caiyun", 2024) is None
