"""What is read of a review: sheets by judge, means by proposal, who might have an interest, and which
proposal somebody names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Q, QuerySet, Value

from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.models import Post, Resident
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.models import Round
from sanlin.kernel import scoring

from .models import Seat
from .rules import Sheets, sheets


def marks(round: Round) -> dict[int, Fraction | None]:
    """The mark out of 100 of each admitted proposal, by the pack's rule; None where it has none.

    Raises scoring.Disconnected where the rule is "severity" and the panel does not hang together;
    a review cannot end before it does.
    """
    keys = list(admitted(round).values_list("pk", flat=True))
    return scoring.marks_by(round.rules.scoring.mean, sheets(round), keys)


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's alpha of a panel: by distances of marks, and by their order alone; `words` is
    what the first allows (reliable, tentative, weak, unknown)."""

    interval: Fraction | None
    ordinal: Fraction | None
    words: str


def agreement(seen: Sheets) -> Agreement:
    """How far the judges of these sealed sheets agree beyond chance."""
    interval = scoring.alpha(seen, "interval")
    return Agreement(interval, scoring.alpha(seen, "ordinal"), scoring.verdict(interval))


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
    """Conflicts with these proposals that the records show: a member of the team, a neighbour, a
    post in that place. Of rows that have not been read yet only those concerned are read.

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
    if isinstance(proposals, QuerySet):
        teams = [key for kind, key in has if kind == "member"]
        near = [key for kind, key in has if kind != "member"]
        proposals = proposals.filter(Q(team__in=teams) | Q(neighbourhood__in=near))
    found = []
    for proposal in proposals:
        bound = (
            ("member", proposal.team_id),
            ("post", proposal.neighbourhood_id),
            ("neighbour", proposal.neighbourhood_id),
        )
        found += [Interest(proposal, tie[0]) for tie in bound if tie in has][:1]
    return found


NUMBERED = re.compile(r"(?:\d{4}-)?0*(\d{1,6})(?!\d)\s*(.*)", re.ASCII | re.DOTALL)


def named(round: Round, text: str, most: int) -> list[Proposal]:
    """The admitted proposals that `text` may mean, at most `most`: a number ("7", "2024-07", with or
    without the title after it), or words of a title."""
    text = text.strip()
    if not text:
        return []
    rows = admitted(round).select_related(None).select_related("round")
    if (said := NUMBERED.fullmatch(text)) and (
        found := list(rows.filter(number=int(said[1]), title__startswith=said[2]))
    ):
        return found
    return list(rows.filter(title__icontains=text)[:most])
