"""Paper after the close: keyed twice by two hands apart, settled by a third, counted once."""

from collections import Counter

import pytest

from sanlin.commons.people.models import Post, PostKind
from sanlin.commons.people.tests.scene import officer, worker
from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.actions import Paper
from sanlin.govern.ballots.models import (
    Batch,
    Booth,
    Channel,
    Discrepancy,
    KeyedSheet,
    Keying,
    Settlement,
    Sheet,
    Tally,
)
from sanlin.govern.ballots.tests.paper import (
    add_booth,
    batch,
    booth,
    fresh,
    hands,
    key,
    keyed,
    number,
    on_paper,
    papers,
)
from sanlin.govern.ballots.tests.vote import close, counted, opened
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots.tally import Merged

pytestmark = pytest.mark.django_db


def test_two_hands_that_agree_are_counted_with_the_ballots_online():
    vote = on_paper(voters=5, sheets=3, shut=False)
    one, two, _three = vote.proposals
    actions.cast(vote.fresh(), [two.pk], by=vote.voters[4], now=vote.round.roll.opened_at)
    close(vote)
    done = keyed(vote, [0], [0, 1], [])
    assert (done.stage, done.valid, done.blank, done.invalid) == (stages.AGREED, 2, 1, 0)
    assert not Settlement.objects.exists()
    round = counted(vote.fresh(), vote.after)
    assert queries.votes(round) == {one.pk: 2, two.pk: 2, vote.proposals[2].pk: 0}
    assert queries.turnout(round) == (4, 5)
    assert queries.channels(round) == [("网上", 1), ("纸质", 3)]
    told = Entry.objects.get(deed="box.open").told["data"]
    assert told == {"broken": 0, "counted": 1, "paper": 3}


def test_a_round_on_paper_alone_is_counted():
    vote = on_paper(voters=2, sheets=2)
    keyed(vote, [0], [0])
    round = counted(vote.fresh(), vote.after)
    assert queries.votes(round)[vote.proposals[0].pk] == 2
    assert [t.channel for t in Tally.objects.all()] == [Channel.PAPER]


def test_nothing_is_keyed_before_the_close_nor_after_the_count():
    vote = on_paper(shut=False)
    with pytest.raises(Refused, match="截止以前谁都不能知道票数"):
        actions.register(booth(vote), 3, by=vote.officer, now=vote.after)
    close(vote)
    keyed(vote, [0], [0], [1])
    counted(vote.fresh(), vote.after)
    with pytest.raises(Refused, match="票箱已经打开并计票"):
        batch(vote, 1)


def test_an_open_booth_is_not_keyed():
    vote = on_paper()
    Booth.objects.update(stage=stages.OPEN)
    with pytest.raises(Refused, match="还没有关闭，不能登记批次"):
        batch(vote, 3)
    with pytest.raises(Refused, match="投票站还没有关闭并由两人签字：第1票站"):
        counted(vote.fresh(), vote.after)


def test_the_box_waits_for_every_batch_and_says_for_which():
    vote = on_paper(sheets=3)
    with pytest.raises(Refused, match="第1票站箱内还有3张没有登记批次"):
        counted(vote.fresh(), vote.after)
    made = batch(vote, 3)
    with pytest.raises(Refused, match="第1票站第1批：待录"):
        counted(vote.fresh(), vote.after)
    one, two, _three = hands(vote)
    key(made, papers(vote, [0], [0], [0]), by=one, now=vote.after)
    with pytest.raises(Refused, match="第1票站第1批：录完一遍"):
        counted(vote.fresh(), vote.after)
    key(made, papers(vote, [0], [0], [1]), by=two, now=vote.after)
    with pytest.raises(Refused, match="第1票站第1批：两遍不一致"):
        counted(vote.fresh(), vote.after)


def test_one_person_never_keys_a_batch_twice_and_nobody_sees_the_other():
    vote = on_paper(sheets=1)
    one, two, three = hands(vote)
    made = batch(vote, 1)
    actions.key_sheet(made, "a", papers(vote, [0])[0], by=one, now=vote.after)
    keying = Keying.objects.get()
    assert rules.can_see_keyed(one, keying, now=vote.after)
    for other in (two, three, vote.officer):
        assert (
            "谁都看不到另一个人录了什么"
            in rules.can_see_keyed(other, keying, now=vote.after).reason
        )
    actions.hand_in(fresh(made), by=one, now=vote.after)
    with pytest.raises(Refused, match="第二遍由另一个人录"):
        actions.key_sheet(fresh(made), "b", papers(vote, [0])[0], by=one, now=vote.after)
    assert queries.pair(fresh(made), fresh(made).booth.round.roll) is None
    assert not rules.can_see_keyed(one, Keying.objects.get(), now=vote.after)
    key(made, papers(vote, [1]), by=two, now=vote.after)
    keying = Keying.objects.first()
    assert rules.can_see_keyed(three, keying, now=vote.after)
    assert not rules.can_see_keyed(two, keying, now=vote.after)
    with pytest.raises(Refused, match="已经有两个人录"):
        actions.key_sheet(fresh(made), "c", papers(vote, [0])[0], by=three, now=vote.after)


