"""Ballots that are made to come together: a line of threads that begins when so many have come."""

from __future__ import annotations

import os
from time import monotonic
from typing import Any

from sanlin.govern.ballots.actions import casting
from sanlin.ground.together import Together

LONG = 60  # seconds in which whoever is waited for comes


class Groups(list[list[Any]]):
    """What was taken together, group by group. The next one waits until `size` have come, and lets
    `before` happen before it begins."""

    size, before = 0, None


def gathered(monkeypatch: Any) -> Groups:
    """The groups in which ballots are put in from now on."""
    found, real = Groups(), casting._put_in

    def work(take: Any, **more: Any) -> Any:
        end = monotonic() + LONG
        while len(line._line) < found.size and monotonic() < end:
            os.sched_yield()
        before, found.size, found.before = found.before, 0, None
        if before:
            before()

        def taken() -> Any:
            found.append(list(take()))
            return found[-1]

        return real(taken, **more)

    line = Together(work)
    monkeypatch.setattr(casting, "PUT_IN", line)
    return found
