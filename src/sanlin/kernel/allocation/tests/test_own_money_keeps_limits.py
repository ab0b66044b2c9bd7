"""Equal Shares and Phragmén on random rounds: no limit is broken, and floors are kept in reach."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sanlin.kernel.allocation import COMPLETIONS, equal_shares, phragmen, violations
from sanlin.kernel.profile import Profile

from .test_floors import possible
from .test_limits_hold import rounds


@st.composite
def votes(draw):
    """A round whose bids are funded whole, and ballots on it."""
    asked = draw(rounds())
    bids = tuple(replace(bid, least=None) for bid in asked.bids)
    keys = [bid.key for bid in bids]
    ballots = draw(
        st.lists(
            st.tuples(st.sets(st.sampled_from(keys)) if keys else st.just(()), st.integers(1, 3)),
            max_size=4,
        )
    )
    profile = Profile.of(
        [(tuple((key, 1) for key in sorted(chosen)), times) for chosen, times in ballots], keys
    )
    tally = profile.votes()
    bids = tuple(replace(bid, votes=tally[bid.key]) for bid in bids)
    return profile, replace(asked, bids=bids, limits=replace(asked.limits, partial=False))


@given(votes(), st.sampled_from(COMPLETIONS))
def test_equal_shares_breaks_no_limit(given_votes, completion):
    profile, asked = given_votes
    outcome = equal_shares(
        profile, asked.bids, asked.limits, asked.ties, completion=completion, step=5
    )
    audit = violations(asked.bids, asked.limits, dict(outcome.grants))
    assert audit == outcome.unmet


@given(votes())
def test_what_shares_leave_fills_every_floor_that_can_be_filled(given_votes):
    profile, asked = given_votes
    order = replace(asked.order, standings=tuple((bid.key, bid.votes) for bid in asked.bids))
    kept = possible(replace(asked, order=order))
    outcome = equal_shares(profile, asked.bids, asked.limits, asked.ties, completion="utilitarian")
    assert violations(asked.bids, replace(asked.limits, floors=kept), dict(outcome.grants)) == ()


@given(votes(), st.sampled_from(["stop", "skip"]))
def test_phragmen_breaks_no_limit(given_votes, rule):
    profile, asked = given_votes
    outcome = phragmen(profile, asked.bids, asked.limits, asked.ties, rule=rule)
    assert violations(asked.bids, asked.limits, dict(outcome.grants)) == outcome.unmet
