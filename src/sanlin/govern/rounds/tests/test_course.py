"""Where a round stands, in words, and what comes next."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from sanlin.commons.people.tests.scene import NOW, SHANGHAI, officer
from sanlin.govern.rounds import actions, stages
from sanlin.govern.rounds.queries import next_step, timeline
from sanlin.govern.rounds.rules import next_stage
from sanlin.govern.rounds.rules.book import book
from sanlin.govern.rounds.rules.windows import spans_of
from sanlin.govern.rounds.tests.scene import after, during, open_round

pytestmark = pytest.mark.django_db


def states(round, now=NOW):
    return {step["key"]: step["state"] for step in timeline(round, now=now)}


def test_the_line_shows_every_stage_of_this_pack_in_order():
    assert list(states(open_round("vote"))) == [
        "call",
        "screening",
        "review",
        "conferral",
        "optimisation",
        "vote",
        "decision",
        "notice",
        "running",
        "closed",
    ]
    short = open_round("call", stages__vote=False, stages__conferral=False, award__method="score")
    assert list(states(short)) == [
        "call",
        "screening",
        "review",
        "optimisation",
        "decision",
        "notice",
        "running",
        "closed",
    ]


def test_the_line_says_what_can_be_done_and_until_when():
    round = open_round("vote")
    now_step = next(step for step in timeline(round, now=NOW) if step["state"] == "now")
    assert now_step["words"] == "符合条件的居民可以投票，结束前不公布票数。还剩8天。"
    assert now_step["dates"] == "2024年4月9日–4月18日"
    ended = next(s for s in timeline(round, now=after(round, "vote")) if s["state"] == "now")
    assert ended["words"] == "符合条件的居民可以投票，结束前不公布票数。已截止。"
    notice = next(step for step in timeline(round, now=NOW) if step["key"] == "notice")
    assert notice["words"] == "公示结果5个工作日，居民可以提出异议。"


def test_a_stage_that_has_been_entered_early_says_when_it_begins():
    round = open_round("screening")
    actions.move(round, "open_review", by=officer(round.street), now=NOW)
    step = next(step for step in timeline(round, now=NOW) if step["key"] == "review")
    assert step["words"] == "评委逐项打分，结束前分数保密。2024年4月19日 (周五)开始。"


def test_the_conferral_is_the_second_part_of_the_review():
    round = open_round("review")
    assert states(round) | {"review": "now", "conferral": "later"} == states(round)
    then = states(round, now=during(round, "conferral"))
    assert then | {"review": "past", "conferral": "now"} == then


def test_a_deadline_put_off_is_told_on_the_line():
    round = open_round("running")
    opens, closes = spans_of(round)["running"]
    me = officer(round.street)
    later = {"running": (opens, closes + timedelta(days=5))}
    round = actions.extend(round, later, reason="雨季停工五天", by=me, now=NOW)
    step = next(step for step in timeline(round, now=NOW) if step["key"] == "running")
    assert step["notes"] == ["2024年4月10日 (周三)延期：原截止2024年10月5日 (周六)。雨季停工五天"]
    assert step["words"].endswith(step["notes"][0])


def test_a_cancelled_round_ends_with_its_reason():
    round = open_round("review")
    me = officer(round.street)
    round = actions.cancel(round, reason="经费调整，本轮停办", by=me, now=NOW)
    line = timeline(round, now=NOW)
    assert [(step["key"], step["state"]) for step in line] == [
        ("call", "past"),
        ("screening", "past"),
        ("review", "past"),
        ("cancelled", "now"),
    ]
    assert line[-1]["words"] == "本轮已取消。经费调整，本轮停办"
    assert next_step(round, now=NOW) is None


def test_the_next_step_skips_what_the_pack_leaves_out():
    full = [(s, next_stage(open_round(s))) for s in stages.COURSE[:-1]]
    assert full == list(zip(stages.COURSE, stages.COURSE[1:], strict=False))
    short = open_round("optimisation", stages__vote=False, award__method="score")
    step = next_step(short, now=NOW)
    assert (step.verb, step.stage, step.target) == ("close_entries", "optimisation", "decision")
    assert next_stage(open_round("closed")) is None


def test_the_next_step_is_due_when_the_last_part_has_ended():
    round = open_round("review")
    step = next_step(round, now=after(round, "review"))
    assert (step.due, step.is_due) == (round.window("conferral").closes, False)
    step = next_step(round, now=after(round, "conferral"))
    assert step.is_due
    assert step.words.startswith("评审已于2024年4月25日 (周四) 23:59截止")
    decision = next_step(open_round("decision"), now=NOW)
    assert (decision.verb, decision.due, decision.is_due) == ("publish", None, True)
    draft = open_round("draft")
    step = next_step(draft, now=NOW)
    assert (step.verb, step.due) == ("open_call", draft.window("call").opens)


def test_dates_of_the_notice_are_written_by_whoever_publishes():
    round = open_round("notice")
    closes = datetime(2024, 4, 18, tzinfo=SHANGHAI)
    timeline(round, now=NOW)
    actions.date_stage(round, "notice", opens=NOW, closes=closes, by=officer(round.street), now=NOW)
    step = next(step for step in timeline(round, now=NOW) if step["key"] == "notice")
    assert (step["opens"], step["closes"]) == (NOW, closes)
    assert step["dates"] == "2024年4月10日–4月17日"
    assert next_step(round, now=NOW).due == closes
    with pytest.raises(ValueError, match="vote"):
        actions.date_stage(round, "vote", opens=NOW, closes=closes, by=None, now=NOW)


@pytest.mark.parametrize("pack", ["weifang", "caiyun", "chengdu", "wenhua"])
def test_the_frozen_book_says_what_the_draft_said(pack):
    round = open_round("draft", pack=pack)
    before = book(round)
    opened = book(actions.open_call(round, by=officer(round.street), now=NOW))
    assert opened.values == before.values
    assert opened.origins == {path: before.origins[path] for path in opened.origins}
    assert [f.path for f in opened.fields()] == [f.path for f in before.fields()]
    with translation.override("en"):
        assert opened.title("budget") == "Budget of the round"
