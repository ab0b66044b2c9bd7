"""What single values cannot show: sums, limits that contradict each other, things that need a
stage.

Each check reads only values that are already known, so that a pack with values still unset is
checked as far as it goes, and a completed one entirely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sanlin.kernel.money import yuan
from sanlin.kernel.numbering import BadPattern, check

from .faults import Fault

WHOLE = 1000
CONDITION_ORDER = ("signed", "midterm", "accepted")


def crosscheck(
    known: Mapping[str, object], lists: Mapping[str, tuple[str, ...]], lines: Mapping[str, int]
) -> list[Fault]:
    """Every contradiction among the `known` values (by path) of the items in `lists`; `lines` say
    where they stand.
    """
    seen = _Seen(known, lists, lines)
    return [fault for check in _CHECKS for fault in check(seen)]


class _Seen:
    """The values known so far, and how to point at one."""

    def __init__(
        self,
        known: Mapping[str, object],
        lists: Mapping[str, tuple[str, ...]],
        lines: Mapping[str, int],
    ) -> None:
        self.known, self.lists, self.lines = known, lists, lines

    def __getitem__(self, path: str) -> Any:
        return self.known.get(path)

    def column(self, name: str, cell: str) -> dict[str, Any]:
        """Path and value of `cell` in each item of a list, where known and not None, in order."""
        paths = (f"{name}.{key}.{cell}" for key in self.lists.get(name, ()))
        return {path: self.known[path] for path in paths if self.known.get(path) is not None}

    def whole(self, name: str, cell: str) -> dict[str, Any] | None:
        """The same, where every item of a list that is not empty has it."""
        column = self.column(name, cell)
        return column if column and len(column) == len(self.lists[name]) else None

    def above(
        self, pairs: Iterable[tuple[str, str]], worded: Callable[[int], str]
    ) -> Iterator[Fault]:
        """A fault for every pair of which the first is known to be higher than the second."""
        for low, high in pairs:
            if self[low] is not None and self[high] is not None and self[low] > self[high]:
                figures = {"given": worded(self[low]), "other": high, "limit": worded(self[high])}
                yield self.fault(low, "above", low if self.lines.get(low) else high, **figures)

    def fault(self, path: str, code: str, at: str = "", **figures: object) -> Fault:
        return Fault(self.lines.get(at or path, 0), path, code, figures)


def _sums(seen: _Seen) -> Iterator[Fault]:
    for name, cell, code in (("criteria", "weight", "weights"), ("instalments", "share", "shares")):
        column = seen.whole(name, cell)
        if column and sum(column.values()) != WHOLE:
            yield seen.fault(
                f"{name}.*.{cell}", code, next(iter(column)), total=sum(column.values())
            )
    yield from _pitch(seen)
    expert, public = seen["award.expert"], seen["award.public"]
    blended = seen["award.method"] == "blend" and expert is not None and public is not None
    if blended and expert + public != WHOLE:
        yield seen.fault(
            "award.expert + award.public", "weights", "award.public", total=expert + public
        )


def _pitch(seen: _Seen) -> Iterator[Fault]:
    """The sheet of each kind of project weighs the whole."""
    kinds, weights = seen.whole("pitch", "kind"), seen.whole("pitch", "weight")
    if kinds is None or weights is None:
        return
    for kind in dict.fromkeys(kinds.values()):
        paths = [
            path.removesuffix("kind") + "weight" for path, held in kinds.items() if held == kind
        ]
        if (total := sum(weights[path] for path in paths)) != WHOLE:
            yield seen.fault(f"pitch ({kind})", "weights", paths[0], total=total)


def _limits(seen: _Seen) -> Iterator[Fault]:
    pairs = [
        ("project_min", "project_cap"),
        ("project_min", "budget"),
        ("project_cap", "budget"),
        ("project_cap", "community_cap"),
        ("project_cap", "team_cap"),
        ("project_min", "community_cap"),
        ("project_min", "team_cap"),
    ]
    for tier in seen.lists.get("tiers", ()):
        here = f"tiers.{tier}."
        pairs += [
            (f"{here}min", f"{here}cap"),
            (f"{here}cap", "project_cap"),
            (f"{here}cap", f"{here}money"),
        ]
        pairs += [(f"{here}min", "project_cap"), ("project_min", f"{here}cap")]
    yield from seen.above(pairs, yuan)


def _tiers(seen: _Seen) -> Iterator[Fault]:
    column = seen.column("tiers", "money")
    if column and seen["budget"] is not None and sum(column.values()) > seen["budget"]:
        figures = {"total": yuan(sum(column.values())), "budget": yuan(seen["budget"])}
        yield seen.fault("tiers.*.money", "tier_money", next(iter(column)), **figures)
    for path, money in column.items():
        here = path.removesuffix("money")
        places, least = seen[here + "places"], seen[here + "min"] or seen["project_min"]
        if places is not None and least is not None and places * least > money:
            yield seen.fault(
                path, "tier_short", money=yuan(money), places=places, least=yuan(least)
            )


def _floors(seen: _Seen) -> Iterator[Fault]:
    """What groups get at least, against what they get at most and what there is."""
    pairs = [("community_floor", "community_cap"), ("community_floor", "budget")]
    for name, most in (("tiers", "money"), ("themes", "cap")):
        column = seen.column(name, "floor")
        pairs += [(path, f"{path.removesuffix('floor')}{most}") for path in column]
        if column and seen["budget"] is not None and sum(column.values()) > seen["budget"]:
            figures = {"total": yuan(sum(column.values())), "budget": yuan(seen["budget"])}
            yield seen.fault(f"{name}.*.floor", "tier_money", next(iter(column)), **figures)
    yield from seen.above(pairs, yuan)
    places = [
        (path, f"{path.removesuffix('least')}places") for path in seen.column("tiers", "least")
    ]
    yield from seen.above(places, str)
    asked = {"community_least": seen["community_least"], "community_floor": seen["community_floor"]}
    for name in ("tiers", "themes"):
        asked |= seen.column(name, "least") | seen.column(name, "floor")
    first = next((path for path, value in asked.items() if value), None)
    if first is not None and seen["award.overflow"] == "stop":
        yield seen.fault(first, "floor_stop")


def _stages(seen: _Seen) -> Iterator[Fault]:
    def lacks(stage: str) -> bool:
        return seen[f"stages.{stage}"] is False

    method = seen["award.method"]
    if lacks("review") and lacks("vote"):
        yield seen.fault("award.method", "no_measure")
    elif method in {"score", "blend"} and lacks("review"):
        yield seen.fault("award.method", "needs_stage", stage="review")
    elif method in {"votes", "blend", "equal_shares", "phragmen"} and lacks("vote"):
        yield seen.fault("award.method", "needs_stage", stage="vote")
    yield from _utility(seen)
    if seen["stages.conferral"] and lacks("review"):
        yield seen.fault("stages.conferral", "needs_stage", stage="review")
    for path, condition in seen.column("instalments", "condition").items():
        if condition == "midterm" and lacks("midterm"):
            yield seen.fault(path, "needs_stage", stage="midterm")


ANY_KIND = ("approve_k", "knapsack", "rank", "points")
KINDS_OF_UTILITY: dict[str, dict[str, tuple[str, ...]]] = {
    "equal_shares": {"cost": ANY_KIND, "cardinality": ANY_KIND},
    "welfare": {"cost": ANY_KIND[:2], "cardinality": ANY_KIND[:2]},
}
"""Where the ballots do not say more: which kinds tell a utility, by method."""


def _utility(seen: _Seen) -> Iterator[Fault]:
    """What a choice is worth has to stand on the ballots, or on the judges' sheets."""
    method, utility, kind = seen["award.method"], seen["award.utility"], seen["vote.kind"]
    if method == "phragmen" and kind not in {None, *ANY_KIND}:
        yield seen.fault("award.method", "needs_ballots")
    if utility is None or method not in KINDS_OF_UTILITY:
        return
    if method == "welfare" and utility == "score":
        if seen["stages.review"] is False:
            yield seen.fault("award.utility", "needs_stage", stage="review")
        return
    kinds = {"points": ("points",), "borda": ("rank",)} | KINDS_OF_UTILITY[method]
    if seen["stages.vote"] is False:
        yield seen.fault("award.utility", "needs_stage", stage="vote")
    elif kind is not None and kind not in kinds.get(utility, ()):
        yield seen.fault("award.utility", "needs_ballots")


