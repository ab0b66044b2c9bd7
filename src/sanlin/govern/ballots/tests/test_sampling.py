"""The sample of paper after the count: drawn by dice, looked at by others, confirmed or corrected."""

import pytest

from sanlin.govern.ballots import actions, queries, rules, stages
from sanlin.govern.ballots.actions import Paper
from sanlin.govern.ballots.models import Look, Sample, Sheet
from sanlin.govern.ballots.queries import drawn
from sanlin.govern.ballots.tests.paper import batch as registered
from sanlin.govern.ballots.tests.paper import (
    booth,
    hands,
    key,
    keyed,
    number,
    on_paper,
    papers,
)
from sanlin.govern.ballots.tests.vote import count, counted, opened
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal.models import Checkpoint, Entry
from sanlin.ground.verdict import Refused
from sanlin.kernel.ballots import sample as sampling

pytestmark = pytest.mark.django_db
DICE = "351264"


def counted_paper(chosen, **wanted):
    """A counted vote on paper, with what was keyed (`chosen`, by place on the ballot)."""
    vote = on_paper(voters=len(chosen), sheets=len(chosen), **wanted)
    keyed(vote, *chosen)
    vote.round = counted(vote.fresh(), vote.after)
    return vote


def drawn_sample(vote, margin, limit=50, digits=DICE):
    return actions.draw_sample(vote.fresh(), digits, margin, limit, by=vote.officer, now=vote.after)


def looked(vote, sample, truth, who):
    """Everybody drawn is looked at; `truth` has what the paper of a serial shows, None where it is missing."""
    for serial in drawn(sample):
        sheet = Sheet.objects.select_related("roll__round__street", "batch__booth").get(
            serial=serial
        )
        if not Look.objects.filter(sheet=sheet).exists():
            actions.look(sample, sheet, truth[serial], by=who, now=vote.after)
    return actions.finish_sample(vote.fresh(), by=vote.officer, now=vote.after)


def test_a_clean_sample_reaches_the_risk():
    chosen = [[0]] * 30 + [[1]] * 6
    vote = counted_paper(chosen)
    who = hands(vote)[0]
    assert rules.is_checked(vote.fresh()).reason == "纸质票还没有抽样核对，请先掷骰子抽样"
    sample = drawn_sample(vote, 24)
    assert (sample.draws, sample.full) == (
        sampling.draws_due(36, 24, 1, sampling.Fraction(1, 20)),
        False,
    )
    kept = Checkpoint.objects.get(log=vote.round.log, why="box.open")
    assert (sample.root, sample.size) == (bytes(kept.root).hex(), kept.size)
    assert rules.is_checked(vote.fresh()).reason == "纸质票的抽样核对还没有完成"
    with pytest.raises(Refused, match="张抽中的票没有核对"):
        actions.finish_sample(vote.fresh(), by=vote.officer, now=vote.after)
    truth = {p.serial: p for p in papers(vote, *chosen)}
    done = looked(vote, sample, truth, who)
    assert (done.stage, done.differences) == (stages.CONFIRMED, 0)
    assert done.risk <= 50
    assert rules.is_checked(vote.fresh())
    told = Entry.objects.get(deed="sample.finish").told["data"]
    assert told == {
        "draws": done.draws,
        "full": False,
        "differences": 0,
        "risk": done.risk,
        "stands": "confirmed",
    }


def test_an_error_asks_for_more_and_all_of_it_corrects_the_count():
    chosen = [[0]] * 12 + [[1]] * 8
    vote = counted_paper(chosen)
    one, two, _three = vote.proposals
    assert queries.votes(vote.fresh())[one.pk] == 12
    who = hands(vote)[0]
    sample = drawn_sample(vote, 8)
    assert 0 < sample.draws < 20
    truth = {p.serial: p for p in papers(vote, *chosen)}
    wrong = sorted(drawn(sample))[:2]
    for serial in wrong:
        other = two if dict(truth[serial].marks).get(one.pk) else one
        truth[serial] = Paper(serial, {other.pk: 1})
    more = looked(vote, sample, truth, who)
    assert more.stage == stages.LOOKING
    assert more.full
    assert more.draws == 20
    done = looked(vote, more, truth, who)
    assert (done.stage, done.differences, done.risk) == (stages.CORRECTED, 2, 0)
    fresh = Round.objects.get(pk=vote.round.pk)
    for proposal, place in ((one, 0), (two, 1)):
        true = sum(1 for p in truth.values() if proposal.pk in dict(p.marks))
        assert queries.votes(fresh)[proposal.pk] == true, place


