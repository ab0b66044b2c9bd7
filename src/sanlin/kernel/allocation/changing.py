"""The smallest single change that would have funded a bid, found and verified by counting again.

Four things are tried, each with all else equal: a lower cost, more votes, a higher mark, a larger
budget. What is tried and what "smallest" means is written down in docs/algorithms/explanations.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, Self

from sanlin.kernel.allocation.constraints import largest, smallest
from sanlin.kernel.allocation.outcome import Bid, Limits, Outcome, Step
from sanlin.kernel.allocation.ranking import Ranking

PRECISION = 100
"""Marks are raised in steps of a hundredth."""
TRIES = 400
"""How many steps are tried one by one where halving proves nothing."""
FULL = 100
STRIDES = 250
"""The first stride of a cut in the cost, as a part of it, where halving proves nothing."""
LARGE = 100
"""Of how many bids every change is looked for when all are asked at once."""
MOST = 300
"""How many counts of whole ballots, or of sets, are made for one decision."""
WORK, WORK_RAISED = 3_000_000, 100_000
"""And no more than this divided by distinct ballots times bids; the second where Add1 raises money."""


@dataclass(frozen=True)
class Change:
    """One thing that, all else equal, would have funded the bid.

    `what` is "cost" (ask for `by` fen less), "votes" (`by` votes more), "mark" (a mark higher by
    `by`, a multiple of a hundredth) or "budget" (`by` fen more for the round). With `by` the bid is
    funded, with one unit less it is not: both were counted. `smallest` says that no smaller step of
    the same kind would have done either; without it a smaller one was looked for and not found.
    """

    what: str
    by: Fraction | int
    smallest: bool = True


class Asked(Protocol):
    """What can be counted again with a change: a Case, or a Question."""

    @property
    def bids(self) -> tuple[Bid, ...]: ...

    @property
    def limits(self) -> Limits: ...

    @property
    def parted_by(self) -> tuple[str, ...]:
        """The names that part equals."""

    def ranking(self) -> Ranking:
        """The standing of each bid."""

    def answer(self) -> Outcome:
        """The outcome of the count."""

    def varied(self, *, bids: tuple[Bid, ...] | None = None, limits: Limits | None = None) -> Self:
        """The same asked of other bids, which are ranked anew, or within other limits."""


def changes(asked: Asked, key: int) -> tuple[Change, ...]:
    """The smallest changes, one of each kind at most, that would have funded this bid.

    Empty for a bid that is funded, and where no single change helps (its rival is in, its tier does
    not exist, nobody marked it). Raises KeyError where there is no such bid.

    >>> from sanlin.kernel.allocation import Limits, Question, TieOrder, by_votes
    >>> bids = (Bid(1, 700, votes=9), Bid(2, 500, votes=5), Bid(3, 200, votes=4))
    >>> asked = Question(bids, Limits(1000), by_votes(bids), TieOrder(("cheaper",)))
    >>> asked.answer().funded
    (1, 3)
    >>> [(change.what, change.by) for change in changes(asked, 2)]
    [('cost', 200), ('votes', 4), ('budget', 200)]
    """
    outcome = asked.answer()
    return _changes(asked, outcome, key, _Walk(asked, outcome))


def every_change(asked: Asked) -> dict[int, tuple[Change, ...]]:
    """The `changes` of every bid, by key; cheaper than one after another.

    Where counting is not greedy, and so dearer, those that lacked least come first, and some are left
    without once enough counts have been made (MOST, WORK). Of more than LARGE bids of a
    greedy count only the cut that the limits name is looked at.
    """
    outcome = asked.answer()
    walk = _Walk(asked, outcome)
    if walk.greedy and len(asked.bids) > LARGE:
        return {step.key: _cut(asked, outcome, step) for step in outcome.steps}
    steps = outcome.steps if walk.greedy else sorted(outcome.steps, key=_lacked)
    return {step.key: _changes(asked, outcome, step.key, walk) for step in steps}


def _lacked(step: Step) -> Fraction:
    """The part of its cost that a bid lacked, 1 where that is not said."""
    short, cost = step.reason.get("short"), step.reason.get("cost")
    return (
        Fraction(short, cost) if isinstance(short, int) and isinstance(cost, int) else Fraction(1)
    )


def _cut(asked: Asked, outcome: Outcome, step: Step) -> tuple[Change, ...]:
    if step.funded or not isinstance(step.reason.get("cut"), int):
        return ()
    tried = _Tried(asked, next(bid for bid in asked.bids if bid.key == step.key), outcome)
    found = tried.named_cut(step.reason.get("cut"))
    return () if found is None else (found,)


def _changes(asked: Asked, outcome: Outcome, key: int, walk: _Walk) -> tuple[Change, ...]:
    step = outcome.step(key)
    if step.funded:
        return ()
    tried = _Tried(asked, next(bid for bid in asked.bids if bid.key == key), outcome, walk)
    kinds = [lambda: tried.cost(step), tried.votes]
    if walk.greedy:
        kinds += [tried.mark, lambda: tried.budget(walk)]
    found = []
    for find in kinds:
        try:
            found.append(find())
        except _Enough:
            break
    return tuple(change for change in found if change is not None)


class _Enough(Exception):
    """As many counts have been made as one decision is worth."""


class _Tried:
    """One bid and the counts that were made of it with a change."""

    def __init__(self, asked: Asked, bid: Bid, outcome: Outcome, walk: _Walk | None = None) -> None:
        self.asked, self.bid, self.outcome, self.walk = asked, bid, outcome, walk
        self.greedy: bool = getattr(asked, "is_greedy", True)
        self.fixed = self.greedy and not asked.limits.floors
        self.standings = asked.ranking().of

    def with_bid(self, **values: object) -> Asked:
        """The same asked with this bid changed."""
        own = replace(self.bid, **values)  # type: ignore[arg-type]
        return self.asked.varied(
            bids=tuple(own if bid.key == own.key else bid for bid in self.asked.bids)
        )

    def funds(self, asked: Asked) -> bool:
        if self.walk:
            self.walk.spend()
        return asked.answer().step(self.bid.key).funded

    def cost(self, step: Step) -> Change | None:
        """The cut that the limits name, or the smallest by halving: a cheaper bid never does worse,
        unless equals are parted in favour of the dearer."""
        cut = step.reason.get("short" if step.reason.code == "poor" else "cut")
        if named := self.named_cut(cut):
            return named
        most = self.bid.cost - 1
        by = (
            _halved(self._cheaper, most)
            if self.greedy
            else _doubled(self._cheaper, 0, most, 1 + most // STRIDES)
        )
        return Change("cost", by, self._steady) if by else None

    @property
    def _steady(self) -> bool:
        return self.fixed and "dearer" not in self.asked.parted_by

    def named_cut(self, cut: object) -> Change | None:
        """The cut that the reason names, if it is enough and one fen less is not."""
        if isinstance(cut, int) and self._cheaper(cut) and not self._cheaper(cut - 1):
            return Change("cost", cut, self._steady)
        return None

    def _cheaper(self, by: int) -> bool:
        cost = self.bid.cost - by
        least = None if self.bid.least is None else min(self.bid.least, cost)
        return cost > 0 and self.funds(self.with_bid(cost=cost, least=least))

    def votes(self) -> Change | None:
        """More votes, as long as the ballots cast could hold them."""
        if getattr(self.asked, "by_ballots", False):
            return self._joined()
        return self._rise("votes", self._most_votes(), lambda by: {"votes": self.bid.votes + by})

    def _joined(self) -> Change | None:
        """More voters who name it, where whole ballots are counted and weigh alike."""
        joined: Callable[[int, int, Sequence[int]], Asked] = getattr(self.asked, "joined")  # noqa: B009
        choices: Sequence[tuple[Sequence[tuple[int, int]], int]] = getattr(self.asked, "choices")  # noqa: B009
        if any(weight != 1 for chosen, _ in choices for _, weight in chosen):
            return None

        def funds(by: int) -> bool:
            return self.funds(joined(self.bid.key, by, self.outcome.funded))

        others = (n for chosen, n in choices if self.bid.key not in dict(chosen))
        by = _doubled(funds, 0, sum(others))
        return Change("votes", by, smallest=False) if by else None

    def _most_votes(self) -> int:
        most = max(bid.votes for bid in self.asked.bids)
        ballots: int = getattr(self.asked, "ballots", 0)
        if self.asked.ranking().unit == "blend" and ballots >= most:
            return ballots - self.bid.votes
        return max(most + 1, self.asked.limits.min_votes or 0) - self.bid.votes

    def mark(self) -> Change | None:
        """A higher mark, up to the full one."""
        mark = self.bid.score
        if mark is None:
            return None

        def raised(by: int) -> dict[str, object]:
            return {"score": mark + Fraction(by, PRECISION)}

        found = self._rise("mark", int((FULL - mark) * PRECISION), raised)
        return found and replace(found, by=Fraction(found.by, PRECISION))

    def _rise(
        self, what: str, top: int, values: Callable[[int], dict[str, object]]
    ) -> Change | None:
        """As long as nobody else's standing moves, a higher one never does worse: the smallest is
        found by halving. Beyond, every order that comes up is counted."""
        if top <= 0:
            return None

        def asked_with(by: int) -> Asked:
            return self.with_bid(**values(by))

        def funds(by: int) -> bool:
            return self.funds(asked_with(by))

        if not self.greedy:
            by = _doubled(funds, 0, top)
            return Change(what, by, smallest=False) if by else None
        alone = self._alone(lambda by: asked_with(by).ranking(), top) if self.fixed else 0
        if alone and funds(alone):
            turns = self._meetings(lambda step: asked_with(step).bids, alone)
            return Change(what, _first(funds, turns))
        last = min(top, alone + TRIES)
        signs = ((by, self._sign(asked_with(by))) for by in range(alone + 1, last + 1))
        for by in _turns(signs):
            if funds(by):
                return Change(what, by)
        found = _doubled(funds, last, top)
        return Change(what, found, smallest=False) if found else None

    def _alone(self, ranked: Callable[[int], Ranking], top: int) -> int:
        """The furthest step up to which nobody else's standing moves."""
        others = {key: it for key, it in self.standings.items() if key != self.bid.key}

        def moves(by: int) -> bool:
            now = ranked(by).of
            return any(now[key] != it for key, it in others.items())

        moved = _halved(moves, top)
        return top if moved is None else moved - 1

    def _meetings(self, bids: Callable[[int], Sequence[Bid]], top: int) -> list[int]:
        """Steps up to `top` at which this bid comes level with another one or passes it, if its
        standing, votes and mark rise in equal steps. A hint for where to count first."""
        key = self.bid.key
        ends = [bids(by) for by in (0, top)]
        ranked = [self.asked.varied(bids=tuple(them)).ranking().of for them in ends]
        sides: list[tuple[Fraction, Fraction, list[Fraction]]] = []
        own, far = ranked[0][key], ranked[1][key]
        if own is not None and far is not None:
            sides.append((own, far, [it for it in ranked[0].values() if it is not None]))
        for value in (_votes, _mark):
            before, after = (next(value(it) for it in them if it.key == key) for them in ends)
            sides.append((before, after, [value(it) for it in ends[0]]))
        limits = self.asked.limits
        sides[-1][2].append(Fraction(limits.min_score or 0))
        sides[-2][2].append(Fraction(limits.min_votes or 0))
        met = {top}
        for before, after, others in sides:
            for other in others if after > before else ():
                step = int((other - before) * top / (after - before))
                met |= {by for by in (step, step + 1) if 0 < by < top}
        return sorted(met)

    def _sign(self, asked: Asked) -> object:
        """What a count can see of standings, votes and marks: two askings of one sign, equal in all
        else, come out the same."""
        own = next(bid for bid in asked.bids if bid.key == self.bid.key)
        limits, of = asked.limits, asked.ranking().of
        levels: dict[Fraction, list[int]] = {}
        for key, standing in of.items():
            if standing is not None:
                levels.setdefault(standing, []).append(key)
        order = tuple(tuple(levels[standing]) for standing in sorted(levels))
        against = tuple(
            (_sided(own.votes, bid.votes), _sided(_mark(own), _mark(bid))) for bid in asked.bids
        )
        enough = (
            own.votes >= (limits.min_votes or 0),
            (own.score or 0) >= (limits.min_score or 0),
        )
        return order, against, enough

    def budget(self, walk: _Walk) -> Change | None:
        """The smallest larger budget: halving proves nothing here, see `_Walk`."""
        if self.fixed:
            by = walk.first(self.bid.key)
            return Change("budget", by, not getattr(self.asked, "climb", False)) if by else None
        limits = self.asked.limits

        def funds(more: int) -> bool:
            wider = replace(limits, budget=limits.budget + more)
            return self.funds(self.asked.varied(limits=wider))

        found = _doubled(funds, 0, walk.most)
        return Change("budget", found, smallest=False) if found else None


