"""Whether somebody asks for the same money twice: earlier proposals that a new one looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, Max, Q, When, prefetch_related_objects

from sanlin.commons.orgs.models import Membership
from sanlin.govern.proposals import stages
from sanlin.govern.proposals.models import Proposal, ProposalWord
from sanlin.kernel.likeness import texts
from sanlin.kernel.likeness.marks import plain

MOST_READ = 24  # proposals whose texts are laid side by side
MOST_SHOWN = 8
WORDS_SHARED = 3
LINE = 1 << 41  # words of budget lines begin here, those of texts lie below


@dataclass(frozen=True)
class Double:
    """An earlier proposal of another round: which, by what signs, how alike in percent, and the
    passages that both have."""

    other: Proposal
    same_team: bool
    same_leader: bool
    same_place: bool
    text: int
    budget: int
    passages: tuple[str, ...]

    @property
    def likeness(self) -> int:
        return max(self.text, self.budget)


def text_of(proposal: Proposal) -> str:
    """What a proposal says, without its title."""
    parts = (proposal.need, proposal.goals, proposal.plan, proposal.summary)
    return "\n".join(parts)


def words_of(proposal: Proposal, lines: list[tuple[str, int]]) -> list[int]:
    """The words that a proposal is found by: of its text, and of every line of its budget."""
    told = set(texts.sketch(text_of(proposal)))
    told |= {
        LINE + word for what, fen in lines for word in texts.sketch(f"{plain(what)}{fen:012d}")[:1]
    }
    return sorted(told)


def doubles(proposal: Proposal) -> list[Double]:
    """Standing proposals of other rounds of the street (or of the same team anywhere) that may ask
    for the same, the most alike first; two questions, however many there are."""
    rows = (
        Proposal.objects.handed_in()
        .exclude(Q(round=proposal.round_id) | Q(stage=stages.WITHDRAWN))
        .filter(Q(round__street=proposal.round.street_id) | Q(team=proposal.team_id))
    )
    leaders = Membership.objects.filter(
        organisation=proposal.team_id, leads=True, until__isnull=True
    )
    led = Q(author__in=leaders.values("account")) | Q(author=proposal.author_id)
    words = ProposalWord.objects.filter(proposal=proposal).values("word")
    near = (
        ProposalWord.objects.filter(word__in=words, proposal__in=rows)
        .values("proposal")
        .annotate(shared=Count("pk"), highest=Max("word"))
        .filter(Q(shared__gte=WORDS_SHARED) | Q(highest__gte=LINE))
        .order_by("-shared", "proposal")[:MOST_READ]
    )
    found = list(
        rows.filter(Q(pk__in=near.values("proposal")) | Q(team=proposal.team_id) | led)
        .annotate(led=Case(When(led, then=True), default=False, output_field=BooleanField()))
        .select_related("round", "team", "neighbourhood")
        .defer("writing", "round__frozen", "round__pack_text")
        .order_by("-round__year", "-pk")[: MOST_READ * 2]
    )
    prefetch_related_objects([proposal, *found], "lines")
    mine = [(line.what, line.amount) for line in proposal.lines.all()]
    told = [_double(proposal, mine, other) for other in found]
    kept = [
        one
        for one in told
        if one.same_team or one.same_leader or one.text >= texts.LIKE or one.budget >= texts.ALMOST
    ]
    return sorted(kept, key=lambda one: -one.likeness)[:MOST_SHOWN]


def _double(proposal: Proposal, mine: list[tuple[str, int]], other: Any) -> Double:
    here, there = text_of(proposal), text_of(other)
    text = texts.likeness(here, there)
    theirs = [(line.what, line.amount) for line in other.lines.all()]
    return Double(
        other,
        other.team_id == proposal.team_id,
        other.led,
        other.neighbourhood_id == proposal.neighbourhood_id,
        text,
        texts.budget_likeness(mine, theirs),
        tuple(texts.passages(here, there)) if text >= texts.LIKE else (),
    )
