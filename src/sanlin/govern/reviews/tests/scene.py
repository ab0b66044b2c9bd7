"""A panel that has marked, for the tests of this app and of those above."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sanlin.commons.people.tests.scene import NOW, judge, officer
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.reviews import actions
from sanlin.govern.reviews.models import Review
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account


def marks_of(round: Round, share: Fraction | int | str) -> dict[str, Fraction | None]:
    """The same share (0 to 1, in halves of a mark) of every criterion's maximum."""
    return {c.key: Fraction(int(Fraction(share) * c.max * 2), 2) for c in round.rules.criteria}


def panel(round: Round, judges: int = 5, *, by: Account | None = None) -> list[Account]:
    """Judges with a seat in this round."""
    by = by or officer(round.street)
    made = [judge(round.street, name=f"评委{n}") for n in range(judges)]
    for one in made:
        actions.appoint(round, one, by=by, now=NOW)
    return made


def pledged(round: Round, judges: list[Account]) -> list[Account]:
    for one in judges:
        actions.pledge(round, by=one, now=NOW)
    return judges


def sealed(proposal: Proposal, judge: Account, share: Any = "4/5") -> Review:
    """A sealed sheet: the same share of every criterion."""
    proposal = Proposal.objects.select_related("round__street").get(pk=proposal.pk)
    given = marks_of(proposal.round, share)
    review = actions.save(proposal, given, "需求清楚，步骤可行。", by=judge, now=NOW)
    return actions.seal(review, by=judge, now=NOW)