class _Walk:
    """The count under a budget that grows, from one turn to the next.

    More money is not always better: it may let a dear bid in that comes before. So the budget is
    raised to where the count first comes out another way, again and again, as far as it is asked.
    """

    def __init__(self, asked: Asked, outcome: Outcome) -> None:
        self.asked, self.outcome, self.by = asked, outcome, 0
        self.most = sum(bid.cost for bid in asked.bids) - asked.limits.budget
        self.seen = dict.fromkeys(outcome.funded, 0)
        self.greedy: bool = getattr(asked, "is_greedy", True)
        self.counts = _affordable(asked, outcome)

    def spend(self) -> None:
        """One count more, where it is not greedy. Raises _Enough where that is one too many."""
        if not self.greedy:
            self.counts -= 1
            if self.counts < 0:
                raise _Enough

    def first(self, key: int) -> int | None:
        """By how much the budget has to grow until this bid is first funded."""
        while key not in self.seen:
            rise = self._next_turn()
            if rise is None or self.by + rise > self.most:
                return None
            self.by += rise
            limits = self.asked.limits
            wider = replace(limits, budget=limits.budget + self.by)
            self.outcome = self.asked.varied(limits=wider).answer()
            for funded in self.outcome.funded:
                self.seen.setdefault(funded, self.by)
        return self.seen[key]

    def _next_turn(self) -> int | None:
        """How much more money the count needs at least to come out another way."""
        bids, limits = {bid.key: bid for bid in self.asked.bids}, self.asked.limits
        found: list[int] = []
        for step in self.outcome.steps:
            bid, reason = bids[step.key], step.reason
            left = reason.get("left")
            if reason.code == "budget" and isinstance(left, int):
                found.append(smallest(bid, limits) - left)
                if self.outcome.rule == "topup":
                    found.append(-(-bid.cost * limits.topup // 1000) - left)
            elif reason.code == "funded_partly" and step.left == 0:
                found.append(largest(bid, limits) - step.grant)
            elif reason.code == "topped_up":
                found.append(self.outcome.extra)
        return min((rise for rise in found if rise > 0), default=None)


def _affordable(asked: Asked, outcome: Outcome) -> int:
    """How many counts that are not greedy one decision is worth."""
    size = len(asked.bids) * max(len(getattr(asked, "choices", ())), 1)
    raised = outcome.shares is not None and outcome.shares.step > 0
    return min(MOST, (WORK_RAISED if raised else WORK) // size)


def _votes(bid: Bid) -> Fraction:
    return Fraction(bid.votes)


def _mark(bid: Bid) -> Fraction:
    return Fraction(-1) if bid.score is None else bid.score


def _sided(own: int | Fraction, other: int | Fraction) -> int:
    return (own > other) - (own < other)


def _halved(holds: Callable[[int], bool], top: int) -> int | None:
    """The first of 1..top from which on it holds, where it never stops holding; None for none."""
    return _between(holds, 0, top) if top > 0 and holds(top) else None


def _between(holds: Callable[[int], bool], low: int, high: int) -> int:
    """A step at which it holds and one less at which it does not, given that it holds at `high`
    and not at `low`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _first(holds: Callable[[int], bool], steps: Sequence[int]) -> int:
    """The first step from which on it holds, given that it never stops holding and holds at the
    last of `steps`; these are asked first, and what lies between two of them where need be."""
    at = _between(lambda place: holds(steps[place]), -1, len(steps) - 1)
    low, high = steps[at - 1] if at else 0, steps[at]
    return high if high == low + 1 or not holds(high - 1) else _between(holds, low, high - 1)


def _doubled(holds: Callable[[int], bool], low: int, top: int, width: int = 1) -> int | None:
    """A step above `low` at which it holds, and one less at which it does not; looked for in
    strides that double, from `width` on."""
    while low < top:
        high = min(low + width, top)
        if holds(high):
            return _between(holds, low, high)
        low, width = high, width * 2
    return None


def _turns(signs: Iterable[tuple[int, object]]) -> Iterable[int]:
    """The steps at which the sign is another one than just before."""
    before: object = None
    for by, sign in signs:
        if sign != before:
            yield by
        before = sign


def verified(asked: Asked, key: int, change: Change) -> tuple[bool, bool]:
    """Whether the change funds the bid, and whether one unit less would have: (True, False).

    Votes and amounts change by one, marks by a hundredth.
    """
    bid = next(bid for bid in asked.bids if bid.key == key)
    unit = Fraction(1, PRECISION) if change.what == "mark" else 1
    found = [_with(asked, bid, change.what, change.by - less) for less in (0, unit)]
    return found[0].answer().step(key).funded, found[1].answer().step(key).funded


def _with(asked: Asked, bid: Bid, what: str, by: Fraction | int) -> Asked:
    if what == "budget":
        limits = asked.limits
        return asked.varied(limits=replace(limits, budget=limits.budget + int(by)))
    if what == "votes" and getattr(asked, "by_ballots", False):
        funded = asked.answer().funded
        joined: Asked = getattr(asked, "joined")(bid.key, int(by), funded)  # noqa: B009
        return joined
    if what == "votes":
        own = replace(bid, votes=bid.votes + int(by))
    elif what == "mark":
        own = replace(bid, score=(bid.score or Fraction(0)) + by)
    else:
        cost = bid.cost - int(by)
        own = replace(bid, cost=cost, least=None if bid.least is None else min(bid.least, cost))
    return asked.varied(bids=_swapped(asked.bids, own))


def _swapped(bids: Sequence[Bid], own: Bid) -> tuple[Bid, ...]:
    return tuple(own if bid.key == own.key else bid for bid in bids)
