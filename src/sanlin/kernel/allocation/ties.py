"""What parts bids that stand level: a stated order of questions, at the end a lot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sanlin.kernel.allocation.outcome import Bid, Tie


class UnsettledTie(Exception):
    """Bids are level in everything that the rule of ties names; `keys` says which."""

    def __init__(self, keys: Iterable[int]) -> None:
        self.keys = tuple(sorted(keys))
        super().__init__(f"nothing parts the bids {self.keys}")


@dataclass(frozen=True)
class TieOrder:
    """The questions in the order in which they are asked, by name (see QUESTIONS), or "lot".

    `lot` says at which place each key was drawn, 1 first; it is drawn elsewhere, from a published
    seed. Raises ValueError for a name that does not exist.
    """

    names: tuple[str, ...] = ()
    lot: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.names:
            if name != "lot" and name not in QUESTIONS:
                raise ValueError(f"no question of ties is called {name}")

    def answer(self, name: str, bid: Bid) -> Fraction | None:
        """What `name` gives for this bid: more comes first; None where it cannot tell."""
        if name == "lot":
            drawn = self.lot.get(bid.key)
            return None if drawn is None else Fraction(-drawn)
        return QUESTIONS[name](bid)


QUESTIONS: dict[str, Callable[[Bid], Fraction | None]] = {
    "votes": lambda bid: Fraction(bid.votes),
    "score": lambda bid: bid.score,
    "cheaper": lambda bid: Fraction(-bid.cost),
    "dearer": lambda bid: Fraction(bid.cost),
    "own_funds": lambda bid: Fraction(bid.own_funds, max(bid.cost + bid.own_funds, 1)),
    "earlier": lambda bid: None if bid.sent is None else Fraction(-bid.sent),
}


def settle(
    bids: Sequence[Bid], standings: Mapping[int, Fraction | None], ties: TieOrder
) -> tuple[list[Bid], list[Tie]]:
    """Put ranked bids into one strict order, and report every tie on the way.

    A tie of three that votes part into one and two, and a lot parts further, is reported as two
    ties. The order of `bids` has no influence. Raises UnsettledTie where the names run out.
    """
    met: list[Tie] = []
    queue: list[Bid] = []
    for level in _groups(bids, lambda bid: standings[bid.key]):
        queue += _part(level, ties, ties.names, met)
    return queue, met


def _part(level: list[Bid], ties: TieOrder, names: tuple[str, ...], met: list[Tie]) -> list[Bid]:
    if len(level) == 1:
        return level
    if not names:
        raise UnsettledTie(bid.key for bid in level)
    groups = _groups(level, lambda bid: ties.answer(names[0], bid))
    place = len(met)
    parted = [bid for group in groups for bid in _part(group, ties, names[1:], met)]
    if len(groups) > 1:
        met.insert(place, Tie(tuple(bid.key for bid in parted), names[0]))
    return parted


def _groups(bids: Iterable[Bid], value: Callable[[Bid], Fraction | None]) -> list[list[Bid]]:
    """Bids of equal value together, the highest value first, those without a value last."""
    found: dict[Fraction | None, list[Bid]] = {}
    for bid in bids:
        found.setdefault(value(bid), []).append(bid)
    last = found.pop(None, None)
    ordered = [found[known] for known in sorted((v for v in found if v is not None), reverse=True)]
    return ordered + ([last] if last else [])