def test_a_third_person_settles_and_neither_of_the_two():
    vote = on_paper(sheets=3)
    one, two, three = hands(vote)
    made = batch(vote, 3)
    key(made, papers(vote, [0], [0], [1]), by=one, now=vote.after)
    made = key(made, papers(vote, [0], [1], []), by=two, now=vote.after)
    assert made.stage == stages.DIFFERING
    assert queries.pair(made, vote.fresh().roll).apart == (number(vote, 2), number(vote, 3))
    rulings = {number(vote, n): papers(vote, [0], [0], [0])[n - 1] for n in (2, 3)}
    for who in (one, two):
        with pytest.raises(Refused, match="录过这一批的人不能裁定"):
            actions.settle(made, rulings, None, "看错", by=who, now=vote.after)
    with pytest.raises(Refused, match="请写明理由"):
        actions.settle(made, rulings, None, " ", by=three, now=vote.after)
    with pytest.raises(Refused, match=f"票号{number(vote, 3)}还没有裁定"):
        actions.settle(made, {number(vote, 2): None}, None, "看错", by=three, now=vote.after)
    actions.settle(made, rulings, None, "看错一格", by=three, now=vote.after)
    made = fresh(made)
    assert (made.stage, made.valid, made.sheets) == (stages.SETTLED, 3, 3)
    assert queries.votes(counted(vote.fresh(), vote.after))[vote.proposals[0].pk] == 3
    line = Entry.objects.get(deed="batch.settle").told["data"]
    assert (line["differences"], line["sheets"], line["post"]) == (2, 3, "committee_worker")
    assert "看错" not in str(line)


def test_both_found_fewer_sheets_than_were_registered():
    vote = on_paper(sheets=3)
    one, two, three = hands(vote)
    made = batch(vote, 3)
    two_sheets = papers(vote, [0], [0])
    for at, paper in enumerate(two_sheets):
        actions.key_sheet(fresh(made), f"c{at}", paper, by=one, now=vote.after)
    with pytest.raises(Refused, match="这一批登记了3张，您录了2张"):
        actions.hand_in(fresh(made), by=one, now=vote.after)
    actions.hand_in(fresh(made), by=one, now=vote.after, sure=True)
    made = key(made, two_sheets, by=two, now=vote.after, sure=True)
    assert made.stage == stages.DIFFERING
    actions.settle(made, {}, None, "清点只有两张", by=three, now=vote.after)
    assert fresh(made).sheets == 2
    with pytest.raises(Refused, match="箱内还有1张没有登记批次"):
        counted(vote.fresh(), vote.after)
    with pytest.raises(Refused, match="请写明差异的原因"):
        actions.explain(booth(vote), "", by=vote.officer, now=vote.after)
    actions.explain(booth(vote), "清点时多数了一张", by=vote.officer, now=vote.after)
    assert Discrepancy.objects.get().sheets == -1
    assert counted(vote.fresh(), vote.after).stage == "decision"


def test_a_sheet_too_many_is_explained_before_the_count():
    vote = on_paper(voters=4, sheets=2)
    made = batch(vote, 3)
    one, two, _three = hands(vote)
    all_three = [*papers(vote, [0], [0]), Paper("", {})]
    key(made, all_three, by=one, now=vote.after)
    made = key(made, all_three, by=two, now=vote.after)
    assert (made.stage, made.valid, made.invalid) == (stages.AGREED, 2, 1)
    with pytest.raises(Refused, match="第1票站的各批比箱内多1张"):
        counted(vote.fresh(), vote.after)
    with pytest.raises(Refused):
        actions.explain(booth(vote), "广告纸", by=one, now=vote.after)
    actions.explain(booth(vote), "箱里有一张广告纸", by=vote.officer, now=vote.after)
    round = counted(vote.fresh(), vote.after)
    assert sum(queries.votes(round).values()) == 2
    assert Sheet.objects.get(serial=None).reason == "foreign"


def test_an_explanation_of_another_difference_does_not_do():
    vote = on_paper(sheets=3)
    actions.explain(booth(vote), "箱子丢了", by=vote.officer, now=vote.after)
    keyed(vote, [0], [0])
    with pytest.raises(Refused, match="箱内还有1张没有登记批次"):
        counted(vote.fresh(), vote.after)


