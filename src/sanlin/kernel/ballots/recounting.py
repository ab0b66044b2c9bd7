"""Does the outcome that a file records follow from the rule that it declares?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sanlin.kernel.allocation.greedy import allocate
from sanlin.kernel.allocation.outcome import Limits, Outcome
from sanlin.kernel.allocation.ranking import by_votes
from sanlin.kernel.allocation.shares import equal_shares
from sanlin.kernel.allocation.ties import TieOrder
from sanlin.kernel.ballots.pabulib import Election

GREEDY = {
    "greedy": "skip",
    "greedy-no-skip": "stop",
    "greedy-threshold": "threshold",
    "greedy-custom": "topup",
}

EQUAL_SHARES = {
    "equalshares": "none",
    "equalshares/add1": "add1",
    "equalshares/add1-comparison": "comparison",
}


@dataclass(frozen=True)
class Agreement:
    """What a recount says about the recorded outcome.

    `agrees` is None where it says nothing; `code` is agrees, agrees_by_tie (bids stood level and
    had to be taken as the city took them), differs, not_recomputed (the declared rule is not one
    of the greedy ones or of Equal Shares), no_outcome (the file records none) or no_threshold (the rule needs one and
    the file names none). `differing` are the keys of projects that are funded in only one of the
    two; `set_apart` those that the city marks in a way of its own and that are not compared.
    """

    rule: str
    agrees: bool | None
    code: str
    differing: tuple[int, ...] = ()
    set_apart: tuple[int, ...] = ()
    outcome: Outcome | None = None


def recount(election: Election) -> Agreement:
    """Count the file again by its declared rule and compare with its `selected` column.

    Recorded values: 1 is funded, and 2 is funded by the top-up of the custom rule. Other marks mean
    different things in different cities (3 is money from other districts in Poznań, 2 seems to be a
    missed threshold in Katowice); such projects are set apart and not compared. Files do not say
    how ties were settled: they are taken as the city took them (a funded bid before another), and
    the agreement says so where that mattered. Equal Shares are counted as cities do: the utility is
    the cost, and Add1 raises by one unit of the currency until too much would be spent.
    """
    rule = election.meta.get("rule", "").strip().lower()
    outcome = _count(election, rule)
    if isinstance(outcome, str):
        return Agreement(rule, None, outcome)
    recorded = {it.key: it.selected for it in election.projects if it.selected}
    if not any(it.selected is not None for it in election.projects):
        return Agreement(rule, None, "no_outcome", outcome=outcome)
    by_rule = {1, 2} if rule == "greedy-custom" else {1}
    official = {key for key, mark in recorded.items() if mark in by_rule}
    set_apart = recorded.keys() - official
    differing = (official ^ set(outcome.funded)) - set_apart
    if differing:
        code = "differs"
    else:
        code = "agrees_by_tie" if any(tie.split for tie in outcome.ties) else "agrees"
    return Agreement(
        rule, not differing, code, tuple(sorted(differing)), tuple(sorted(set_apart)), outcome
    )


def _count(election: Election, rule: str) -> Outcome | str:
    if rule in EQUAL_SHARES:
        return equal_shares(
            election.profile,
            election.bids(),
            Limits(election.budget),
            _as_recorded(election),
            completion=EQUAL_SHARES[rule],
        )
    if rule not in GREEDY:
        return "not_recomputed"
    threshold = _threshold(election)
    if rule == "greedy-threshold" and threshold is None:
        return "no_threshold"
    bids = election.bids()
    limits = Limits(election.budget, min_votes=threshold)
    return allocate(bids, limits, by_votes(bids), _as_recorded(election), GREEDY[rule])


def _threshold(election: Election) -> int | None:
    text = election.meta.get("min_project_score_threshold", "")
    return int(text) if re.fullmatch("[0-9]{1,15}", text) else None


def _as_recorded(election: Election) -> TieOrder:
    """Among equals the funded first, then the dearer, so that the recorded set is met if it can be."""
    order = sorted(election.projects, key=lambda it: (not it.selected, -it.cost, it.key))
    return TieOrder(("lot",), {project.key: place for place, project in enumerate(order, 1)})
