"""A team hands in: complete, in time, numbered without gaps, each time kept as it was."""

import hashlib
import json
from datetime import timedelta

import pytest

from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer
from sanlin.govern.proposals import actions, rules, stages
from sanlin.govern.proposals.models import Content, Photo, Proposal
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.files import Picture
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.budget import Line

from . import town
from .scene import content, proposal, team

pytestmark = pytest.mark.django_db


def draft(round, *, asked=9_000_00, own_funds=1_000_00, **fields):
    return proposal(round, stages.DRAFT, asked=asked, own_funds=own_funds, **fields)


def submit(thing, now=NOW):
    return actions.submit(thing, version=thing.version, by=thing.author, now=now)


def test_what_is_handed_in_is_what_was_written():
    round = town.open_round()
    written = draft(round, title="空中蔬菜乐园", tier="big")
    handed = submit(written)
    assert (handed.stage, handed.number, handed.submitted_at) == (stages.SUBMITTED, 1, NOW)
    assert (handed.title, handed.asked, handed.own_funds) == ("空中蔬菜乐园", 9_000_00, 1_000_00)
    fresh = Proposal.objects.get()
    assert fresh.content == written.draft
    assert fresh.writing == {}
    assert [(row.head, row.amount) for row in fresh.lines.all()] == [("materials", 10_000_00)]
    revision = fresh.revisions.get()
    assert (revision.number, revision.why, revision.content) == (1, "submit", written.draft)
    assert hashlib.sha256(revision.body).hexdigest() == revision.digest
    line = json.loads(Entry.objects.get().body)
    assert line["data"] == {
        "asked": 9_000_00,
        "digest": revision.digest,
        "number": 1,
        "revision": 1,
    }


def test_an_empty_draft_is_told_everything_it_lacks_with_the_step():
    empty = draft(town.open_round())
    empty.writing = {"content": Content().plain()}
    empty.save()
    with pytest.raises(actions.Incomplete) as incomplete:
        submit(empty)
    assert [(one.step, one.sentence) for one in incomplete.value.missing] == [
        ("title", "还没有写名称"),
        ("title", "还没有写一句话介绍"),
        ("title", "还没有选申报类别"),
        ("title", "还没有选主题"),
        ("need", "还没有写需求"),
        ("goals", "还没有写目标"),
        ("goals", "还没有写谁受益"),
        ("plan", "还没有写计划"),
        ("plan", "还没有填开始和结束日期"),
        ("budget", "还没有填预算"),
    ]
    assert Proposal.objects.get().stage == stages.DRAFT


def test_dates_and_choices_are_looked_at():
    round = town.open_round()
    odd = content(
        round, own_funds=2_000_00, starts="2024-10-02", ends="2024-10-01", tier="x", theme="y"
    )
    assert [one.sentence for one in rules.missing(draft(round), odd)] == [
        "还没有选申报类别",
        "还没有选主题",
        "结束日期早于开始日期",
    ]


def test_after_the_deadline_nothing_is_taken_even_if_the_round_was_not_moved():
    late = draft(town.open_round())
    with pytest.raises(Refused, match="征集已经截止，不能再提交或修改"):
        submit(late, now=NOW + timedelta(days=8))
    assert submit(late, now=NOW + timedelta(days=8, microseconds=-1)).number == 1


def test_a_save_after_the_preview_is_not_handed_in_unseen():
    one = draft(town.open_round())
    actions.save(one, "need", {"need": "改了"}, version=0, by=one.author, now=NOW)
    with pytest.raises(Refused, match="预览以后内容又有改动，请再看一遍预览后提交"):
        submit(one)


def test_numbers_have_no_gaps_and_pressing_twice_hands_in_once():
    round, other = town.open_round(), town.open_round()
    one, two, far = draft(round), draft(round), draft(other)
    for _again in range(2):
        actions.submit(one, version=0, by=one.author, now=NOW, key="k")
    incomplete = draft(round, title="")
    with pytest.raises(actions.Incomplete):
        submit(incomplete)
    assert (submit(two).number, submit(far).number) == (2, 1)
    assert Proposal.objects.get(pk=one.pk).number == 1