def test_a_serial_counts_once_in_the_round():
    vote = on_paper(sheets=3)
    keyed(vote, [0], [0])
    made = batch(vote, 1)
    one, two, three = hands(vote)
    again = [papers(vote, [1])[0]]
    key(made, again, by=one, now=vote.after)
    made = key(made, again, by=two, now=vote.after)
    assert made.stage == stages.DIFFERING
    twice = number(vote, 1)
    with pytest.raises(Refused, match="一个票号只计一次"):
        actions.settle(made, {twice: again[0]}, None, "重复", by=three, now=vote.after)
    right = Paper(number(vote, 3), {vote.proposals[1].pk: 1})
    with pytest.raises(Refused, match="至少要有1张"):
        actions.settle(made, {twice: None}, None, "重复", by=three, now=vote.after)
    assert right.serial not in rulings_of(made)
    assert Counter(Sheet.objects.values_list("serial", flat=True)) == {
        number(vote, 1): 1,
        number(vote, 2): 1,
    }


def rulings_of(made):
    return queries.pair(made, made.booth.round.roll).apart


def test_a_serial_of_another_booth_or_of_none_is_refused():
    vote = on_paper(sheets=3)
    here, there = booth(vote), add_booth(vote, 1)
    assert rules.serial_of(f" {number(vote, 2)} ", here) == number(vote, 2)
    assert rules.serial_of(number(vote, 2).split("-", 2)[2], here) == number(vote, 2)
    for wrong, words in (
        ("", "票号不对"),
        ("0002-99", "校验码对不上"),
        (number(vote, 2, at=2), "别的投票站"),
        (number(vote, 999), "没有领过这个票号"),
        ("7" * 400, "票号不对"),
        ("１２３", "票号不对"),
        ("\x00", "票号不对"),
    ):
        with pytest.raises(Refused, match=words):
            rules.serial_of(wrong, here)
    assert rules.serial_of(number(vote, 1, at=2), there)


def test_who_leads_a_proposal_touches_no_paper():
    vote = on_paper(sheets=1)
    leader = vote.proposals[0].team.memberships.filter(leads=True).first().account
    post_of(leader, vote)
    assert rules.post_for_paper(leader, vote.fresh(), now=vote.after) == "committee_worker"
    with pytest.raises(Refused, match="您是本轮一个提案的负责人"):
        actions.register(booth(vote), 1, by=leader, now=vote.after)
    made = batch(vote, 1)
    assert not rules.can_key(leader, fresh(made), now=vote.after)
    for stranger in (vote.voters[0], officer(), worker(opened().places[0])):
        assert (
            "工作人员可以办理纸质票" in rules.can_key(stranger, fresh(made), now=vote.after).reason
        )


def post_of(account, vote):
    like = Post.objects.filter(account=vote.officer).first()
    Post.objects.create(
        account=account,
        kind=PostKind.COMMITTEE_WORKER,
        neighbourhood=vote.places[0],
        since=like.since,
    )
    account.memo.clear()


# --- sending twice --------------------------------------------------------------------------------


def test_sent_twice_is_stored_once_and_dropped_stays_dropped():
    vote = on_paper(sheets=2)
    who = hands(vote)[0]
    made = batch(vote, 2)
    one, two = papers(vote, [0], [1])
    first = actions.key_sheet(made, "a", one, by=who, now=vote.after)
    assert actions.key_sheet(made, "a", one, by=who, now=vote.after) == first
    with pytest.raises(Refused, match="您已经录过一张"):
        actions.key_sheet(made, "b", one, by=who, now=vote.after)
    actions.drop_sheet(made, "a", by=who, now=vote.after)
    actions.drop_sheet(made, "a", by=who, now=vote.after)
    assert actions.key_sheet(made, "a", one, by=who, now=vote.after).dropped
    actions.key_sheet(made, "c", one, by=who, now=vote.after)
    actions.drop_sheet(made, "late", by=who, now=vote.after)  # its sheet never arrived
    assert actions.key_sheet(made, "late", two, by=who, now=vote.after).dropped
    assert [s.serial for s in KeyedSheet.objects.filter(dropped=False)] == [number(vote, 1)]


def test_handed_in_twice_is_handed_in_once():
    vote = on_paper(sheets=1)
    one, two, _three = hands(vote)
    made = batch(vote, 1)
    actions.key_sheet(made, "a", papers(vote, [0])[0], by=one, now=vote.after)
    for _ in range(2):
        actions.hand_in(fresh(made), by=one, now=vote.after, key="k")
    actions.hand_in(fresh(made), by=one, now=vote.after, key="another")
    assert fresh(made).stage == stages.ONCE
    key(made, papers(vote, [0]), by=two, now=vote.after)
    assert Entry.objects.filter(deed="batch.key").count() == 2
    assert Sheet.objects.count() == 1