def test_a_small_error_asks_for_a_few_more_draws_only():
    chosen = [[0]] * 60 + [[1]] * 10
    vote = counted_paper(chosen)
    sample = drawn_sample(vote, 50)
    truth = {p.serial: p for p in papers(vote, *chosen)}
    serial = min(drawn(sample))
    truth[serial] = Paper(serial, {})
    more = looked(vote, sample, truth, hands(vote)[0])
    assert (more.stage, more.full) == (stages.LOOKING, False)
    assert more.draws > 8
    done = looked(vote, more, truth, hands(vote)[0])
    assert (done.stage, done.differences) == (stages.CONFIRMED, 1)
    assert queries.votes(vote.fresh())[vote.proposals[0].pk] == 60


def test_a_sheet_that_cannot_be_found_is_the_worst_error():
    chosen = [[0]] * 5
    vote = counted_paper(chosen)
    sample = drawn_sample(vote, 5)
    truth = dict.fromkeys(p.serial for p in papers(vote, *chosen))
    done = looked(vote, sample, truth, hands(vote)[0])
    if done.stage == stages.LOOKING:
        done = looked(vote, done, truth, hands(vote)[0])
    assert (done.stage, done.differences) == (stages.CONFIRMED, 5)
    assert set(Look.objects.values_list("overstated", flat=True)) == {2}
    assert queries.votes(vote.fresh())[vote.proposals[0].pk] == 5


def test_who_keyed_a_sheet_does_not_look_at_it():
    vote = on_paper(sheets=2)
    one, two, three = hands(vote)
    made = registered(vote, 2)
    key(made, papers(vote, [0], [1]), by=one, now=vote.after)
    key(made, papers(vote, [0], [0]), by=two, now=vote.after)
    ruling = {number(vote, 2): papers(vote, [0], [0])[1]}
    actions.settle(made, ruling, None, "看错", by=three, now=vote.after)
    vote.round = counted(vote.fresh(), vote.after)
    sample = drawn_sample(vote, 1)
    sheet = Sheet.objects.select_related("roll__round__street", "batch__booth").first()
    for who in (one, two, three):
        with pytest.raises(Refused, match="这一批是您录的或裁定的"):
            actions.look(sample, sheet, None, by=who, now=vote.after)
    with pytest.raises(Refused, match="工作人员可以办理纸质票"):
        actions.look(sample, sheet, None, by=vote.voters[0], now=vote.after)


def test_drawn_once_after_the_count_and_before_the_decision():
    vote = on_paper(sheets=2)
    keyed(vote, [0], [0])
    with pytest.raises(Refused, match="开箱计票以后才抽样"):
        drawn_sample(vote, 2)
    vote.round = counted(vote.fresh(), vote.after)
    with pytest.raises(Refused):
        actions.draw_sample(vote.fresh(), DICE, 2, 50, by=vote.voters[0], now=vote.after)
    for digits, margin, limit in (
        ("12345", 2, 50),
        ("12345a", 2, 50),
        (DICE, 0, 50),
        (DICE, 2, 0),
        ("１２３４５６", 2, 50),
    ):
        with pytest.raises(Refused):
            drawn_sample(vote, margin, limit, digits)
    drawn_sample(vote, 2)
    with pytest.raises(Refused, match="样本已经抽定"):
        drawn_sample(vote, 2, digits="111111")
    assert Sample.objects.get().digits == DICE


def test_too_little_paper_to_matter_is_confirmed_without_a_look():
    vote = counted_paper([[0], [0]])
    sample = drawn_sample(vote, 5)
    assert (sample.draws, sample.full) == (0, False)
    done = actions.finish_sample(vote.fresh(), by=vote.officer, now=vote.after)
    assert (done.stage, done.risk) == (stages.CONFIRMED, 0)


def test_without_paper_nothing_waits_for_a_sample():
    vote = opened()
    vote.round = count(vote)
    assert rules.is_checked(vote.fresh())
    with pytest.raises(Refused, match="本轮没有纸质票"):
        drawn_sample(vote, 1)


def test_a_sheet_that_was_not_drawn_is_not_looked_at():
    chosen = [[0]] * 40
    vote = counted_paper(chosen)
    sample = drawn_sample(vote, 40)
    left = Sheet.objects.exclude(serial__in=drawn(sample)).select_related(
        "roll__round__street", "batch__booth"
    )
    with pytest.raises(Refused, match="没有抽中"):
        actions.look(sample, left[0], None, by=hands(vote)[0], now=vote.after)
    assert booth(vote).in_box == 40
