"""What is read of a review: sheets by judge, means by proposal, and who might have an interest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q, Value

from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.models import Post, Resident
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.models import Round
from sanlin.kernel import scoring
from sanlin.kernel.packs import Rules

from . import stages
from .models import Mark, Review, Seat

Sheets = dict[int, dict[int, Fraction | None]]
REDUCE = {"mean": scoring.mean, "trimmed": scoring.trimmed_mean, "median": scoring.median}
EVERYTHING = 1000  # the weights of a rubric make up 1000 permille
OUT_OF = 100


def rubric(rules: Rules) -> list[scoring.Criterion]:
    """The pack's criteria as the kernel takes them."""
    return [scoring.Criterion(c.key, c.weight, c.max) for c in rules.criteria]


def sheet_score(rules: Rules, marks: dict[str, Fraction]) -> Fraction | None:
    """A sheet's total out of 100; None where nothing is marked.

    Where the pack leaves blanks out, the total of what is marked is brought to the full scale.
    """
    known = [c for c in rubric(rules) if c.key in marks]
    if not known:
        return None
    points = scoring.total(known, {c.key: marks[c.key] for c in known})
    weight = scoring.full(known)
    return None if points is None or not weight else points * OUT_OF / weight


def sheets(round: Round) -> Sheets:
    """Totals out of 100 of the sealed sheets: by seat, then by proposal."""
    marks: dict[int, dict[str, Fraction]] = defaultdict(dict)
    rows = Mark.objects.filter(review__seat__round=round, review__stage=stages.SEALED)
    for review, criterion, halves in rows.values_list("review_id", "criterion", "halves"):
        marks[review][criterion] = Fraction(halves, 2)
    found: Sheets = defaultdict(dict)
    sealed = Review.objects.filter(seat__round=round, stage=stages.SEALED).order_by("pk")
    for pk, seat, proposal in sealed.values_list("pk", "seat_id", "proposal_id"):
        found[seat][proposal] = sheet_score(round.rules, marks[pk])
    return dict(found)


def marks(round: Round) -> dict[int, Fraction | None]:
    """The mark out of 100 of each admitted proposal, by the pack's rule; None where it has none."""
    by_proposal: dict[int, list[Fraction]] = defaultdict(list)
    for own in sheets(round).values():
        for proposal, score in own.items():
            if score is not None:
                by_proposal[proposal].append(score)
    reduce = REDUCE[round.rules.scoring.mean]
    keys = admitted(round).values_list("pk", flat=True)
    return {key: reduce(by_proposal[key]) for key in keys}


def judges(round: Round) -> list[str]:
    """The names of the panel, as a notice prints them."""
    seats = Seat.objects.filter(round=round).select_related("account").order_by("account__name")
    return [seat.account.name for seat in seats]


@dataclass(frozen=True)
class Interest:
    """Why a judge might have to step aside: a code and the proposal it is about."""

    proposal: Proposal
    code: str


def interests(seat: Seat, proposals: Iterable[Proposal]) -> list[Interest]:
    """Conflicts with these proposals that the records show: a member of the team, a neighbour, a post in that place.

    Shown and not decided: the judge or an officer says whether she steps aside.
    """
    places = Q(neighbourhood__isnull=False)
    rows = [
        Membership.objects.values_list(Value("member"), "organisation"),
        Post.objects.filter(places).values_list(Value("post"), "neighbourhood"),
        Resident.objects.filter(places).values_list(Value("neighbour"), "neighbourhood"),
    ]
    own = [row.filter(account_id=seat.account_id) for row in rows]
    has = set(own[0].union(*own[1:]))
    found = []
    for proposal in proposals:
        bound = (
            ("member", proposal.team_id),
            ("post", proposal.neighbourhood_id),
            ("neighbour", proposal.neighbourhood_id),
        )
        found += [Interest(proposal, tie[0]) for tie in bound if tie in has][:1]
    return found