def test_a_team_may_ask_several_times_up_to_its_limit():
    round = town.open_round()
    made, _leader = team(neighbourhood(round.street))
    for asked in (18_000_00, 9_000_00):
        submit(draft(round, team=made, asked=asked, own_funds=asked))
    over = draft(round, team=made, asked=3_000_01, own_funds=3_000_00)
    words = "本团队在本轮已申请¥27,000，加上这份¥3,000.01，超过每个团队的上限¥30,000"
    assert [one.sentence for one in rules.missing(over, over.draft)] == [words]
    with pytest.raises(Refused, match="超过每个团队的上限"):
        submit(over)
    first = Proposal.objects.get(number=1)
    actions.withdraw(first, by=first.author, now=NOW)
    assert submit(over).number == 3


def test_photos_take_their_places_when_handed_in(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = draft(town.open_round())
    for caption in ("前", "后"):
        picture = Picture({"large": b"a", "small": b"b"}, 4, 3)
        one = actions.add_photo(one, picture, caption, by=one.author, now=NOW)
    one = actions.drop_photo(one, Photo.objects.get(caption="前").pk, by=one.author, now=NOW)
    submit(one)
    assert [(row.caption, row.place) for row in Photo.objects.order_by("pk")] == [
        ("前", None),
        ("后", 1),
    ]


def optimised(**fields):
    return proposal(
        town.open_round(round_stages.OPTIMISATION), asked=9_000_00, own_funds=1_000_00, **fields
    )


def revise(thing, **parts):
    for step, values in parts.items():
        thing = actions.save(
            thing, step, values, version=thing.step_version(step), by=thing.author, now=NOW
        )
    return actions.revise(thing, version=thing.version, by=thing.author, now=NOW)


def test_a_revision_answers_the_advice_and_keeps_what_was_before():
    one = optimised(need="旧的需求")
    advice = actions.advise(one, "写清谁来轮值", by=officer(one.round.street), now=NOW)
    revised = revise(one, need={"need": "新的需求"})
    assert (revised.need, revised.stage, revised.number) == (
        "新的需求",
        stages.ADMITTED,
        one.number,
    )
    assert [(r.number, r.why, r.content.need) for r in revised.revisions.all()] == [
        (1, "submit", "旧的需求"),
        (2, "revise", "新的需求"),
    ]
    advice.refresh_from_db()
    assert advice.answered_by.number == 2


def test_while_it_is_revised_everybody_still_sees_what_was_handed_in():
    one = optimised(need="旧的需求")
    actions.save(one, "need", {"need": "半句"}, version=0, by=one.author, now=NOW)
    one.refresh_from_db()
    assert (one.content.need, one.draft.need) == ("旧的需求", "半句")


def test_after_advice_a_team_may_ask_for_less_and_return_to_what_it_asked_but_not_for_more():
    one = optimised()

    def asking(total, own):
        return {
            "budget": {"lines": (Line("materials", "花盆", total, 1),)},
            "funds": {"own_funds": own, "partners": ""},
        }

    with pytest.raises(Refused, match="优化时申请金额只能减少"):
        revise(one, **asking(10_000_01, 1_000_00))
    one.refresh_from_db()
    with pytest.raises(Refused, match="至少要占预算的10%"):
        revise(one, **asking(9_000_00, 100_00))
    one.refresh_from_db()
    assert revise(one, **asking(9_000_00, 1_000_00)).asked == 8_000_00
    one.refresh_from_db()
    assert revise(one, **asking(10_000_00, 1_000_00)).asked == 9_000_00


def test_a_revision_that_changes_nothing_is_refused():
    one = optimised()
    with pytest.raises(Refused, match="内容没有变化，不需要重新提交"):
        actions.revise(one, version=0, by=one.author, now=NOW)
