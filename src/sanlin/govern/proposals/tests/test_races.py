"""Two hands at once, on real connections: numbers, a team's limit, saves, conclusions, the deadline."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer
from sanlin.govern.proposals import actions, stages
from sanlin.govern.proposals.models import (
    Answer,
    Appeal,
    Photo,
    Proposal,
    Result,
    Revision,
    Screening,
)
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.actions import move
from sanlin.ground.files import Picture
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

from . import town
from .scene import proposal, team

pytestmark = pytest.mark.django_db(transaction=True)


def together(*deeds):
    """Run all at once; returns what each gave, or the sentence of its refusal, in their order."""
    gate, outcomes = Barrier(len(deeds)), [None] * len(deeds)

    def run(place, deed):
        try:
            gate.wait()
            outcomes[place] = deed()
        except (Refused, NotNow) as no:
            outcomes[place] = str(no)
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def draft(round, made=None, asked=9_000_00):
    return proposal(round, stages.DRAFT, team=made, asked=asked, own_funds=asked // 9)


def submitting(one, key=""):
    return lambda: actions.submit(one, version=one.version, by=one.author, now=NOW, key=key)


def test_numbers_have_no_gaps_when_many_hand_in_at_once():
    round = town.open_round()
    drafts = [draft(round) for _n in range(6)]
    outcomes = together(*(submitting(one) for one in drafts))
    assert sorted(one.number for one in outcomes) == [1, 2, 3, 4, 5, 6]


def test_one_draft_handed_in_twice_is_one_proposal():
    round = town.open_round()
    one = draft(round)
    outcomes = together(submitting(one), submitting(one))
    assert sorted(str(outcome) for outcome in outcomes) == sorted(
        [str(one), "预览以后内容又有改动，请再看一遍预览后提交"]
    )
    two = draft(round)
    together(submitting(two, "key"), submitting(two, "key"))
    assert sorted(Proposal.objects.values_list("number", flat=True)) == [1, 2]
    assert Revision.objects.count() == 2


def test_a_team_cannot_pass_its_limit_by_two_proposals_at_once():
    round = town.open_round()
    made, _leader = team(neighbourhood(round.street))
    drafts = [draft(round, made, asked) for asked in (18_000_00, 18_000_00)]
    outcomes = together(*(submitting(one) for one in drafts))
    assert sum(isinstance(outcome, Proposal) for outcome in outcomes) == 1
    assert [o for o in outcomes if isinstance(o, str)] == [
        "还缺：本团队在本轮已申请¥18,000，加上这份¥18,000，超过每个团队的上限¥30,000"
    ]
    assert Proposal.objects.filter(stage=stages.SUBMITTED).count() == 1


def test_two_windows_on_one_step_save_once_and_on_two_steps_twice():
    one = draft(town.open_round())

    def saving(step, **values):
        return lambda: actions.save(one, step, values, version=0, by=one.author, now=NOW)

    outcomes = together(saving("need", need="甲"), saving("need", need="乙"))
    assert sum(isinstance(outcome, Proposal) for outcome in outcomes) == 1
    together(
        saving("goals", goals="目标", beneficiaries="邻居"),
        saving("plan", plan="计划", starts="", ends=""),
    )
    one.refresh_from_db()
    assert (one.draft.goals, one.draft.plan, one.version) == ("目标", "计划", 3)


def test_photos_at_once_stay_within_their_number(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = draft(town.open_round())
    picture = Picture({"large": b"l", "small": b"s"}, 1, 1)
    together(
        *(
            lambda: actions.add_photo(one, picture, "", by=one.author, now=NOW)
            for _n in range(actions.MOST_PHOTOS + 2)
        )
    )
    one.refresh_from_db()
    assert (len(one.draft.photos), Photo.objects.count()) == (actions.MOST_PHOTOS,) * 2


def test_two_officers_conclude_once():
    round = town.open_round(round_stages.SCREENING)
    one = proposal(round, stages.SUBMITTED)
    fine = {code: actions.Found(Answer.FULFILLED) for code in ("heard", "applicant")}

    def screening(result, **words):
        by = officer(round.street)
        return lambda: actions.screen(one, result, fine, by=by, now=NOW, **words)

    outcomes = together(
        screening(Result.ADMIT),
        screening(Result.REFUSE, refusals=["private_matter"], note="单户"),
    )
    assert sum(isinstance(outcome, Proposal) for outcome in outcomes) == 1
    assert "这份提案现在没有待审查的内容" in outcomes
    assert (Screening.objects.count(), Entry.objects.count()) == (1, 1)


def test_an_appeal_is_made_once():
    round = town.open_round(round_stages.SCREENING)
    one = proposal(round, stages.SUBMITTED)
    fine = {code: actions.Found(Answer.FULFILLED) for code in ("heard", "applicant")}
    words = {"refusals": ["private_matter"], "note": "单户"}
    actions.screen(one, Result.REFUSE, fine, by=officer(round.street), now=NOW, **words)
    together(*(lambda: actions.appeal(one, "请再看", by=one.author, now=NOW) for _n in range(3)))
    assert Appeal.objects.count() == 1


def test_nothing_is_handed_in_to_a_round_that_has_left_the_call():
    round = town.open_round()
    one = draft(round)
    zhou = officer(round.street)
    together(submitting(one), lambda: move(round, "close_call", by=zhou, now=NOW), submitting(one))
    round.refresh_from_db()
    one.refresh_from_db()
    assert round.stage == round_stages.SCREENING
    first = list(Entry.objects.order_by("pk").values_list("deed", flat=True))
    expected = {
        stages.SUBMITTED: ["proposal.submit", "round.move"],
        stages.DRAFT: ["round.move"],
    }
    assert first == expected[one.stage]
