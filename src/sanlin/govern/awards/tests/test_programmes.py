"""The published programmes, each decided by its own rule pack and no code of its own."""

from fractions import Fraction

import pytest

from sanlin.commons.people.tests.scene import NOW, neighbourhood, officer, street
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Award, Decision
from sanlin.govern.awards.queries import explain
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.tests.vote import counted, keyed, voter
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.reviews import actions as reviews
from sanlin.govern.reviews.tests.scene import panel, pledged, sealed
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import after, open_round
from sanlin.ground.verdict import Refused
from sanlin.kernel.allocation import Change, from_bytes, verified

pytestmark = pytest.mark.django_db
CHENGDU = {
    "budget": 10_000_000_00,
    "award__expert": 700,
    "award__public": 300,
    "award__min_score": None,
}


def decided(pack, given, *, kind="team", communities=1, **values):
    """Play a pack from review to decision: `given` is (yuan asked, share of full marks, votes),
    dealt out to the communities in turn."""
    on = street()
    by = officer(on)
    round = open_round("review", by=by, on=on, pack=pack, **values)
    areas = [neighbourhood(on) for _ in range(communities)]
    places = [areas[n % communities] for n in range(len(given))]
    made = [
        proposal(round, asked=asked * 100, neighbourhood=place)
        for (asked, _share, _votes), place in zip(given, places, strict=True)
    ]
    for one in made:
        type(one.team).objects.filter(pk=one.team_id).update(kind=kind)
    judges = pledged(round, panel(round, 5, by=by))
    for one, (_asked, share, _votes) in zip(made, given, strict=True):
        for judge in judges:
            sealed(one, judge, share)
    voted = [n for n, (_asked, _share, votes) in enumerate(given) for _ in range(votes)]
    voters = [voter(made[n].neighbourhood) for n in voted]
    if "vote" in round.rules.stages:
        _vote(round, made, voted, voters, by)
    else:
        move(round, "close_entries", by=by, now=NOW)
    decision = actions.decide(Round.objects.get(pk=round.pk), by=by, now=NOW)
    titles = {one.pk: one.title for one in made}
    rows = [Award.objects.get(decision=decision, proposal=one) for one in made]
    return [(row.stage, row.grant // 100, explain(row, round.rules, titles).text) for row in rows]


def _vote(round, made, voted, voters, by):
    begins = round.window("vote").opens
    if "optimisation" in round.rules.stages:
        move(round, "open_optimisation", by=by, now=begins)
    else:
        round = Round.objects.get(pk=round.pk)
        with pytest.raises(Refused, match="评审还没有结束"):
            ballots.open_vote(round, by=by, now=begins)
        if "conferral" in round.rules.stages:
            round.conferrals.create(minutes="逐件合议。", held_at=begins, recorder=by)
        reviews.end_review(round, by=by, now=begins)
    keyed(round, by)
    round = ballots.open_vote(Round.objects.get(pk=round.pk), by=by, now=begins)
    for who, n in zip(voters, voted, strict=True):
        ballots.cast(Round.objects.get(pk=round.pk), [made[n].pk], by=who, now=begins)
    ballots.close_vote(Round.objects.get(pk=round.pk), by=by, now=after(round, "vote"))
    counted(round, after(round, "vote"))


def test_chengdu_holds_two_ceilings_at_once():
    given = [(100_000, share, 1) for share in ("1", "19/20", "9/10", "17/20")]
    rows = decided("chengdu", given, **CHENGDU)
    assert [row[:2] for row in rows] == [
        ("standing", 100_000),
        ("standing", 100_000),
        ("standing", 100_000),
        ("reserve", 0),
    ]
    assert rows[3][2].startswith("本社区¥300,000上限只余¥0，差¥100,000")


def test_chengdu_does_not_share_the_ceiling_between_communities():
    given = [(100_000, share, 1) for share in ("1", "19/20", "9/10", "17/20")]
    rows = decided("chengdu", given, communities=2, **CHENGDU)
    assert [row[0] for row in rows] == ["standing"] * 4


def test_wenhua_blends_experts_and_the_vote():
    given = [(20_000, "4/5", 1), (20_000, "3/4", 8), (20_000, "9/10", 0)]
    rows = decided(
        "wenhua",
        given,
        kind="owners",
        budget=50_000_00,
        award__expert=600,
        award__public=400,
        award__min_score=None,
        project_cap=30_000_00,
        vote__own_community_only=False,
    )
    # 60 % of the mark and 40 % of the share of nine ballots: 52.4, 80.6 and 54.
    assert [row[0] for row in rows] == ["reserve", "standing", "standing"]
    assert rows[0][2].startswith("本轮总额只余¥10,000，不足申请的¥20,000，差¥10,000")
    assert rows[1][2] == "获微创投项目第1名，立项¥20,000；高于入围线28.11分"


def test_caiyun_grants_three_to_five_thousand():
    rows = decided(
        "caiyun",
        [(5_000, "9/10", 3), (3_000, "4/5", 2), (4_000, "7/10", 0)],
        budget=8_000_00,
        award__expert=600,
        award__public=400,
        award__min_score=None,
        vote__own_community_only=False,
    )
    assert [row[:2] for row in rows] == [("standing", 5_000), ("standing", 3_000), ("reserve", 0)]


BLENDED = {"award__expert": 600, "award__public": 400, "award__min_score": None}
PROGRAMMES = {
    "chengdu": ([(100_000, share, 1) for share in ("1", "19/20", "9/10", "17/20")], CHENGDU),
    "wenhua": (
        [(20_000, "4/5", 1), (20_000, "3/4", 4), (20_000, "9/10", 0)],
        {
            **BLENDED,
            "kind": "owners",
            "budget": 50_000_00,
            "project_cap": 30_000_00,
            "vote__own_community_only": False,
        },
    ),
    "weifang": (
        [(15_000, "4/5", 1), (10_000, "3/4", 2), (12_000, "9/10", 0), (9_000, "7/10", 2)],
        {
            **BLENDED,
            "award__method": "blend",
            "tiers__shifan__money": 30_000_00,
            "stages__conferral": False,
        },
    ),
}


@pytest.mark.parametrize("pack", PROGRAMMES)
def test_what_would_have_been_enough_is_true(pack):
    """Every change that the pages name funds the proposal when the kept bytes are counted again
    with it, and one unit less does not."""
    given, values = PROGRAMMES[pack]
    decided(pack, given, **values)
    decision = Decision.objects.get()
    case = from_bytes(bytes(decision.inputs))
    named = 0
    for award in decision.awards.exclude(stage="standing").select_related("proposal"):
        assert award.reason["changes"], award.reason
        assert "即可立项" in explain(award, decision.round.rules, {}).change
        for told in award.reason["changes"]:
            change = Change(told["what"], Fraction(told["by"]), told["smallest"])
            assert verified(case, award.proposal_id, change) == (True, False)
            named += 1
    assert named
