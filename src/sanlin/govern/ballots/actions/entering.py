"""A vote that was held elsewhere, entered as closed and counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.ballots.models import Channel, Roll
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.ground import lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.journal.actions import deed, record
from sanlin.kernel.ballots.form import canonical
from sanlin.kernel.ballots.tally import Merged

from .counting import write_count
from .opening import forget


@deed("vote.enter", checkpoint=_lazy("录入外地投票"))
def enter(round: Round, merged: Merged, size: int, *, by: Account | None, now: datetime) -> Round:
    """Enter the ballots of a vote that was held elsewhere, as a closed vote without voters.

    Choices name admitted proposals of the round; `size` is how many might have voted, at least as
    many as did. The round must stand where a vote may open; it moves on to its decision.
    """
    slate = [[p.pk, p.number, p.asked, p.neighbourhood_id] for p in admitted(round)]
    known = {row[0] for row in slate}
    strange = sorted({key for kept, _n in merged.ballots for key, _w in kept} - known)
    if strange:
        raise ValueError(f"ballots name {strange[:5]}, which are not admitted proposals")
    move(round, "open_vote", by=by, now=now)
    roll = Roll.objects.create(
        round=round,
        day=local_day(now),
        seed=lots.new_seed(),
        slate=slate,
        opened_at=now,
        closed_at=now,
        counted_at=now,
        size=max(size, merged.cast),
        cast=merged.cast,
    )
    found = Counter({canonical(kept).decode(): n for kept, n in merged.ballots})
    write_count(roll, found, Channel.WEB)
    forget(round)
    record(roll, by=by, now=now, cast=roll.cast, size=roll.size)
    move(round, "close_entries", by=by, now=now)
    return round
