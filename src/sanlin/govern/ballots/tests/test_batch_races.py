"""Paper by many hands at once, on real connections; the same on SQLite and PostgreSQL."""

import pytest

from sanlin.govern.ballots import actions, queries, stages
from sanlin.govern.ballots.models import (
    Batch,
    Booth,
    KeyedSheet,
    Keying,
    Look,
    Sample,
    Settlement,
    Sheet,
    Tally,
)
from sanlin.govern.ballots.tests.paper import (
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
from sanlin.govern.ballots.tests.test_races import at_once
from sanlin.govern.ballots.tests.vote import counted
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def anew(account):
    return Account.objects.get(pk=account.pk)


def keying(made, who, paper, client, now):
    return lambda: actions.key_sheet(fresh(made), client, paper, by=anew(who), now=now)


def handing(made, who, now, key=""):
    return lambda: actions.hand_in(fresh(made), by=anew(who), now=now, key=key)


def refusals(answers):
    return [str(answer) for answer in answers if isinstance(answer, Refused)]


def test_one_sheet_sent_eight_times_at_once_is_one():
    vote = on_paper(sheets=1)
    who, made = hands(vote)[0], batch(vote, 1)
    paper = papers(vote, [0])[0]
    answers = at_once(*[keying(made, who, paper, "a", vote.after)] * 8)
    assert len({answer.pk for answer in answers}) == 1
    assert KeyedSheet.objects.count() == Keying.objects.count() == 1


def test_a_batch_handed_in_twice_at_once_by_one_hand_is_handed_in_once():
    vote = on_paper(sheets=1)
    who, made = hands(vote)[0], batch(vote, 1)
    actions.key_sheet(made, "a", papers(vote, [0])[0], by=who, now=vote.after)
    answers = at_once(*[handing(made, who, vote.after, key=k) for k in ("k", "k", "l", "")])
    assert refusals(answers) == []
    assert fresh(made).stage == stages.ONCE
    assert Entry.objects.filter(deed="batch.key").count() == 1


@pytest.mark.parametrize("differ", [False, True])
def test_both_hands_at_once_are_compared_once(differ):
    vote = on_paper(sheets=2)
    (one, two, _three), made = hands(vote), batch(vote, 2)
    for who, chosen in ((one, [[0], [1]]), (two, [[0], [2 if differ else 1]])):
        for at, paper in enumerate(papers(vote, *chosen)):
            actions.key_sheet(fresh(made), f"c{at}", paper, by=who, now=vote.after)
    answers = at_once(*[handing(made, who, vote.after) for who in (one, two)] * 2)
    assert refusals(answers) == []
    assert fresh(made).stage == (stages.DIFFERING if differ else stages.AGREED)
    assert Sheet.objects.count() == (0 if differ else 2)
    assert Entry.objects.filter(deed="batch.key").count() == 2


def test_of_four_hands_at_once_two_get_a_place():
    vote = on_paper(sheets=1)
    made, paper = batch(vote, 1), papers(vote, [0])[0]
    answers = at_once(*(keying(made, who, paper, "a", vote.after) for who in hands(vote, 4)))
    assert refusals(answers) == ["这一批已经有两个人录"] * 2
    assert sorted(Keying.objects.values_list("place", flat=True)) == [1, 2]


def test_two_batches_with_one_serial_count_it_once():
    vote = on_paper(sheets=2)
    one, two, three = hands(vote)
    made = [batch(vote, 1), batch(vote, 1)]
    for each in made:
        key(each, papers(vote, [0]), by=one, now=vote.after)
        actions.key_sheet(fresh(each), "a", papers(vote, [0])[0], by=two, now=vote.after)
    answers = at_once(*(handing(each, two, vote.after) for each in made))
    assert refusals(answers) == []
    assert sorted(fresh(each).stage for each in made) == [stages.AGREED, stages.DIFFERING]
    assert Sheet.objects.count() == 1
    assert three


def test_settled_by_two_at_once_it_is_settled_once():
    vote = on_paper(sheets=1)
    one, two, *others = hands(vote, 4)
    made = batch(vote, 1)
    key(made, papers(vote, [0]), by=one, now=vote.after)
    key(made, papers(vote, [1]), by=two, now=vote.after)

    def settle(who, place):
        ruling = {number(vote, 1): papers(vote, [place])[0]}
        return lambda: actions.settle(
            fresh(made), ruling, None, "看错", by=anew(who), now=vote.after
        )

    answers = at_once(*(settle(who, place) for place, who in enumerate(others)))
    assert refusals(answers) == ["这一批没有要裁定的差异"]
    assert Settlement.objects.count() == Sheet.objects.count() == 1
    assert Entry.objects.filter(deed="batch.settle").count() == 1


def test_batches_registered_at_once_have_different_numbers():
    vote = on_paper(sheets=3)
    here = booth(vote)

    def register():
        at = Booth.objects.select_related("round__street").get(pk=here.pk)
        return actions.register(at, 1, by=anew(vote.officer), now=vote.after)

    answers = at_once(*[register] * 4)
    assert refusals(answers) == []
    assert sorted(Batch.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_a_sample_is_drawn_once_and_a_sheet_looked_at_once():
    vote = on_paper(sheets=2)
    keyed(vote, [0], [0])
    counted(vote.fresh(), vote.after)
    dice = ("111111", "222222", "333333")

    def draw(digits):
        return lambda: actions.draw_sample(
            vote.fresh(), digits, 2, 50, by=anew(vote.officer), now=vote.after
        )

    answers = at_once(*map(draw, dice))
    assert refusals(answers) == ["样本已经抽定，不能再抽"] * 2
    sample = Sample.objects.get()
    looker = hands(vote, 4)

    def look(who):
        def once():
            sheet = Sheet.objects.select_related("roll__round__street", "batch__booth").get(
                serial=min(queries.drawn(sample))
            )
            return actions.look(sample, sheet, None, by=anew(who), now=vote.after)

        return once

    answers = at_once(*map(look, looker))
    assert refusals(answers) == ["这张票刚刚由别人核对过"] * 3
    assert Look.objects.count() == 1


def test_the_count_and_a_late_batch_do_not_both_succeed():
    vote = on_paper(sheets=1)
    keyed(vote, [0])
    here = booth(vote)

    def register():
        at = Booth.objects.select_related("round__street").get(pk=here.pk)
        return actions.register(at, 1, by=anew(vote.officer), now=vote.after)

    answers = at_once(lambda: counted(vote.fresh(), vote.after), register)
    opened = vote.fresh().roll.counted_at is not None
    assert opened is (Batch.objects.count() == 1)
    assert len(refusals(answers)) == 1
    assert Tally.objects.count() == opened