def _order(seen: _Seen) -> Iterator[Fault]:
    reached = 0
    for path, condition in seen.column("instalments", "condition").items():
        place = CONDITION_ORDER.index(condition)
        if place < reached:
            yield seen.fault(path, "order")
        reached = max(reached, place)
    ties = seen["award.ties"]
    if ties is not None and ties[-1] != "lot":
        yield seen.fault("award.ties", "ties")


def _heads(seen: _Seen) -> Iterator[Fault]:
    for path, forbidden in seen.column("heads", "forbidden").items():
        here = path.removesuffix("forbidden")
        if forbidden and (
            seen[here + "max_share"] is not None or seen[here + "unit_cap"] is not None
        ):
            yield seen.fault(path, "caps_on_forbidden")
        for one, other in (("long_from", "long_cap"), ("long_cap", "long_from")):
            if here + other in seen.known and seen[here + one] is not None:
                if seen[here + other] is None:
                    yield seen.fault(here + one, "pair", other=here + other)
                elif here + "unit_cap" in seen.known and seen[here + "unit_cap"] is None:
                    yield seen.fault(here + one, "pair", other=here + "unit_cap")


def _numbering(seen: _Seen) -> Iterator[Fault]:
    pattern = seen["numbering"]
    if pattern is not None:
        try:
            check(pattern)
        except BadPattern:
            yield seen.fault("numbering", "pattern", given=pattern[:100])


def _grades(seen: _Seen) -> Iterator[Fault]:
    reviews = seen.whole("grades", "review")
    if reviews is None:
        return
    wanted = {"closing", *(["midterm"] if seen["stages.midterm"] else [])}
    for review in sorted({*reviews.values(), *wanted}):
        here = [
            path.removesuffix("review") + "from_mark"
            for path, held in reviews.items()
            if held == review
        ]
        marks = [seen[path] for path in here]
        known = [mark for mark in marks if mark is not None]
        descend = known == sorted(set(known), reverse=True)
        if not (marks and descend and marks[-1] in {0, None}):
            yield seen.fault(
                f"grades ({review})", "grades", here[-1] if here else next(iter(reviews))
            )


def _hours(seen: _Seen) -> Iterator[Fault]:
    first, last = seen["vote.remind_from"], seen["vote.remind_until"]
    if first is not None and last is not None and last <= first:
        yield seen.fault(
            "vote.remind_until", "hours", given=last, other="vote.remind_from", limit=first
        )


_CHECKS = (_sums, _limits, _tiers, _floors, _stages, _order, _heads, _numbering, _grades, _hours)
