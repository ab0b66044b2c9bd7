"""A case in which the steps towards a price go back and forth by rounding: its count must end."""

from pathlib import Path

from sanlin.kernel.allocation import from_bytes
from sanlin.kernel.allocation.own_money import profile_of
from sanlin.kernel.allocation.shares import equal_shares

CASE = Path(__file__).with_name("rounding.json")


def test_the_count_ends_and_is_the_plain_one():
    case = from_bytes(CASE.read_bytes())
    profile = profile_of(case.choices, case.bids)
    fast, plain = (
        equal_shares(
            profile,
            case.bids,
            case.limits,
            case.order_of_ties,
            utility=case.utility,
            completion=case.completion,
            core=core,
        )
        for core in ("fast", "plain")
    )
    assert fast == plain
    assert fast.funded == (13, 28, 25)
