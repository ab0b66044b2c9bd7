"""Ballots that are made to come together: a line of threads that begins when so many have come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanlin.commons.people.tests.scene import NOW
from sanlin.govern.ballots import actions
from sanlin.govern.ballots.actions import casting
from sanlin.govern.ballots.views import lane
from sanlin.ground.together import PATIENCE, Together

LONG = 60  # seconds in which whoever is waited for comes


class Groups(list[list[Any]]):
    """What was put in together, group by group. The next one waits until `size` have come, and lets
    `before` happen when the lines have been looked at and nothing has been written."""

    before: Callable[[], Any] | None = None

    def __init__(self) -> None:
        super().__init__()
        self.wishes = Together(lambda wishes: actions.cast_together(wishes, now=NOW))

    def wait_for(self, size: int) -> None:
        for line in (self.wishes, lane.TOGETHER):
            line._last, line._took = size, LONG / PATIENCE


def gathered(monkeypatch: Any) -> Groups:
    """The groups in which ballots are put in from now on: of requests, and of what is told `wishes`."""
    found, real = Groups(), casting._put_in

    def put_in(papers: Any, **more: Any) -> Any:
        found.append(list(papers))
        before, found.before = found.before, None
        if before:
            before()
        return real(papers, **more)

    monkeypatch.setattr(casting, "_put_in", put_in)
    monkeypatch.setattr(lane, "TOGETHER", Together(lane.TOGETHER.work))
    return found
