"""What a trial begins from: the case that was decided, or that the frozen rules would decide."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from sanlin.commons.people.rules import posts_of
from sanlin.front.whatif.rules import COUNTABLE, TRIERS
from sanlin.govern.awards.models import Decision
from sanlin.govern.awards.queries import case_of, current
from sanlin.govern.ballots.queries import on_paper, profile
from sanlin.govern.ballots.rules import roll_of
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds.models import Round
from sanlin.kernel.allocation import Case, Outcome, from_bytes
from sanlin.kernel.profile import Profile

from .trial import Sheets

UNDRAWN = "what-if"  # the lots of a trial where the round's own seed has not been drawn
MOST = 50  # rounds on the list
KEPT = 4  # closed boxes that this process remembers: a closed vote never changes


@dataclass(frozen=True)
class Named:
    """How people call a proposal."""

    key: int
    number: int | None
    title: str
    place: str


@dataclass(frozen=True)
class Base:
    """A closed round as it was counted. `decided` says that the outcome is a decision's; `paper` are the
    votes on paper by proposal and the voters on paper, where a blend can weigh them."""

    case: Case
    outcome: Outcome
    decided: bool
    names: dict[int, Named]
    places: dict[int, str]
    tiers: dict[str, str]
    box: Profile | None
    paper: Sheets | None = None


def tryable(who: Any, *, now: datetime) -> QuerySet[Round]:
    """The closed rounds of the streets of `who` and all imported elections, the newest first."""
    mine = [post for post in posts_of(who, now=now) if post.kind in TRIERS]
    near = Q(street__in={post.street_id for post in mine if post.street_id})
    near |= Q(street__district__in={post.district_id for post in mine if post.district_id})
    rows: QuerySet[Round] = Round.objects.filter(near | Q(official__isnull=False))
    rows = rows.filter(stage__in=COUNTABLE).select_related("street", "official")
    return rows.order_by("-year", "-pk")


def base_of(round: Round) -> Base:
    """Everything a trial of this closed round needs; three queries once it is decided."""
    decision = current(round)
    if decision:
        case, outcome = _answered(bytes(decision.inputs))
    else:
        case = case_of(round, UNDRAWN)
        outcome = case.answer()
    rows = Proposal.objects.filter(pk__in=[bid.key for bid in case.bids]).values_list(
        "pk", "number", "title", "neighbourhood", "neighbourhood__name"
    )
    named, places = {}, {}
    for pk, number, title, where, place in rows:
        named[pk] = Named(pk, number, title, place)
        places[where] = place
    box = _box(round) if "vote" in round.rules.stages else None
    return Base(
        case=case,
        outcome=outcome,
        decided=isinstance(decision, Decision),
        names=named,
        places=places,
        tiers={tier.key: tier.name for tier in round.rules.tiers},
        box=box,
        paper=_paper(round, case) if box is not None else None,
    )


def _paper(round: Round, case: Case) -> Sheets | None:
    """The votes on paper, where marks and votes can be blended and votes are plain sums."""
    blended = any(bid.score is not None for bid in case.bids)
    return on_paper(round) if blended and round.rules.vote.kind != "stance" else None


@lru_cache(maxsize=8)
def _answered(inputs: bytes) -> tuple[Case, Outcome]:
    """The case in these bytes and its outcome, which never change."""
    case = from_bytes(inputs)
    return case, case.answer()


_remembered: OrderedDict[tuple[int, str, datetime], Profile] = OrderedDict()


def _box(round: Round) -> Profile | None:
    """The closed box, read once by a process: its key names the very close."""
    roll = roll_of(round)
    if roll is None or roll.counted_at is None:
        return None
    known = (roll.pk, roll.seed, roll.counted_at)
    if known not in _remembered:
        _remembered[known] = profile(round)
        while len(_remembered) > KEPT:
            _remembered.popitem(last=False)
    _remembered.move_to_end(known)
    return _remembered[known]