def test_a_place_is_given_to_somebody_else_and_a_batch_taken_back():
    vote = on_paper(sheets=1)
    one, two, three = hands(vote)
    made = batch(vote, 1)
    spare = batch(vote, 5)
    actions.drop_batch(spare, by=vote.officer, now=vote.after)
    for who in (one, two):
        actions.key_sheet(fresh(made), "a", papers(vote, [0])[0], by=who, now=vote.after)
    with pytest.raises(Refused, match="已经有人在录"):
        actions.drop_batch(made, by=vote.officer, now=vote.after)
    with pytest.raises(Refused, match="已经有两个人录"):
        actions.key_sheet(fresh(made), "a", papers(vote, [0])[0], by=three, now=vote.after)
    keying = Keying.objects.get(hand=one)
    with pytest.raises(Refused):
        actions.release(keying, by=three, now=vote.after)
    actions.release(keying, by=vote.officer, now=vote.after)
    key(made, papers(vote, [0]), by=three, now=vote.after)
    actions.hand_in(fresh(made), by=two, now=vote.after)
    assert fresh(made).stage == stages.AGREED
    with pytest.raises(Refused, match="不能再改"):
        actions.release(Keying.objects.get(hand=two), by=vote.officer, now=vote.after)


# --- every kind of ballot -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "marks", "states", "ballots"),
    [
        (
            {"vote__kind": "approve_k", "vote__k": 2},
            [{0: 1, 1: 1}, {0: 1, 1: 1, 2: 1}],
            (1, 1),
            {0: 1, 1: 1},
        ),
        ({"vote__kind": "rank", "vote__k": 2}, [{0: 2, 1: 1}, {0: 1, 1: 1}], (1, 1), {0: 1, 1: 2}),
        ({"vote__kind": "points", "vote__points": 5}, [{0: 3, 1: 2}, {0: 9}], (1, 1), {0: 3, 1: 2}),
    ],
)
def test_kinds_of_ballots(pack, marks, states, ballots):
    vote = on_paper(sheets=2, **pack)
    one, two, _three = hands(vote)
    made = batch(vote, 2)
    sheets = [
        Paper(number(vote, n), {vote.proposals[at].pk: mark for at, mark in own.items()})
        for n, own in enumerate(marks, 1)
    ]
    key(made, sheets, by=one, now=vote.after)
    made = key(made, sheets, by=two, now=vote.after)
    assert (made.valid, made.invalid) == states
    votes = queries.votes(counted(vote.fresh(), vote.after))
    assert {at: votes[vote.proposals[at].pk] for at in ballots} == ballots


def test_opinions_and_blank_sheets_of_them():
    vote = on_paper(
        voters=4,
        sheets=3,
        vote__kind="stance",
        vote__options=["support", "against", "abstain", "follow"],
        vote__carried="any",
        vote__silence="abstain",
    )
    one, two, _three = hands(vote)
    made = batch(vote, 3)
    keys = [p.pk for p in vote.proposals]
    sheets = [
        Paper(number(vote, 1), {keys[0]: 1, keys[1]: 2}),
        Paper(number(vote, 2), {}),
        Paper(number(vote, 3), {keys[0]: 1}, "named"),
    ]
    key(made, sheets, by=one, now=vote.after)
    made = key(made, sheets, by=two, now=vote.after)
    assert (made.valid, made.blank, made.invalid) == (1, 1, 1)
    round = counted(vote.fresh(), vote.after)
    said = queries.stances(round)[keys[0]]
    assert (said.support, said.silent) == (1, 1)


def test_a_household_votes_on_paper():
    vote = on_paper(voters=3, sheets=2, vote__unit="household")
    keyed(vote, [0], [1])
    round = counted(vote.fresh(), vote.after)
    assert queries.turnout(round) == (2, 3)
    assert queries.ballots(round) == Merged(
        ((((vote.proposals[0].pk, 1),), 1), (((vote.proposals[1].pk, 1),), 1))
    )


def test_when_the_keys_are_gone_nobody_knows_what_a_numbered_sheet_said():
    vote = on_paper(sheets=2)
    keyed(vote, [0], [1])
    round = counted(vote.fresh(), vote.after)
    before = queries.votes(round)
    type(round).objects.filter(pk=round.pk).update(stage="running")
    actions.destroy_keys(vote.fresh(), by=vote.officer, now=vote.after)
    assert set(Sheet.objects.values_list("choices", flat=True)) == {""}
    assert not KeyedSheet.objects.exists()
    assert queries.votes(vote.fresh()) == before
    assert [b.valid for b in Batch.objects.all()] == [2]
