from __future__ import annotations

from datetime import datetime

from . import actions, queries


def refuse_uncorrected(*, now: datetime) -> int:
    """Refuse what was returned and not corrected in its days; how many."""
    late = queries.uncorrected(now=now)
    for proposal in late:
        actions.lapse(proposal, by=None, now=now)
    return len(late)
