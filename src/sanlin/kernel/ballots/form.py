"""What a ballot may hold, and what a voter's choices amount to.

Choices come in as a voter makes them: a sequence of keys (approvals, a basket, a ranking with the
best first) or a mapping from key to points. They are kept as `Choices`: (key, weight) pairs by key.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.reason import Reason

KINDS = ("approve", "knapsack", "rank", "points")

Chosen = Sequence[int] | Mapping[int, int]
Choices = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Form:
    """The form of a ballot. None means that there is no such limit; money in fen.

    `kind` is approve, knapsack (a basket whose costs fit `budget`), rank or points. Between `least`
    and `most` proposals may be named; with points, at most `points` in all and `each` on one.
    A ranking gives `most` points to its first, one less to the next, and so on. A knapsack needs
    `budget`, a ranking `most`: ValueError without.
    """

    kind: str
    most: int | None = None
    least: int = 1
    budget: int | None = None
    points: int | None = None
    each: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no ballot is of the kind {self.kind}")
        needed = {"knapsack": self.budget, "rank": self.most}
        if self.kind in needed and needed[self.kind] is None:
            raise ValueError(f"a ballot of the kind {self.kind} needs its limit")


def check(chosen: Chosen, form: Form, bids: Iterable[Bid]) -> tuple[Reason, ...]:
    """What keeps this ballot from being cast; empty where nothing does.

    Codes: unknown (key), twice (key, times), too_few and too_many (own and least or most),
    over_budget (own, budget, over), no_points (key), over_each (key, own, each), over_points (own,
    points, over).

    >>> bids = [Bid(1, 60), Bid(2, 50)]
    >>> check([1, 2], Form("knapsack", budget=100), bids)
    (Reason(code='over_budget', figures=(('budget', 100), ('over', 10), ('own', 110))),)
    """
    costs = {bid.key: bid.cost for bid in bids}
    times = Counter(list(chosen))
    faults = [Reason.of("unknown", key=key) for key in sorted(times) if key not in costs]
    faults += [Reason.of("twice", key=key, times=n) for key, n in sorted(times.items()) if n > 1]
    if len(times) < form.least:
        faults.append(Reason.of("too_few", own=len(times), least=form.least))
    if form.most is not None and len(times) > form.most:
        faults.append(Reason.of("too_many", own=len(times), most=form.most))
    spent = sum(costs.get(key, 0) for key in times)
    if form.budget is not None and spent > form.budget:
        over = spent - form.budget
        faults.append(Reason.of("over_budget", own=spent, budget=form.budget, over=over))
    if form.kind == "points" and isinstance(chosen, Mapping):
        faults += _points(chosen, form)
    return tuple(faults)


def _points(chosen: Mapping[int, int], form: Form) -> list[Reason]:
    given = sorted(chosen.items())
    faults = [Reason.of("no_points", key=key) for key, points in given if points <= 0]
    if form.each is not None:
        for key, points in given:
            if points > form.each:
                faults.append(Reason.of("over_each", key=key, own=points, each=form.each))
    whole = sum(chosen.values())
    if form.points is not None and whole > form.points:
        over = whole - form.points
        faults.append(Reason.of("over_points", own=whole, points=form.points, over=over))
    return faults


def choices(chosen: Chosen, form: Form) -> Choices:
    """A ballot in its one shape: (key, weight) pairs by key, a key named twice counted once.

    An approval weighs 1; the first of a ranking `form.most`, the next one less; what a ranking
    names beyond `most` weighs nothing and is left out.

    >>> choices([7, 3, 7], Form("rank", most=3))
    ((3, 2), (7, 3))
    >>> choices({7: 4, 3: 6}, Form("points", points=10))
    ((3, 6), (7, 4))
    """
    if isinstance(chosen, Mapping):
        return tuple(sorted(chosen.items()))
    once = tuple(dict.fromkeys(chosen))
    if form.kind != "rank":
        return tuple((key, 1) for key in sorted(once))
    most = form.most or len(once)
    return tuple(sorted((key, most - place) for place, key in enumerate(once[:most])))


def canonical(kept: Choices) -> bytes:
    """The bytes of a ballot: equal ballots have equal bytes, others have not.

    >>> canonical(choices([7, 3], Form("approve")))
    b'[[3,1],[7,1]]'
    """
    return json.dumps(sorted(kept), separators=(",", ":")).encode("ascii")
