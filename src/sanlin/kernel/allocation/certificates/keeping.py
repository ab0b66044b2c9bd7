"""Whether an outcome keeps its limits and leaves no room unused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sanlin.kernel.allocation.audit import violations
from sanlin.kernel.allocation.certificates.certificate import Certificate
from sanlin.kernel.allocation.constraints import Books, Offer, in_turn, screen
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome


def keeps_limits(outcome: Outcome, bids: Sequence[Bid], limits: Limits) -> Certificate:
    """All limits are kept. Figures: bids funded, cost, budget, extra, broken, unmet floors.

    Witness: the code of every limit that is broken.
    """
    granted = dict(outcome.grants)
    found = violations(bids, limits, granted, extra=outcome.extra)
    broken = tuple(why for why in found if why not in outcome.unmet)
    cost = sum(granted.values())
    told = set(found) >= set(outcome.unmet) and tuple(granted) == outcome.funded
    balanced = cost + outcome.left == limits.budget + outcome.extra
    return Certificate.of(
        "limits",
        not broken and told and balanced,
        tuple(why.code for why in broken),
        bids=len(granted),
        cost=cost,
        budget=limits.budget,
        extra=outcome.extra or None,
        broken=len(broken),
        unmet=len(outcome.unmet) or None,
    )


def exhaustive(outcome: Outcome, bids: Sequence[Bid], limits: Limits) -> Certificate:
    """No bid that was left out would fit now. Figures: left (fen), fitting bids. Witness: their keys."""
    books = entered(outcome, bids, limits)
    fitting = tuple(
        bid.key
        for bid in sorted(bids, key=lambda bid: bid.key)
        if bid.key not in books.funded
        and takes_part(bid, limits, outcome)
        and isinstance(books.ask(bid), Offer)
    )
    return Certificate.of("exhaustive", not fitting, fitting, left=outcome.left, bids=len(fitting))


def takes_part(bid: Bid, limits: Limits, outcome: Outcome) -> bool:
    """Whether the bid was not set aside before the count."""
    unmarked = outcome.unit != "votes" and outcome.step(bid.key).reason.code == "no_score"
    return screen(bid, limits, None if unmarked else Fraction(0)) is None


def entered(outcome: Outcome, bids: Sequence[Bid], limits: Limits) -> Books:
    """Books into which all grants of the outcome have been entered."""
    granted = dict(outcome.grants)
    books = Books(replace(limits, budget=limits.budget + outcome.extra))
    inside = [bid for bid in bids if bid.key in granted]
    in_turn(inside, books, lambda bid: books.take(bid, granted[bid.key]))
    return books
