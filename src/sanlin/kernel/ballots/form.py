"""What a ballot may hold, and what a voter's choices amount to.

Choices come in as a voter makes them: a sequence of keys (approvals, a basket, a ranking with the
best first) or a mapping from key to points or to an opinion. They are kept as `Choices`: (key,
weight) pairs by key; the weight of an opinion is its number in `OPINIONS`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sanlin.kernel.allocation.outcome import Bid
from sanlin.kernel.reason import Reason

KINDS = ("approve", "knapsack", "rank", "points", "stance")
SILENT = 0  # the weight of a proposal of which a ballot says nothing, where opinions are asked
OPINIONS = {"support": 1, "against": 2, "abstain": 3, "follow": 4}

Chosen = Sequence[int] | Mapping[int, int]
Choices = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Form:
    """The form of a ballot. None means that there is no such limit; money in fen.

    `kind` is approve, knapsack (a basket whose costs fit `budget`), rank or points. Between `least`
    and `most` proposals may be named; with points, at most `points` in all and `each` on one.
    A ranking gives `most` points to its first, one less to the next, and so on. A stance is one of
    the opinions `may` on each proposal; with `all` none may be left out. A knapsack needs `budget`,
    a ranking `most`, a stance `may`: ValueError without.
    """

    kind: str
    most: int | None = None
    least: int = 1
    budget: int | None = None
    points: int | None = None
    each: int | None = None
    may: tuple[str, ...] = ()
    all: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no ballot is of the kind {self.kind}")
        needed = {"knapsack": self.budget, "rank": self.most, "stance": self.may or None}
        if self.kind in needed and needed[self.kind] is None:
            raise ValueError(f"a ballot of the kind {self.kind} needs its limit")


def check(chosen: Chosen, form: Form, bids: Iterable[Bid]) -> tuple[Reason, ...]:
    """What keeps this ballot from being cast; empty where nothing does.

    Codes: unknown (key), twice (key, times), too_few and too_many (own and least or most),
    over_budget (own, budget, over), no_points (key), over_each (key, own, each), over_points (own,
    points, over), no_opinion (key) of a proposal named without one, unsaid (n) where all are asked.

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
    if form.kind == "stance":
        faults += _opinions(chosen, form, costs)
    return tuple(faults)


def _opinions(chosen: Chosen, form: Form, known: Iterable[int]) -> list[Reason]:
    allowed = {OPINIONS[opinion] for opinion in form.may}
    said = dict(chosen) if isinstance(chosen, Mapping) else dict.fromkeys(chosen, SILENT)
    faults = [Reason.of("no_opinion", key=k) for k, o in sorted(said.items()) if o not in allowed]
    unsaid = len(set(known) - set(said))
    return faults + [Reason.of("unsaid", n=unsaid)] * (form.all and unsaid > 0)


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


def choices(chosen: Chosen, form: Form, offered: Iterable[int] = ()) -> Choices:
    """A ballot in its one shape: (key, weight) pairs by key, a key named twice counted once.

    An approval weighs 1; the first of a ranking `form.most`, the next one less; what a ranking
    names beyond `most` weighs nothing and is left out. Where opinions are asked, everything that
    was `offered` on this ballot is in it, silence included.

    >>> choices([7, 3, 7], Form("rank", most=3))
    ((3, 2), (7, 3))
    >>> choices({7: 4, 3: 6}, Form("points", points=10))
    ((3, 6), (7, 4))
    >>> choices({7: 2}, Form("stance", may=("support", "against")), offered=[7, 9])
    ((7, 2), (9, 0))
    """
    if isinstance(chosen, Mapping):
        if form.kind == "stance":
            chosen = {**dict.fromkeys(offered, SILENT), **chosen}
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


def is_canonical(text: str, form: Form, bids: Iterable[Bid]) -> bool:
    """Whether `text` is the canonical form of a ballot that this form allows.

    >>> is_canonical("[[7,1]]", Form("approve", most=1), [Bid(7, 60)])
    True
    >>> is_canonical("[[7,2]]", Form("approve", most=1), [Bid(7, 60)])
    False
    """
    try:
        kept: dict[int, int] = dict(json.loads(text))
    except (ValueError, TypeError):
        return False
    if not all(type(part) is int for pair in kept.items() for part in pair):
        return False
    chosen: Chosen = {key: weight for key, weight in kept.items() if weight != SILENT}
    if form.kind not in ("points", "stance"):
        chosen = sorted(kept, key=lambda key: -kept[key])
    again = canonical(choices(chosen, form, offered=kept)).decode()
    offered = [bid for bid in bids if form.kind != "stance" or bid.key in kept]
    return (
        again == text and set(kept) <= {b.key for b in offered} and not check(chosen, form, offered)
    )
