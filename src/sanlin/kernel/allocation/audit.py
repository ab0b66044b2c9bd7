"""Whether a finished allocation keeps every limit: asked of the grants alone, whoever made them.

Nothing here is shared with the counts: sums are taken afresh, in whole fen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sanlin.kernel.allocation.outcome import Bid, Floor, Limits
from sanlin.kernel.reason import Reason


def violations(
    bids: Sequence[Bid], limits: Limits, grants: Mapping[int, int], *, extra: int = 0
) -> tuple[Reason, ...]:
    """Every limit that these grants (fen, by key) break; empty where they keep them all.

    `extra` fen may come from outside the budget. Codes are those of refusals, with `key` for a
    bid, `over` for an amount; "not_whole" where a grant is not what may be granted at all,
    "floor_unmet" with the `projects` and `money` that are missing.

    >>> violations([Bid(1, 60), Bid(2, 50)], Limits(100), {1: 60, 2: 50})
    (Reason(code='budget', figures=(('cap', 100), ('over', 10))),)
    """
    return tuple(_violations(bids, limits, grants, extra))


def _violations(
    bids: Sequence[Bid], limits: Limits, grants: Mapping[int, int], extra: int
) -> Iterator[Reason]:
    known = {bid.key for bid in bids}
    yield from (Reason.of("unknown", key=key) for key in sorted(grants) if key not in known)
    inside = [bid for bid in bids if bid.key in grants]
    for bid in inside:
        yield from _alone(bid, limits, grants[bid.key])
    yield from _sums(inside, limits, grants, extra)
    yield from _together(inside, limits)
    yield from floors_unmet(bids, limits, grants)


def _alone(bid: Bid, limits: Limits, grant: int) -> Iterator[Reason]:
    tiers = {tier.key: tier for tier in limits.tiers}
    least = bid.least if limits.partial and bid.least is not None else bid.cost
    if not least <= grant <= bid.cost:
        yield Reason.of("not_whole", key=bid.key, grant=grant, cost=bid.cost)
    if tiers and bid.tier not in tiers:
        yield Reason.of("no_tier", key=bid.key, tier=bid.tier)
    caps = {
        "project_cap": limits.project_cap,
        "tier_cap": tiers[bid.tier].cap if bid.tier in tiers else None,
    }
    for code, cap in caps.items():
        if cap is not None and grant > cap:
            yield Reason.of(code, key=bid.key, cap=cap, over=grant - cap)
    if limits.min_score is not None and (bid.score is None or bid.score < limits.min_score):
        yield Reason.of("min_score", key=bid.key, least=limits.min_score, own=bid.score)
    if limits.min_votes is not None and bid.votes < limits.min_votes:
        yield Reason.of("min_votes", key=bid.key, least=limits.min_votes, own=bid.votes)
    if bid.own_funds * 1000 < (bid.cost + bid.own_funds) * limits.own_share:
        yield Reason.of("own_share", key=bid.key, own=bid.own_funds, share=limits.own_share)


def _sums(
    inside: Sequence[Bid], limits: Limits, grants: Mapping[int, int], extra: int
) -> Iterator[Reason]:
    def over(code: str, cap: int | None, members: Sequence[Bid]) -> Iterator[Reason]:
        spent = sum(grants[bid.key] for bid in members)
        if cap is not None and spent > cap:
            yield Reason.of(code, cap=cap, over=spent - cap)

    yield from over("budget", limits.budget + extra, inside)
    for tier in limits.tiers:
        members = [bid for bid in inside if bid.tier == tier.key]
        yield from over("tier_money", tier.money, members)
        if tier.places is not None and len(members) > tier.places:
            yield Reason.of(
                "places", tier=tier.key, places=tier.places, over=len(members) - tier.places
            )
    for what, cap in (("team", limits.team_cap), ("community", limits.community_cap)):
        for name in sorted({getattr(bid, what) for bid in inside} - {None}):
            members = [bid for bid in inside if getattr(bid, what) == name]
            yield from over(f"{what}_cap", cap, members)
    for theme, cap in limits.theme_caps:
        yield from over("theme_cap", cap, [bid for bid in inside if bid.theme == theme])


def _together(inside: Sequence[Bid], limits: Limits) -> Iterator[Reason]:
    keys = {bid.key for bid in inside}
    teams: dict[int, int] = {}
    for bid in inside:
        first = bid.key if bid.team is None else teams.setdefault(bid.team, bid.key)
        if limits.one_per_team and first != bid.key:
            yield Reason.of("team_taken", key=bid.key, other=first)
    for rivals in limits.exclusive:
        if len(rivals & keys) > 1:
            one, two, *_ = sorted(rivals & keys)
            yield Reason.of("exclusive", key=two, other=one)
    for key, other in limits.requires:
        if key in keys and other not in keys:
            yield Reason.of("requires", key=key, other=other)


def lacks(floor: Floor, bids: Sequence[Bid], grants: Mapping[int, int]) -> tuple[int, int]:
    """How many projects and how much money (fen) a floor lacks; (0, 0) where it is filled."""
    inside = [grants[bid.key] for bid in bids if bid.key in grants and floor.holds(bid)]
    return max(floor.projects - len(inside), 0), max(floor.money - sum(inside), 0)


def floors_unmet(
    bids: Sequence[Bid], limits: Limits, grants: Mapping[int, int]
) -> tuple[Reason, ...]:
    """For every floor that the grants do not fill, a reason "floor_unmet" with what is missing."""
    told = ((floor, *lacks(floor, bids, grants)) for floor in limits.floors)
    return tuple(named("floor_unmet", *it) for it in told if it[1] or it[2])


def named(code: str, floor: Floor, projects: int, money: int) -> Reason:
    """A reason that names a floor's group and what it still lacks."""
    return Reason.of(
        code,
        kind=floor.kind,
        group=floor.name,
        projects=projects or None,
        money=money or None,
    )
