"""Proposals that may be funded only where another one is: named, counted, told, recorded."""

import pytest
from django.db import IntegrityError, transaction

from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.govern.awards import actions
from sanlin.govern.awards.models import Award, Decision
from sanlin.govern.awards.queries import dependent, explain
from sanlin.govern.proposals.models import Premise
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import Refused
from sanlin.kernel.allocation import from_bytes

from .scene import in_threads, to_decide

pytestmark = pytest.mark.django_db
WHY = "先通水才能种花"


def back(case, stage):
    """The round and its proposals, as they are read anew, at this stage."""
    Round.objects.filter(pk=case.round.pk).update(stage=stage)
    case.round = Round.objects.select_related("street").get(pk=case.round.pk)
    for one in case.proposals:
        one.refresh_from_db()
    return case


def named(shares, *asked, pairs, **values):
    """A round to decide in which each pair (one, other) says that `one` needs `other`."""
    case = back(to_decide(shares, *asked, **values), "review")
    for one, other in pairs:
        needs = case.proposals[other]
        actions.name_premise(case.proposals[one], needs, WHY, by=case.first, now=NOW)
    return back(case, "decision")


def why(case, which):
    titles = {one.pk: one.title for one in case.proposals}
    return explain(case.award(which), case.round.rules, titles).text


def test_what_needs_another_comes_up_right_behind_it():
    case = named(["1", "9/10", "4/5"], 20_000, pairs=[(0, 2)], tiers__shifan__money=50_000_00)
    decision = case.decide()
    first, _second, third = (one.pk for one in case.proposals)
    assert from_bytes(bytes(decision.inputs)).limits.requires == ((first, third),)
    # The second takes its turn before the third, which then finds money for one; the first finds none.
    assert case.results() == [("reserve", 0), ("standing", 20_000), ("standing", 20_000)]


def test_without_its_premise_it_is_out_and_told_why():
    case = named(["1", "9/10", "4/5"], 20_000, pairs=[(0, 2)], award__min_score=85)
    case.decide()
    assert [stage for stage, _ in case.results()] == ["reserve", "standing", "out"]
    assert why(case, 0).startswith(f"以“{case.proposals[2].title}”立项为前提，而该项目未立项")


def test_pairs_that_lead_nowhere_are_refused():
    case = back(to_decide(["1", "9/10", "4/5"], 10_000), "review")
    one, two, three = case.proposals
    told = {"by": case.first, "now": NOW}
    actions.name_premise(one, two, WHY, **told)
    actions.name_premise(two, three, WHY, **told)
    for key, needs in ((three, one), (two, one), (one, one)):
        with pytest.raises(Refused, match="绕成一圈"):
            actions.name_premise(key, needs, WHY, **told)
    with pytest.raises(Refused, match="已经指定过"):
        actions.name_premise(one, two, WHY, **told)
    with pytest.raises(Refused, match="不能又互为前提"):
        actions.name_rivals(case.round, [one, two], WHY, **told)
    actions.name_rivals(case.round, [one, three], WHY, **told)
    with pytest.raises(Refused, match="不能又互为前提"):
        actions.name_premise(one, three, WHY, **told)
    other = to_decide(["1"], 10_000).proposals[0]
    with pytest.raises(Refused, match="须是本轮"):
        actions.name_premise(one, other, WHY, **told)
    assert Premise.objects.count() == 2


def test_the_database_knows_no_proposal_that_needs_itself():
    case = to_decide(["1"], 10_000)
    one = case.proposals[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Premise.objects.create(round=case.round, proposal=one, needs=one, reason=WHY)


def test_only_before_the_vote_and_the_count():
    case = named(["1", "9/10"], 10_000, pairs=[(0, 1)])
    one, two = case.proposals
    with pytest.raises(Refused, match="投票和决定之前"):
        actions.name_premise(two, one, WHY, by=case.first, now=NOW)
    with pytest.raises(Refused, match="投票和决定之前"):
        actions.drop_premise(Premise.objects.get(), by=case.first, now=NOW)
    back(case, "optimisation")
    with pytest.raises(Refused):
        actions.drop_premise(Premise.objects.get(), by=officer(), now=NOW)
    actions.drop_premise(Premise.objects.get(), by=case.first, now=NOW)
    assert not Premise.objects.exists()


def test_nobody_moves_up_past_its_premise_and_the_next_may():
    case = named(
        ["1", "9/10", "4/5", "7/10"], 20_000, pairs=[(1, 0)], tiers__shifan__money=40_000_00
    )
    case.noticed()
    assert [stage for stage, _ in case.results()] == ["standing", "standing", "reserve", "reserve"]
    assert [one.proposal for one in dependent(case.award(0))] == [case.proposals[1]]
    Award.objects.filter(proposal=case.proposals[0]).update(stage="cancelled", grant=0)
    Award.objects.filter(proposal=case.proposals[1]).update(stage="reserve", grant=0)
    back(case, "notice")
    with pytest.raises(Refused, match="为前提，而该项目未立项，不能递补"):
        actions.promote(case.award(1), by=case.first, now=NOW)
    actions.promote(case.award(2), by=case.first, now=NOW)
    assert case.award(2).stage == "standing"


def test_the_officers_page(client):
    case = back(to_decide(["1", "9/10", "4/5"], 10_000), "review")
    one, two, _three = (p.pk for p in case.proposals)
    client.force_login(case.first)
    page = f"/rounds/{case.round.pk}/premises/"
    assert "还没有前提项目" in client.get(page).content.decode()
    wrong = client.post(page, {"proposal": one, "needs": one, "reason": WHY})
    assert "不能以自己为前提" in wrong.content.decode()
    assert f'<option value="{one}" selected>' in wrong.content.decode()
    assert client.post(page, {"proposal": one, "needs": two, "reason": WHY}).status_code == 302
    circle = client.post(page, {"proposal": two, "needs": one, "reason": WHY}).content.decode()
    assert "绕成一圈" in circle
    titles = [p.title for p in case.proposals]
    assert f"“{titles[0]}”以“{titles[1]}”立项为前提" in circle
    dropped = client.post(f"/premises/{Premise.objects.get().pk}/drop/")
    assert dropped.status_code == 302
    assert not Premise.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_often_for_three_as_for_one(client, rows, django_assert_num_queries):
    pairs = [(n, 3) for n in range(rows)]
    case = back(named(["1"] * 4, 10_000, pairs=pairs), "review")
    client.force_login(case.first)
    client.get("/")
    with django_assert_num_queries(8):
        client.get(f"/rounds/{case.round.pk}/premises/")


@pytest.mark.django_db(transaction=True)
def test_two_hands_close_no_circle():
    case = back(to_decide(["1", "9/10"], 10_000), "review")
    pairs = [case.proposals, case.proposals[::-1]]

    def name(n):
        try:
            actions.name_premise(*pairs[n % 2], WHY, by=case.first, now=NOW)
        except Refused:
            return "refused"
        return "named"

    assert in_threads(4, name) == ["named", "refused", "refused", "refused"]
    case = back(case, "decision")
    case.decide()
    assert Decision.objects.count() == 1
