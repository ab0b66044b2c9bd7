"""An officer brings in what teams have handed in on paper, as a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max

from sanlin.govern.proposals import rules
from sanlin.govern.proposals.models import Proposal, Why
from sanlin.govern.proposals.queries.bringing import understand
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.sheets.lists import Row
from sanlin.ground.verdict import Refused, require

from .handing import _hand_in


@deed("proposals.import")
def import_proposals(round: Round, parts: list[list[Row]], *, by: Any, now: datetime) -> Round:
    """Hand in the proposals of a list that are not there yet, all or none, in the list's order.

    The author is the team's leader; the first revision says that the officer handed it in.
    """
    require(rules.can_bring(by, round, now=now))
    Round.objects.select_for_update().get(pk=round.pk)  # one list at a time
    done = understand(parts, round, now=now)
    if done.plan.faults:
        raise Refused(done.plan.faults[0].sentence)
    last = Proposal.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
    for number, one in enumerate(done.brought, start=last + 1):
        draft = Proposal.objects.create(
            round=round,
            team=one.team,
            neighbourhood=one.place,
            author=one.author,
            writing={"content": one.content.plain(), "versions": {}},
            saved_at=now,
        )
        _hand_in(draft, Why.SUBMITTED, by, now, number=number, submitted_at=now)
    if done.brought:
        record(round, by=by, now=now, added=len(done.brought), first=last + 1)
    return round
