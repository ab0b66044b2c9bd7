"""A team writes: who may, what is kept, and what happens with two windows."""

from datetime import timedelta

import pytest

from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, resident, worker
from sanlin.govern.proposals import actions, rules, stages
from sanlin.govern.proposals.models import Photo, Proposal
from sanlin.govern.rounds import stages as round_stages
from sanlin.ground.files import Picture
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

from . import town
from .scene import proposal, team

pytestmark = pytest.mark.django_db
PICTURE = Picture({"large": b"large", "small": b"small"}, 16, 9)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def round():
    return town.open_round()


@pytest.fixture
def place(round):
    return neighbourhood(round.street)


def begun(round, place, **fields):
    made, leader = team(place, **fields)
    return actions.begin(round, team=made, place=place, by=leader, now=NOW), leader


def test_a_leader_begins_and_a_line_says_so(round, place):
    draft, leader = begun(round, place)
    assert (draft.stage, draft.number, draft.author, str(draft)) == (
        stages.DRAFT,
        None,
        leader,
        "（未命名的提案）",
    )
    assert [entry.deed for entry in Entry.objects.all()] == ["proposal.begin"]


def test_only_a_leader_of_a_team_of_this_street_and_kind_begins(round, place):
    made, leader = team(place)
    elsewhere = neighbourhood()
    far, far_leader = team(elsewhere)
    company, boss = team(place, kind="company")
    street_team, chief = team(street=round.street)
    other_place = neighbourhood(round.street)

    def reason(who, team, place, now=NOW):
        return rules.can_begin_for(who, round, team, place, now=now).reason

    assert reason(leader, made, place) == ""
    assert reason(chief, street_team, other_place) == ""
    assert reason(resident(place), made, place) == f"只有{made}的负责人可以办理"
    assert reason(far_leader, far, elsewhere) == f"只有{round.street}的团队可以在本轮申报"
    assert reason(boss, company, place) == "本轮不接受企业申报"
    assert reason(leader, made, other_place) == f"{made}只能为自己的居民区申报"
    assert reason(leader, made, place, NOW + timedelta(days=8)) == "征集已经截止，不能再提交或修改"
    assert reason(leader, made, place, NOW - timedelta(days=3)) == "本轮尚未开始征集"


def test_steps_are_kept_and_numbered(round, place):
    draft, leader = begun(round, place)
    actions.save(draft, "need", {"need": "堆物"}, version=0, by=leader, now=NOW)
    saved = actions.save(
        draft, "goals", {"goals": "清爽", "beneficiaries": "120户"}, version=0, by=leader, now=NOW
    )
    kept = Proposal.objects.get()
    assert (kept.draft.need, kept.draft.goals, kept.version) == ("堆物", "清爽", 2)
    assert [saved.step_version(step) for step in ("need", "goals", "plan")] == [1, 2, 0]
    assert kept.title == kept.need == ""  # the columns wait until it is handed in
    assert kept.saved_at == NOW


def test_another_window_is_not_overwritten_in_silence(round, place):
    draft, leader = begun(round, place)
    actions.save(draft, "need", {"need": "第一窗"}, version=0, by=leader, now=NOW)
    with pytest.raises(actions.Overtaken) as overtaken:
        actions.save(draft, "need", {"need": "第二窗"}, version=0, by=leader, now=NOW)
    theirs = overtaken.value.theirs
    assert theirs.draft.need == "第一窗"
    actions.save(
        draft, "need", {"need": "第二窗"}, version=theirs.step_version("need"), by=leader, now=NOW
    )
    assert Proposal.objects.get().draft.need == "第二窗"


def test_who_may_write_and_when(round, place):
    draft, leader = begun(round, place)
    made = draft.team
    second = resident(place)
    made.memberships.create(account=second, leads=True, since=NOW.date())
    member = resident(place)
    made.memberships.create(account=member, since=NOW.date())

    def may(who, thing=draft, now=NOW):
        return bool(rules.can_write(who, thing, now=now))

    assert [may(who) for who in (leader, second, member, officer(round.street), worker(place))] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not may(leader, now=NOW + timedelta(days=8))
    for stage in (stages.SUBMITTED, stages.REFUSED, stages.APPEALED, stages.ADMITTED):
        assert not may(leader, proposal(round, stage, team=made))
    improving = town.open_round(round_stages.OPTIMISATION, on=round.street, name="二")
    admitted = proposal(improving, team=made)
    assert may(leader, admitted)
    assert not may(leader, admitted, NOW + timedelta(days=8))


def test_a_photo_belongs_to_the_draft_until_it_is_handed_in(round, place):
    draft, leader = begun(round, place)
    for _n in range(actions.MOST_PHOTOS):
        draft = actions.add_photo(draft, PICTURE, "楼道", by=leader, now=NOW)
    with pytest.raises(Refused, match="最多6张照片，请先去掉一张"):
        actions.add_photo(draft, PICTURE, "楼道", by=leader, now=NOW)
    first = Photo.objects.order_by("pk")[0]
    draft = actions.drop_photo(draft, first.pk, by=leader, now=NOW)
    assert [shown.photo for shown in draft.draft.photos] == [
        row.pk for row in Photo.objects.order_by("pk")[1:]
    ]
    assert rules.can_see_photo(leader, first, now=NOW)
    assert not rules.can_see_photo(resident(place), first, now=NOW)


@pytest.mark.parametrize(
    ("stage", "round_stage", "reason"),
    [
        (stages.DRAFT, round_stages.CALL, ""),
        (stages.SUBMITTED, round_stages.SCREENING, ""),
        (stages.ADMITTED, round_stages.OPTIMISATION, ""),
        (stages.ADMITTED, round_stages.VOTE, "本轮已进入投票或决定，不能再撤回"),
        (stages.REFUSED, round_stages.SCREENING, "这份提案已不能撤回"),
        (stages.WITHDRAWN, round_stages.CALL, "这份提案已不能撤回"),
    ],
)
def test_a_team_takes_back_until_the_round_votes(stage, round_stage, reason):
    made = proposal(town.open_round(round_stage), stage)
    if reason:
        with pytest.raises(Refused, match=reason):
            actions.withdraw(made, by=made.author, now=NOW)
    else:
        assert actions.withdraw(made, by=made.author, now=NOW).stage == stages.WITHDRAWN
        assert Entry.objects.get().deed == "proposal.withdraw"
