"""The quick gate of raises that are only tried says yes and no as the books do."""

from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import Bid, Limits, TieOrder, TierLimit, equal_shares
from sanlin.kernel.allocation.constraints import WAITS, Books
from sanlin.kernel.allocation.shares.gates import NO, NOT_YET, Asking, Turnstile
from sanlin.kernel.profile import Profile

MAYBE = st.none() | st.integers(0, 12)


@st.composite
def asked(draw):
    """Up to seven bids and limits of every kind that is asked during a spending."""
    keys = range(draw(st.integers(1, 7)))
    bids = [
        Bid(
            key,
            draw(st.integers(0, 5)),
            tier=draw(st.sampled_from("ab")),
            team=draw(st.none() | st.integers(0, 2)),
            community=draw(st.none() | st.integers(0, 2)),
            theme=draw(st.sampled_from([None, "", "x", "y"])),
        )
        for key in keys
    ]
    pairs = st.tuples(st.sampled_from(keys), st.sampled_from(keys))
    tiers = tuple(
        TierLimit(name, draw(st.none() | st.integers(0, 3)), draw(MAYBE)) for name in "ab"
    )
    limits = Limits(
        10**6,
        tiers=tiers,
        team_cap=draw(MAYBE),
        community_cap=draw(MAYBE),
        theme_caps=tuple(
            (name, draw(st.integers(0, 9))) for name in draw(st.sets(st.sampled_from("xy")))
        ),
        exclusive=tuple(map(frozenset, draw(st.lists(pairs, max_size=2)))),
        one_per_team=draw(st.booleans()),
        requires=tuple(pair for pair in draw(st.lists(pairs, max_size=2)) if pair[0] > pair[1]),
    )
    return bids, limits


@given(asked(), st.randoms(use_true_random=False))
def test_both_gates_say_the_same_at_every_step(told, chance):
    bids, limits = told
    slow, quick = Asking(Books(limits)), Turnstile(limits, bids).anew()
    left = list(bids)
    chance.shuffle(left)
    while left:
        answers = {bid.key: (slow.ask(bid), quick.ask(bid)) for bid in left}
        for why, short in answers.values():
            assert (why is None) == (short is None)
            if why is not None and why.code != WAITS:
                assert short == NO
            assert short in {None, NO, NOT_YET}
        bid = next((bid for bid in left if answers[bid.key][0] is None), None)
        if bid is None:
            return
        slow.take(bid)
        quick.take(bid)
        left.remove(bid)


@given(asked(), st.integers(1, 9), st.randoms(use_true_random=False))
def test_raises_under_every_limit_end_as_those_of_the_plain_count(told, voters, chance):
    bids, limits = told
    rows = [
        (tuple((bid.key, 1) for bid in bids if chance.random() < 0.6), 1) for _ in range(voters)
    ]
    profile = Profile.of(rows, [bid.key for bid in bids])
    limits = Limits(**{**limits.__dict__, "budget": 20})
    ties = TieOrder(("lot",), {bid.key: bid.key for bid in bids})
    for completion in ("add1", "add1-exhaustive", "comparison"):
        plain, fast = (
            equal_shares(profile, bids, limits, ties, completion=completion, step=1, core=core)
            for core in ("plain", "fast")
        )
        assert repr(fast) == repr(plain)
