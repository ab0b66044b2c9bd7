"""What the clock's hand does. Each job finds what is due and calls one verb for each.

A job is `job(*, now) -> int`: how many things it did. It stands in its app's jobs.py and here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sanlin.commons.funds.jobs import inspect_books, sweep_unspent
from sanlin.front.papers import jobs as papers
from sanlin.front.records.jobs import seal_records
from sanlin.govern.ballots.jobs import close_votes, remind_voters
from sanlin.govern.projects.jobs import forget_sent
from sanlin.govern.proposals.jobs import refuse_uncorrected
from sanlin.govern.rounds.jobs import close_calls
from sanlin.ground.accounts.jobs import forget_stale
from sanlin.ground.journal.jobs import keep_checkpoints
from sanlin.ground.outage import is_outage
from sanlin.ground.tasks.actions import Work
from sanlin.ground.tasks.jobs import forget_files

log = logging.getLogger(__name__)


class Job(Protocol):
    """Called with the moment of this tick; returns how many things it did."""

    __name__: str
    __module__: str

    def __call__(self, *, now: datetime) -> int: ...


JOBS: tuple[Job, ...] = (
    close_calls,
    refuse_uncorrected,
    close_votes,
    sweep_unspent,
    inspect_books,
    seal_records,
    forget_stale,
    keep_checkpoints,
    forget_files,
    forget_sent,
    remind_voters,  # the last: a slow gateway holds up nothing else
)

# What a worker can do, by the name under which it is ordered.
WORKS: dict[str, Work] = papers.WORKS


def do_due(
    now: datetime, jobs: tuple[Job, ...] = JOBS, *, tell: Callable[[str], object] = log.info
) -> int:
    """Run every job once; one that fails is logged and does not stop the others.

    `tell` hears of every job that did something. Returns how many jobs failed.
    """
    failed = 0
    for job in jobs:
        name = f"{job.__module__.removeprefix('sanlin.')}.{job.__name__}"
        try:
            done = job(now=now)
        except Exception as error:
            failed += 1
            if is_outage(error):  # nobody's fault that a trace would find
                log.warning(
                    "the job %s waits for the database (%s) until the next tick", name, error
                )
            else:
                log.exception("the job %s failed; it is tried again at the next tick", name)
            continue
        if done:
            tell(f"{name}: {done}")
    return failed
