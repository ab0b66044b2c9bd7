"""A counted round as others read elections: a Pabulib file, and its ballots as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sanlin.govern.awards.models import Decision, Official
from sanlin.govern.ballots.queries import ballots
from sanlin.govern.ballots.rules import form_of, roll_of
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.clock import local_day
from sanlin.kernel.allocation import Case, from_bytes
from sanlin.kernel.ballots import Election, Entry, Form, Merged, compose
from sanlin.kernel.ballots.form import OPINIONS

RULES = {"skip": "greedy", "stop": "greedy-no-skip"}
SHARES = {"none": "equalshares", "add1": "equalshares/add1"}
OWN = "#1: counted by the rules of this round, which this format cannot say in full"


def election_of(decision: Decision) -> Election:
    """The vote of a decided round with its outcome as counted; the round must have had a vote.

    Voters are numbered in the order of their choices. The rule is named where the format knows it
    and the round has no limits that the format cannot say; else it is "unknown", with a comment.
    """
    round, case = decision.round, from_bytes(bytes(decision.inputs))
    rows = Proposal.objects.filter(pk__in=[bid.key for bid in case.bids]).order_by("number", "pk")
    named = list(rows.values_list("pk", "number", "title", "neighbourhood__name", "theme"))
    funded = set(case.answer().funded)
    costs = {bid.key: bid.cost for bid in case.bids}
    places = {pk: place for place, (pk, *_rest) in enumerate(named)}
    box = ((_at(kept, places), times) for kept, times in _plain(round).ballots)
    return compose(
        _meta(decision, case),
        [
            Entry(
                id=str(number or pk),
                cost=costs[pk],
                name=title,
                selected=pk in funded,
                category=theme,
                neighborhood=place,
            )
            for pk, number, title, place, theme in named
        ],
        sorted(box),
        _form(round),
        case.limits.budget,
    )


def _at(kept: tuple[tuple[int, int], ...], places: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """The ballot by places in the file; what was withdrawn since is left out."""
    return tuple(sorted((places[key], weight) for key, weight in kept if key in places))


def _plain(round: Round) -> Merged:
    """The ballots; of opinions only those who agree, as approvals."""
    box = ballots(round)
    if round.rules.vote.kind != "stance":
        return box
    agree = OPINIONS["support"]
    return Merged(
        tuple(
            (tuple((key, 1) for key, said in kept if said == agree), n) for kept, n in box.ballots
        )
    )


def _form(round: Round) -> Form:
    form = form_of(round)
    return Form("approve", least=0) if form.kind == "stance" else form


def _meta(decision: Decision, case: Case) -> dict[str, str]:
    round, roll = decision.round, roll_of(decision.round)
    official: Official | None = Official.objects.filter(round=round).first()
    country, _comma, unit = official.place.partition(", ") if official else ("China", "", "")
    meta = {
        "description": round.name,
        "country": country,
        "unit": unit or str(round.street),
        "instance": str(round.year),
        "rule": _rule(case),
        "currency": official.currency if official else "CNY",
        "language": "" if official else "zh",
        "date_begin": _day(roll.opened_at) if roll else "",
        "date_end": _day(roll.closed_at) if roll else "",
    }
    if case.limits.min_votes is not None:
        meta["min_project_score_threshold"] = str(case.limits.min_votes)
    if sum(bid.cost for bid in case.bids) <= case.limits.budget:
        meta["fully_funded"] = "1"
    if meta["rule"] == "unknown":
        meta["comment"] = OWN
    return meta


def _day(moment: datetime | None) -> str:
    return f"{local_day(moment):%d.%m.%Y}" if moment else ""


def _rule(case: Case) -> str:
    """The name of the rule in the format, where that says all of it."""
    limits = case.limits
    others = (limits.project_cap, limits.team_cap, limits.community_cap, limits.min_score)
    sets = (limits.tiers, limits.theme_caps, limits.exclusive, limits.floors, limits.requires)
    plain = not any(sets) and not (limits.one_per_team or limits.partial or limits.own_share)
    if others != (None,) * len(others) or not plain:
        return "unknown"
    if case.method == "equal_shares" and case.utility == "cost":
        return SHARES.get(case.completion, "unknown")
    if case.method != "votes":
        return "unknown"
    name = RULES.get(case.rule, "unknown")
    if limits.min_votes is not None:
        return "greedy-threshold" if name == "greedy" else "unknown"
    return name


def ballot_rows(round: Round) -> Iterator[tuple[int, str, str]]:
    """(how often, numbers of proposals, weights) of each distinct ballot, in the order of choices."""
    box = ballots(round)
    keys = {key for kept, _n in box.ballots for key, _w in kept}
    numbers = dict(Proposal.objects.filter(pk__in=keys).values_list("pk", "number"))
    for kept, times in box.ballots:
        named = sorted((numbers[key] or key, weight) for key, weight in kept)
        yield (
            times,
            " ".join(str(number) for number, _w in named),
            " ".join(str(weight) for _n, weight in named),
        )
