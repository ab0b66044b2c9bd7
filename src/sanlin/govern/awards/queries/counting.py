from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sanlin.govern.awards.models import Decision
from sanlin.govern.ballots.queries import ballots, on_paper, outvoted, turnout, votes
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted, pairs
from sanlin.govern.reviews.queries import marks
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.kernel.allocation import Bid, Case, Floor, Limits, Outcome, TierLimit, from_bytes
from sanlin.kernel.allocation.case import OWN_MONEY
from sanlin.kernel.packs import Rules


def case_of(round: Round, seed: str) -> Case:
    """Everything that deciding this round rests on, as it stands now.

    Where the vote asked for opinions, what did not pass its threshold is no bid.
    """
    rules = round.rules
    has_vote = "vote" in rules.stages
    lost = outvoted(round) if has_vote else frozenset()
    entered = [one for one in admitted(round).order_by("pk") if one.pk not in lost]
    scores = marks(round) if "review" in rules.stages else {}
    counted = votes(round) if has_vote else {}
    keys = [proposal.pk for proposal in entered]
    weighed = on_paper(round) if has_vote and rules.award.onsite is not None else None
    sheets, marked = weighed or ({}, 0)
    return Case(
        bids=tuple(_bid(proposal, rules, scores, counted, sheets) for proposal in entered),
        limits=_limits(round, rules, entered),
        method=rules.award.method,
        expert=rules.award.expert,
        public=rules.award.public,
        normaliser=rules.award.normaliser,
        ballots=turnout(round)[0] if has_vote else 0,
        rule=rules.award.overflow,
        ties=rules.award.ties,
        seed=seed,
        lot=tuple(lots.draw(seed, keys)),
        rules=round.fingerprint,
        utility=rules.award.utility,
        completion=rules.award.completion,
        onsite=rules.award.onsite if weighed else None,
        ballots_onsite=marked,
        choices=ballots(round).ballots if rules.award.method in OWN_MONEY else (),
    )


def _bid(
    proposal: Proposal,
    rules: Rules,
    scores: dict[int, Fraction | None],
    counted: dict[int, int],
    sheets: dict[int, int],
) -> Bid:
    least = None
    if rules.award.partial == "remainder":
        least = max(1, -(-proposal.asked * rules.award.partial_min // 1000))
    return Bid(
        key=proposal.pk,
        cost=proposal.asked,
        score=scores.get(proposal.pk),
        votes=counted.get(proposal.pk, 0),
        tier=proposal.tier or None,
        team=proposal.team_id,
        community=proposal.neighbourhood_id,
        theme=proposal.theme or None,
        least=least,
        own_funds=proposal.own_funds,
        sent=proposal.number,
        onsite=sheets.get(proposal.pk, 0),
    )


def _limits(round: Round, rules: Rules, entered: Sequence[Proposal]) -> Limits:
    keys = {proposal.pk for proposal in entered}
    tiers = tuple(TierLimit(t.key, t.places, t.money, t.cap) for t in rules.tiers)
    groups, needs = pairs(round)
    least = rules.award.min_score
    return Limits(
        budget=rules.budget,
        tiers=tiers,
        project_cap=rules.project_cap,
        team_cap=rules.team_cap,
        community_cap=rules.community_cap,
        theme_caps=tuple((t.key, t.cap) for t in rules.themes if t.cap is not None),
        one_per_team=rules.award.one_per_team,
        min_score=None if least is None else Fraction(least),
        min_votes=rules.award.min_votes,
        exclusive=tuple(group & keys for group in groups if len(group & keys) > 1),
        requires=tuple(sorted(pair for pair in needs if pair[0] in keys)),
        partial=rules.award.partial == "remainder",
        reserve=rules.award.reserve,
        floors=tuple(_floors(rules, entered)),
        own_share=rules.own_funds_min,
    )


def _floors(rules: Rules, entered: Sequence[Proposal]) -> Iterator[Floor]:
    """What groups get at least, in the order in which they are kept: tiers, themes, communities."""
    groups: list[tuple[str, str | int, int, int | None]] = [
        *(("tier", tier.key, tier.least, tier.floor) for tier in rules.tiers),
        *(("theme", theme.key, theme.least, theme.floor) for theme in rules.themes),
        *(
            ("community", community, rules.community_least, rules.community_floor)
            for community in sorted({proposal.neighbourhood_id for proposal in entered})
        ),
    ]
    for kind, name, projects, money in groups:
        if projects or money:
            yield Floor(kind, name, projects, money or 0)


def unique_ballots(decision: Decision) -> tuple[int, int] | None:
    """(ballots that nobody else cast alike, all ballots) of a decision whose method counts whole
    ballots, which are published with it; None where totals are enough."""
    case = from_bytes(bytes(decision.inputs))
    if not case.by_ballots:
        return None
    times = [cast for _choices, cast in case.choices]
    return times.count(1), sum(times)


def recount(decision: Decision) -> Outcome:
    """Count the decision's own bytes again; anybody who has them gets the same."""
    return from_bytes(bytes(decision.inputs)).answer()
