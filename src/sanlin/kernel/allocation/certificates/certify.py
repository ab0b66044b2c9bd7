"""All the certificates of one outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sanlin.kernel.allocation.certificates.certificate import Certificate
from sanlin.kernel.allocation.certificates.keeping import exhaustive, keeps_limits
from sanlin.kernel.allocation.certificates.paying import loads, prices
from sanlin.kernel.allocation.certificates.proving import optimal
from sanlin.kernel.allocation.certificates.sharing import represents
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome
from sanlin.kernel.profile import Profile


def certify(
    outcome: Outcome, profile: Profile | None, bids: Sequence[Bid], limits: Limits
) -> tuple[Certificate, ...]:
    """What can be certified of `outcome`, the answer to these ballots, bids and limits.

    - "limits": it keeps every limit, floors as far as `outcome.unmet` says.
    - "exhaustive": nothing that was left out would still fit.
    - "prices" (Equal Shares), "loads" (Phragmén): supporters paid exactly the cost of what they
      bought, nobody paid more than they had, and no other bid that the limits allow could be paid
      by what its supporters have left.
    - "ejr+": no group of voters is entitled to a bid that was left out (EJR+ up to any project), by
      the utility of the count, by cost where the method knows none.
    - "optimal" (welfare): no allocation has a greater sum of standings.

    `profile` is None where there were no ballots; what is about voters is then left out. A statement
    that is false is no error of the count, unless the method promises it: see the page.
    """
    return tuple(_all(outcome, profile, bids, limits))


def _all(
    outcome: Outcome, profile: Profile | None, bids: Sequence[Bid], limits: Limits
) -> Iterator[Certificate]:
    yield keeps_limits(outcome, bids, limits)
    yield exhaustive(outcome, bids, limits)
    if profile is not None and outcome.shares is not None:
        if outcome.rule == "equal-shares":
            yield prices(outcome, profile, bids, limits)
        if outcome.rule == "phragmen":
            yield loads(outcome, profile, bids, limits)
    if profile is not None and profile.voters:
        yield represents(outcome, profile, bids, limits)
    if outcome.rule == "welfare":
        yield optimal(outcome, bids, limits)
