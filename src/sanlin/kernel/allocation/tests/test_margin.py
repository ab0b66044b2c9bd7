"""Below the margin no wrong votes change who is funded, tried one by one; and at it some do."""

from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sanlin.kernel.allocation import Bid, Case, Limits, TierLimit
from sanlin.kernel.allocation.margin import _Lines, margin

MOST = 4
KEYS = (1, 2, 3, 4)


@st.composite
def cases(draw, method=None):
    many = draw(st.integers(2, 4))
    tiers = draw(st.sampled_from([(), (TierLimit("A", 1), TierLimit("B", None, 5, 4))]))
    method = method or draw(st.sampled_from(["votes", "score", "blend"]))
    bids = tuple(
        Bid(
            key,
            draw(st.integers(1, 4)),
            draw(st.sampled_from([Fraction(60), Fraction(70), Fraction(85), None])),
            votes := draw(st.integers(0, 5)),
            tier=draw(st.sampled_from("AB")) if tiers else None,
            team=draw(st.sampled_from([None, 1, 2])),
            community=draw(st.integers(1, 2)),
            onsite=draw(st.integers(0, votes)),
        )
        for key in KEYS[:many]
    )
    limits = Limits(
        draw(st.integers(2, 8)),
        tiers=tiers,
        community_cap=draw(st.sampled_from([None, 4])),
        min_votes=draw(st.sampled_from([None, None, 2])),
        one_per_team=draw(st.booleans()),
        exclusive=draw(st.sampled_from([(), (frozenset({1, 2}),)])),
        requires=draw(st.sampled_from([(), (), ((2, 1),)])) if draw(st.booleans()) else (),
    )
    if limits.exclusive and limits.requires:
        limits = replace(limits, requires=())
    expert = draw(st.sampled_from([300, 600, 1000]))
    return Case(
        bids,
        limits,
        method,
        expert,
        1000 - expert,
        draw(st.sampled_from(["share_of_ballots", "share_of_leader", "rank", "min_max"])),
        ballots=30,
        rule=draw(st.sampled_from(["skip", "skip", "stop"])),
        lot=KEYS[:many],
        ties=draw(st.sampled_from([("lot",), ("votes", "lot")])),
        onsite=draw(st.sampled_from([None, 400])),
        ballots_onsite=10,
    )


def recounted(case, wrong):
    """What is funded with these votes more or fewer, under the lot and under its reverse; None where a
    bid would have fewer than no votes."""
    apart = case.method == "blend" and case.onsite is not None
    bids = []
    for bid, more in zip(case.bids, wrong, strict=True):
        votes, onsite = bid.votes + more, bid.onsite + more if apart else bid.onsite
        if votes < 0 or (apart and onsite < 0):
            return None
        bids.append(replace(bid, votes=votes, onsite=min(onsite, votes)))
    found = set()
    for lot in (case.lot, case.lot[::-1]):
        found.add(frozenset(replace(case, bids=tuple(bids), lot=lot).answer().funded))
    return found


@settings(max_examples=20)
@given(cases())
def test_no_smaller_error_changes_who_is_funded(case):
    found = margin(case, MOST)
    assert 1 <= found <= MOST + 1
    truth = recounted(case, [0] * len(case.bids))
    for x in range(found):
        for wrong in product(range(-x, found - x), repeat=len(case.bids)):
            told = recounted(case, wrong)
            assert told is None or told == truth or (found == 1 and len(truth) > 1), (found, wrong)


@settings(max_examples=30)
@given(cases("votes"))
def test_where_votes_alone_rank_the_bids_one_of_this_size_does(case):
    if case.rule != "skip" or case.limits.requires:
        return
    found = margin(case, MOST)
    if found > MOST:
        return
    seen = set()
    for at in range(len(case.bids)):
        for more in (found, -found):
            wrong = [0] * len(case.bids)
            wrong[at] = more
            for lot in permutations(case.lot):
                seen |= recounted(replace(case, lot=lot), wrong) or set()
    assert len(seen | recounted(case, [0] * len(case.bids))) > 1


def test_a_tie_that_votes_part_is_parted_by_all_votes_and_not_by_those_on_paper():
    bids = (Bid(1, 60, Fraction(80), 5, onsite=3), Bid(2, 60, Fraction(80), 4, onsite=0))
    told = {"ballots": 30, "onsite": 400, "ballots_onsite": 10, "ties": ("votes", "lot")}
    case = Case(bids, Limits(100), "blend", 1000, 0, lot=(1, 2), **told)
    assert (case.answer().funded, margin(case, 9)) == ((1,), 1)


def test_other_methods_have_none():
    bids = (Bid(1, 60, votes=9), Bid(2, 60, votes=4))
    assert margin(Case(bids, Limits(100), "welfare", utility="cost"), 50) is None
    assert margin(Case(bids, Limits(100), "equal_shares", utility="cost"), 50) is None
    assert margin(Case(bids, Limits(100), "votes", lot=(1, 2)), 50) == 5
    assert margin(Case(bids, Limits(200), "votes", lot=(1, 2)), 50) == 51


@settings(max_examples=60)
@example([(61, 6), (70, 1), (60, 0)], "min_max", 2)  # the third bid bounds what a share is worth
@example([(70, 0), (60, 6), (60, 3)], "share_of_leader", 2)
@given(
    st.lists(st.tuples(st.sampled_from([60, 63, 70]), st.integers(0, 6)), min_size=3, max_size=4),
    st.sampled_from(["share_of_leader", "rank", "min_max"]),
    st.integers(0, 3),
)
def test_one_bid_reaches_another_exactly_where_some_error_lets_it(told, normaliser, votes):
    bids = tuple(Bid(n, 1, Fraction(mark), have) for n, (mark, have) in enumerate(told, 1))
    case = Case(bids, Limits(9), "blend", 600, 400, normaliser, ballots=9, lot=KEYS[: len(bids)])
    met = set()
    for x in range(votes + 1):
        for wrong in product(range(-x, votes - x + 1), repeat=len(bids)):
            if all(bid.votes + more >= 0 for bid, more in zip(bids, wrong, strict=True)):
                found = (
                    replace(
                        case,
                        bids=tuple(
                            replace(bid, votes=bid.votes + more)
                            for bid, more in zip(bids, wrong, strict=True)
                        ),
                    )
                    .ranking()
                    .of
                )
                met |= {pair for pair in permutations(found, 2) if found[pair[1]] >= found[pair[0]]}
    lines = _Lines(case)
    for one, other in permutations(bids, 2):
        assert lines.meet(one, other, votes) == ((one.key, other.key) in met)
