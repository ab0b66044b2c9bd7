"""From a draft to an opened round, and what cannot be changed afterwards."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.rounds import actions, rules
from sanlin.govern.rounds.models import Extension, Round, Window
from sanlin.govern.rounds.rules.book import book
from sanlin.govern.rounds.rules.windows import spans_of
from sanlin.govern.rounds.tests.scene import (
    after,
    draft,
    during,
    open_round,
    pack_text,
    spans_around,
    values_for,
)
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow
from sanlin.kernel.packs import fingerprint, thaw

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def officer_of(round):
    return officer(round.street)


def test_opening_freezes_what_the_officer_saw():
    round = draft(vote__k=5)
    me = officer_of(round)
    round = actions.set_windows(round, spans_around(round, "call"), by=me, now=NOW)
    opened = actions.open_call(round, by=me, now=NOW)
    frozen = bytes(opened.frozen)
    assert opened.stage == "call"
    assert opened.fingerprint == fingerprint(frozen)
    assert thaw(frozen).vote.k == 5
    assert opened.rules.origin("vote.k").source == "officer"
    assert opened.rules.origin("tiers.shifan.places").source == "weifang"
    line = Entry.objects.get(deed="round.open_call")
    assert opened.fingerprint.encode() in bytes(line.body)


def test_a_draft_says_what_it_lacks():
    round = draft()
    me = officer_of(round)
    values = {p: v for p, v in round.officer_values.items() if p not in {"budget", "vote.k"}}
    values["award.expert"] = 700
    round = actions.amend(round, name=round.name, year=2024, values=values, by=me, now=NOW)
    assert rules.lacking(round, now=NOW) == [
        "还有2项数值未定",
        "评审权重、投票权重：合计110%，应为100%",
        "还没有定起止日期：征集、形式审查、评审、合议、优化、投票、实施",
    ]
    assert rules.can_open_call(me, round, now=NOW).reason == "还有2项数值未定"
    with pytest.raises(Refused, match="还有2项数值未定"):
        actions.open_call(round, by=me, now=NOW)


def test_dates_must_follow_one_another_and_be_long_enough():
    round = draft()
    me = officer_of(round)
    spans = spans_around(round, "call")
    spans["review"] = (spans["screening"][1] - 2 * DAY, spans["review"][1])
    with pytest.raises(Refused, match="评审开始日期早于形式审查截止"):
        actions.set_windows(round, spans, by=me, now=NOW)
    spans = spans_around(round, "call")
    spans["call"] = (spans["call"][0] + 3 * DAY, spans["call"][1])
    round = actions.set_windows(round, spans, by=me, now=NOW)
    assert rules.lacking(round, now=NOW) == ["征集只有27天，办法规定30天"]
    late = spans_around(round, "screening")
    round = actions.set_windows(round, late, by=me, now=NOW)
    assert rules.lacking(round, now=NOW) == ["征集截止已过，请把日期往后定"]


def test_values_that_an_instrument_prints_stay():
    round = draft(tiers__shifan__places=99)
    assert rules.lacking(round, now=NOW)[0] == "示范类 · 名额：来源已有规定，不能改动"
    assert book(round).values["tiers.shifan.places"] == 8


def test_a_stage_that_the_officer_leaves_out_takes_its_dates_along():
    round = draft(stages__vote=False, award__method="score")
    me = officer_of(round)
    spans = spans_around(round, "call")
    assert "vote" not in spans
    spans["vote"] = (spans["running"][1] + DAY, spans["running"][1] + 9 * DAY)
    Window.objects.create(round=round, stage="vote", opens=spans["vote"][0])
    del spans["vote"]
    for stage, (opens, closes) in spans.items():
        Window.objects.create(round=round, stage=stage, opens=opens, closes=closes)
    round = Round.objects.get(pk=round.pk)
    opened = actions.open_call(round, by=me, now=NOW)
    assert [w.stage for w in opened.windows.all()] == [
        "call",
        "screening",
        "review",
        "conferral",
        "optimisation",
        "running",
    ]
    assert rules.next_stage(actions.move(opened, "close_call", by=None, now=NOW)) == "review"


@pytest.mark.parametrize(
    "change",
    [
        {"frozen": b"{}"},
        {"frozen": None},
        {"fingerprint": "0" * 64},
        {"pack_text": "id = 'other'"},
        {"pack_id": "other"},
        {"officer_values": {}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_database_keeps_the_rules_of_an_opened_round(change):
    round = open_round("call")
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=round.pk).update(**change)
    assert Round.objects.filter(pk=round.pk).update(name="可以改名") == 1
    kept = Round.objects.get(pk=round.pk)
    kept.save()
    assert bytes(kept.frozen) == bytes(round.frozen)


def test_the_database_never_brings_a_deadline_forward():
    round = open_round("call")
    call, vote = round.window("call"), round.window("vote")
    for window, change in (
        (call, {"closes": call.closes - DAY}),
        (call, {"closes": None}),
        (vote, {"opens": vote.opens + DAY}),
        (vote, {"stage": "other"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Window.objects.filter(pk=window.pk).update(**change)
    assert Window.objects.filter(pk=call.pk).update(closes=call.closes + DAY) == 1
    still = Window.objects.filter(pk=vote.pk).update(
        opens=vote.opens + DAY, closes=vote.closes + DAY
    )
    assert still == 1


def test_a_draft_may_bring_its_dates_forward():
    round = open_round("draft")
    call = round.window("call")
    assert Window.objects.filter(pk=call.pk).update(closes=call.closes - DAY) == 1


def test_opening_again_is_refused_and_a_repeat_is_not():
    round = open_round("draft")
    me = officer_of(round)
    opened = actions.open_call(round, by=me, now=NOW, key="once")
    again = actions.open_call(round, by=me, now=NOW, key="once")
    assert (again.pk, again.fingerprint) == (opened.pk, opened.fingerprint)
    with pytest.raises(NotNow):
        actions.open_call(round, by=me, now=NOW, key="twice")
    assert Entry.objects.filter(deed="round.open_call").count() == 1


def test_only_an_officer_of_this_street_runs_a_round():
    round = open_round("draft")
    stranger, helper = officer(), worker()
    for who in (stranger, helper):
        for attempt in (
            lambda who: actions.open_call(round, by=who, now=NOW),
            lambda who: actions.cancel(round, reason="不再举办本轮", by=who, now=NOW),
            lambda who: actions.set_windows(round, {}, by=who, now=NOW),
            lambda who: actions.amend(round, name="x", year=2024, values={}, by=who, now=NOW),
            lambda who: actions.create(round.street, "x", 2024, pack_text(), by=who, now=NOW),
        ):
            with pytest.raises(Refused, match="只有潍坊新村街道的工作人员可以办理"):
                attempt(who)
    assert Round.objects.get(pk=round.pk).stage == "draft"


def test_a_deadline_is_only_put_off_and_says_why():
    round = open_round("call")
    me = officer_of(round)
    before = spans_of(round)
    later = {part: (opens + 2 * DAY, closes + 2 * DAY) for part, (opens, closes) in before.items()}
    later["call"] = (before["call"][0], before["call"][1] + 2 * DAY)
    round = actions.extend(round, later, reason="台风停课，延长两天", by=me, now=NOW)
    assert spans_of(round) == later
    assert [(e.window.stage, e.was, e.closes) for e in Extension.objects.all()] == [
        (part, before[part][1], later[part][1]) for part in before
    ]
    for wrong, words in (
        ({"call": before["call"]}, "征集的截止只能延后，不能提前"),
        ({"call": (later["call"][0], later["call"][1] + 9 * DAY)}, "形式审查开始日期早于征集截止"),
        (
            {"call": (later["call"][0] + DAY, later["call"][1] + DAY)},
            "征集已经开始，不能改开始日期",
        ),
        ({"vote": (later["vote"][0] + DAY, later["vote"][1])}, "投票延后以后不能比原来短"),
        (later, "没有改动任何日期"),
        ({"notice": before["call"]}, "没有这一阶段"),
    ):
        with pytest.raises(Refused, match=words):
            actions.extend(round, wrong, reason="再说一次原因", by=me, now=NOW)
    with pytest.raises(Refused, match="请写明延期原因"):
        actions.extend(
            round,
            {"running": (later["running"][0], later["running"][1] + DAY)},
            reason="  ",
            by=me,
            now=NOW,
        )


def test_a_vote_that_is_late_is_given_new_dates():
    round = open_round("optimisation")
    me = officer_of(round)
    now = after(round, "vote")
    spans = spans_of(round)
    late = {
        part: (opens + 30 * DAY, closes + 30 * DAY)
        for part, (opens, closes) in spans.items()
        if part in {"vote", "running"}
    }
    round = actions.extend(round, late, reason="优化阶段延长，投票顺延", by=me, now=now)
    assert spans_of(round) == spans | late
    early = {"vote": (late["vote"][0] - DAY, late["vote"][1] + DAY)}
    with pytest.raises(Refused, match="投票的开始只能延后，不能提前"):
        actions.extend(round, early, reason="还是早一天开始", by=me, now=now)
    opens, closes = spans["optimisation"]
    moved = {"optimisation": (opens + DAY, closes + DAY)}
    with pytest.raises(Refused, match="优化已经开始，不能改开始日期"):
        actions.extend(round, moved, reason="优化晚一天开始", by=me, now=now)


def test_a_call_or_vote_that_has_ended_stays_ended():
    for stage in ("call", "vote"):
        round = open_round(stage)
        now = after(round, stage)
        assert stage not in rules.movable(round, now=now)
        assert stage in rules.movable(round, now=during(round, stage))
    review = open_round("review")
    assert "review" in rules.movable(review, now=after(review, "review"))


def test_a_round_is_called_off_with_a_reason_before_anything_is_decided():
    round = open_round("review")
    me = officer_of(round)
    with pytest.raises(Refused, match="请写明取消原因"):
        actions.cancel(round, reason="无", by=me, now=NOW)
    gone = actions.cancel(round, reason="经费调整，本轮停办", by=me, now=NOW)
    assert (gone.stage, gone.cancel_reason) == ("cancelled", "经费调整，本轮停办")
    assert "经费调整".encode() not in bytes(Entry.objects.get(deed="round.cancel").body)
    with pytest.raises(Refused, match="已作出决定或已经取消"):
        actions.cancel(
            open_round("notice", by=me, on=round.street), reason="太晚了才取消", by=me, now=NOW
        )


def test_a_round_is_opened_from_a_former_one():
    former = open_round("running", vote__k=7)
    me = officer_of(former)
    text = pack_text()
    new = actions.create(former.street, "2025年自治金", 2025, text, previous=former, by=me, now=NOW)
    assert new.previous == former
    assert new.officer_values == values_for(vote__k=7)
    assert (new.stage, new.frozen, new.windows.count()) == ("draft", None, 0)
    with pytest.raises(Refused, match="进入实施或结束以后"):
        actions.create(former.street, "另一轮", 2025, text, previous=new, by=me, now=NOW)
    with pytest.raises(Refused, match="已有同名轮次"):
        actions.create(former.street, "2025年自治金", 2025, text, by=me, now=NOW)


def test_a_new_edition_takes_over_only_what_it_still_leaves_open():
    former = open_round("closed", vote__k=7)
    fixed = 'k = { value = 5, source = "weifang" }'
    text = re.sub(r"^k = .*$", fixed, pack_text(), count=1, flags=re.MULTILINE)
    text = re.sub(
        r"^\[\[criteria\]\]\nkey = \"budget\"(.|\n)*?(?=\n\[\[)", "", text, flags=re.MULTILINE
    )
    me = officer_of(former)
    new = actions.create(former.street, "2025年", 2025, text, previous=former, by=me, now=NOW)
    gone = set(former.officer_values) - set(new.officer_values)
    assert gone == {"vote.k", "criteria.budget.weight"}
    assert book(new).values["vote.k"] == 5


def test_the_call_closes_after_its_deadline_and_not_before():
    round = open_round("call")
    with pytest.raises(Refused, match="征集尚未截止"):
        actions.close_call(round, by=None, now=NOW)
    assert actions.close_call(round, by=None, now=after(round, "call")).stage == "screening"
    assert b'"by":null' in bytes(Entry.objects.get(deed="round.close_call").body)
