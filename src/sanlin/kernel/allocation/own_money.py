"""Methods that give voters money of their own, by their names: ballots as a profile, and a count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome
from sanlin.kernel.allocation.sequential import phragmen
from sanlin.kernel.allocation.shares import equal_shares, overspending
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.profile import Choices, Profile


def profile_of(choices: Iterable[tuple[Choices, int]], bids: Sequence[Bid]) -> Profile:
    """The ballots over these bids; what they name beyond (withdrawn since) is left out."""
    keys = {bid.key for bid in bids}
    kept = ((tuple(pair for pair in one if pair[0] in keys), times) for one, times in choices)
    return Profile.of(kept, keys)


def count(
    profile: Profile,
    bids: Sequence[Bid],
    limits: Limits,
    ties: TieOrder,
    told: tuple[str, str, str, str],
) -> Outcome:
    """The outcome by (method, utility, completion, rule); methods are equal_shares, overspending and
    phragmen.

    Raises UnsettledTie where `ties` leave bids level, and ValueError for an unknown name.
    """
    method, utility, completion, rule = told
    if method == "phragmen":
        stops = rule if rule in {"skip", "stop"} else "stop"
        return phragmen(profile, bids, limits, ties, rule=stops)
    if method == "overspending":
        return overspending(profile, bids, limits, ties, utility=utility or "cost")
    if method != "equal_shares":
        raise ValueError(f"no method is called {method}")
    return equal_shares(
        profile, bids, limits, ties, utility=utility or "cost", completion=completion
    )
