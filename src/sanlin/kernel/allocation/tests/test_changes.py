"""The smallest change that would have funded a bid: made, counted again, and against trying all."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from sanlin.kernel.allocation import (
    NORMALISERS,
    Bid,
    Case,
    Change,
    Floor,
    Limits,
    TierLimit,
    changes,
    every_change,
    verified,
)

maybe = st.none()


@st.composite
def cases(draw, floors=True):
    """A small round built to tie and to collide, decided in every way that a pack can name."""
    size = draw(st.integers(2, 6))
    keys = range(1, size + 1)
    marks = st.sampled_from([Fraction(98), Fraction(197, 2), Fraction(991, 10), Fraction(100)])
    bids = tuple(
        Bid(
            key,
            cost := draw(st.integers(1, 12)),
            score=draw(maybe | marks),
            votes=draw(st.integers(0, 5)),
            tier=draw(st.sampled_from("ab")),
            team=draw(maybe | st.integers(1, 3)),
            community=draw(st.integers(1, 2)),
            least=draw(maybe | st.integers(1, cost)),
            own_funds=draw(st.integers(0, 2)),
        )
        for key in keys
    )
    tiers = (
        TierLimit("a", places=draw(maybe | st.integers(1, 2)), cap=draw(maybe | st.just(9))),
        TierLimit("b", money=draw(maybe | st.integers(3, 20))),
    )
    rule = draw(st.sampled_from(["skip", "skip", "stop", "topup"]))
    limits = Limits(
        draw(st.integers(1, 40)),
        tiers=draw(st.sampled_from([(), tiers])),
        community_cap=draw(maybe | st.integers(4, 20)),
        min_score=draw(maybe | st.just(Fraction(99))),
        min_votes=draw(maybe | st.just(2)),
        exclusive=draw(st.sampled_from([(), (frozenset({1, 2}),)])),
        requires=draw(st.sampled_from([(), ((1, 2),)])),
        one_per_team=draw(st.booleans()),
        partial=draw(st.booleans()),
        own_share=draw(st.sampled_from([0, 100])),
        floors=draw(st.sampled_from([(), (Floor("community", 1, projects=1),)]))
        if floors and rule == "skip"
        else (),
    )
    expert = draw(st.sampled_from([0, 300, 700]))
    names = draw(st.sampled_from([("votes", "lot"), ("cheaper", "lot"), ("dearer", "lot")]))
    return Case(
        bids,
        limits,
        draw(st.sampled_from(["score", "votes", "blend", "blend"])),
        expert,
        1000 - expert,
        draw(st.sampled_from(sorted(NORMALISERS))),
        ballots=draw(st.sampled_from([6, 9])),
        rule=rule,
        ties=names,
        lot=tuple(draw(st.permutations(keys))),
        climb=draw(st.booleans()) and bool(limits.tiers) and not limits.floors,
    )


def funds(case, bid, what, by):
    """Count again with the change."""
    if what == "budget":
        wider = replace(case.limits, budget=case.limits.budget + by)
        return replace(case, limits=wider).answer().step(bid.key).funded
    values = {
        "votes": lambda: {"votes": bid.votes + by},
        "mark": lambda: {"score": bid.score + Fraction(by, 100)},
        "cost": lambda: {
            "cost": bid.cost - by,
            "least": bid.least and min(bid.least, bid.cost - by),
        },
    }[what]()
    own = replace(bid, **values)
    bids = tuple(own if it == bid else it for it in case.bids)
    return replace(case, bids=bids).answer().step(bid.key).funded


def every(case, bid):
    """For each kind, all steps that may be tried."""
    most = max(it.votes for it in case.bids)
    top = case.ballots if case.method == "blend" else max(most + 1, case.limits.min_votes or 0)
    marks = () if bid.score is None else range(1, int((100 - bid.score) * 100) + 1)
    return {
        "cost": range(1, bid.cost),
        "votes": range(1, top - bid.votes + 1),
        "mark": marks,
        "budget": range(1, sum(it.cost for it in case.bids) - case.limits.budget + 1),
    }


@settings(max_examples=50)
@given(cases())
def test_the_change_funds_the_bid_and_one_unit_less_does_not(case):
    for bid in case.bids:
        found = changes(case, bid.key)
        assert not (found and case.answer().step(bid.key).funded)
        for change in found:
            assert change.by > 0
            assert verified(case, bid.key, change) == (True, False)


@settings(max_examples=20)
@given(cases(floors=False))
def test_no_smaller_step_would_have_done_and_none_was_overlooked(case):
    outcome = case.answer()
    bid = next((it for it in case.bids if not outcome.step(it.key).funded), None)
    if bid is None:
        return
    found = {change.what: change for change in changes(case, bid.key)}
    for what, steps in every(case, bid).items():
        first = next((by for by in steps if funds(case, bid, what, by)), None)
        change = found.get(what)
        by = change and (change.by * 100 if what == "mark" else change.by)
        if change is None or change.smallest:
            assert by == first or (what == "cost" and "dearer" in case.ties), (what, by, first)
        else:
            assert first in range(1, int(by) + 1)


def test_of_very_many_bids_only_the_named_cut_is_looked_at():
    bids = tuple(Bid(key, 10 + key % 3, votes=key) for key in range(1, 121))
    case = Case(bids, Limits(600), "votes", lot=tuple(range(1, 121)))
    found = every_change(case)
    assert {change.what for ways in found.values() for change in ways} <= {"cost"}
    for key in (71, 70):
        assert found[key] == tuple(it for it in changes(case, key) if it.what == "cost")


@st.composite
def own_money(draw):
    """Ballots of few voters, decided by Equal Shares, Phragmén or the greatest welfare."""
    keys = range(1, draw(st.integers(2, 5)) + 1)
    ballot = st.sets(st.sampled_from(keys)).map(lambda own: tuple((key, 1) for key in sorted(own)))
    box = draw(st.dictionaries(ballot, st.integers(1, 3), min_size=1, max_size=5))
    votes = {key: sum(n for own, n in box.items() if (key, 1) in own) for key in keys}
    bids = tuple(Bid(key, draw(st.integers(1, 12)), votes=votes[key]) for key in keys)
    method = draw(st.sampled_from(["equal_shares", "phragmen", "welfare"]))
    return Case(
        bids,
        Limits(draw(st.integers(1, 30))),
        method,
        utility=draw(st.sampled_from(["cost", "cardinality"])),
        completion=draw(st.sampled_from(["none", "add1", "utilitarian"])),
        rule="stop",
        ballots=sum(box.values()),
        choices=tuple(sorted(box.items())) if method != "welfare" else (),
        lot=tuple(draw(st.permutations(keys))),
    )


@settings(max_examples=30)
@given(own_money())
def test_under_voters_own_money_the_change_funds_the_bid_too(case):
    found = every_change(case)
    funded = case.answer().funded
    assert all(not found[key] for key in funded)
    for key, ways in found.items():
        assert {change.what for change in ways} <= {"cost", "votes"}
        for change in ways:
            assert verified(case, key, change) == (True, False)


def test_voters_who_were_served_least_join_first():
    box = (((), 1), (((1, 1),), 3), (((1, 1), (2, 1)), 1), (((3, 1),), 2))
    votes = {1: 4, 2: 1, 3: 2}
    bids = tuple(Bid(key, 30, votes=votes[key]) for key in votes)
    case = Case(bids, Limits(70), "equal_shares", utility="cost", choices=box, lot=(1, 2, 3))
    assert case.answer().funded == (1,)
    # Ten each: bid 3 has 20 of 30. One more voter is enough: the one who named nothing.
    assert [(it.what, it.by) for it in changes(case, 3)] == [("cost", 10), ("votes", 1)]
    joined = case.joined(3, 1, (1,))
    assert ((), 1) not in joined.choices
    assert dict(joined.choices)[((3, 1),)] == 3
    assert joined.bids[2].votes == 3


LOT = tuple(range(1, 10))


def change_of(case, key, what):
    return next((change for change in changes(case, key) if change.what == what), None)


def test_more_money_may_let_a_dear_bid_in_first():
    """With 30 more, bid 4 would fit what is left now; but 10 more let bid 2 in before it."""
    bids = (Bid(1, 60, votes=9), Bid(2, 50, votes=5), Bid(3, 40, votes=4), Bid(4, 30, votes=3))
    case = Case(bids, Limits(100), "votes", lot=LOT)
    assert case.answer().funded == (1, 3)
    assert change_of(case, 2, "budget") == Change("budget", 10)
    assert change_of(case, 4, "budget") == Change("budget", 40)
    for more, funded in ((10, (1, 2)), (30, (1, 2)), (40, (1, 2, 4)), (50, (1, 2, 3))):
        assert replace(case, limits=Limits(100 + more)).answer().funded == funded


def test_votes_within_the_ballots_that_were_cast():
    bids = (Bid(1, 10, Fraction(90), votes=8), Bid(2, 10, Fraction(50), votes=9))
    case = Case(bids, Limits(10), "blend", 500, 500, ballots=10, lot=LOT)
    assert case.answer().funded == (1,)
    # 25 + 5 × 10 = 75 does not reach 45 + 40 = 85, and there are no more ballots; the mark does.
    assert change_of(case, 2, "votes") is None
    assert change_of(case, 2, "mark") == Change("mark", Fraction(3001, 100))


def test_a_bid_that_becomes_the_leader_shrinks_the_others():
    bids = (Bid(1, 10, Fraction(80), votes=10), Bid(2, 10, Fraction(50), votes=9))
    case = Case(bids, Limits(10), "blend", 500, 500, "share_of_leader", ballots=100, lot=LOT)
    # Level with 10 votes: 25 + 50 against 40 + 50. Then 75 against 40 + 500/k: from k = 15 on.
    assert change_of(case, 2, "votes") == Change("votes", 6)
    assert case.answer().funded == (1,)


def test_level_is_not_enough_where_the_lot_is_against_it():
    bids = (Bid(1, 10, votes=5), Bid(2, 10, votes=3))
    lucky = Case(bids, Limits(10), "votes", lot=(2, 1))
    assert change_of(lucky, 2, "votes") == Change("votes", 2)
    assert change_of(replace(lucky, lot=(1, 2)), 2, "votes") == Change("votes", 3)


def test_a_rival_that_stands_higher_cannot_be_passed_by_asking_less():
    bids = (Bid(1, 10, votes=5), Bid(2, 10, votes=3), Bid(3, 10, votes=1))
    case = Case(bids, Limits(30, exclusive=(frozenset({1, 2}),)), "votes", lot=LOT)
    assert [change.what for change in changes(case, 2)] == ["votes"]
    assert changes(case, 3) == ()


def test_a_large_round_is_explained_in_time():
    """Twenty bids that lack something, four kinds each; the growing budget is walked but once."""
    bids = tuple(
        Bid(key, 5_000_00 + 137_00 * key, Fraction(600 + key * 7 % 400, 10), votes=key * 37 % 211)
        for key in range(1, 41)
    )
    case = Case(bids, Limits(120_000_00), "blend", 600, 400, ballots=300, lot=tuple(range(1, 41)))
    lacking = [step.key for step in case.answer().steps if not step.funded]
    assert len(lacking) > 20
    found = every_change(case)
    assert {key for key, ways in found.items() if ways} == set(lacking)
    assert found[lacking[3]] == changes(case, lacking[3])
