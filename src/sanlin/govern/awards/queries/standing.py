from __future__ import annotations

from django.db.models import QuerySet

from sanlin.govern.awards import stages
from sanlin.govern.awards.models import Award, Decision
from sanlin.govern.rounds.models import Round


def current(round: Round) -> Decision | None:
    """The decision that has not been dropped, published or not."""
    found: Decision | None = Decision.objects.standing().filter(round=round).first()
    return found


def published(round: Round) -> Decision | None:
    """The decision that everybody may see."""
    found: Decision | None = Decision.objects.filter(round=round, stage=stages.PUBLISHED).first()
    return found


def standing(round: Round) -> QuerySet[Award]:
    """The funded awards of the published decision, changes after objections included."""
    rows: QuerySet[Award] = (
        Award.objects.filter(
            decision__round=round, decision__stage=stages.PUBLISHED, stage=stages.STANDING
        )
        .select_related("proposal__team", "proposal__neighbourhood")
        .order_by("place")
    )
    return rows


def dependent(award: Award) -> QuerySet[Award]:
    """The standing awards of the same decision whose premise this one is."""
    rows: QuerySet[Award] = Award.objects.filter(
        decision=award.decision_id,
        stage=stages.STANDING,
        proposal__premises__needs=award.proposal_id,
    )
    return rows.select_related("proposal").order_by("place")
