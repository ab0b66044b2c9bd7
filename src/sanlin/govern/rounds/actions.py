from __future__ import annotations

from datetime import datetime

from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.kernel.machine import NotNow

from .models import Round
from .stages import ROUND


@deed("round.move")
def move(round: Round, verb: str, *, by: Account | None, now: datetime) -> Round:
    """Carry `round` along one arrow of its table, or raise NotNow.

    The update names the stage it came from, so two hands cannot both move it. Whether `by` may is
    asked by the verb that calls: each stage is left by the app that knows when it is done.
    """
    target = ROUND.after(round.stage, verb)
    moved = Round.objects.filter(pk=round.pk, stage=round.stage).update(stage=target)
    if not moved:
        raise NotNow(verb, round.stage)
    source, round.stage = round.stage, target
    record(round, by=by, now=now, verb=verb, source=source, target=target)
    return round
