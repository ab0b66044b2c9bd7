"""What many threads want to write at one moment, one of them writes for all in one transaction.

A commit waits for the disk, and whoever appends to a log holds its row until then: ten ballots in ten
transactions wait ten times, one after the other. Here the first thread writes; who comes meanwhile
waits, and the next one writes for all who wait. Each is answered only after the commit that holds
its rows.

    PUT_IN = Together(_put_in)      # `_put_in(take)`: one transaction for what `take()` gives
    done = PUT_IN.do(paper)         # None: it was not done; try it alone

The work answers one thing for each that it took, None for one that it left out. Where it fails nothing of it is
kept, and everybody whose things it held tries alone: nobody suffers from what another one sent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection

MOST = 32  # in one transaction
Asked = TypeVar("Asked")
Done = TypeVar("Done")


class _Place(Generic[Asked, Done]):
    """One's place in the line. The bell rings when it is done, or when it is one's turn to write."""

    __slots__ = ("asked", "bell", "done", "over")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.done: Done | None = None
        self.over = False
        self.bell = threading.Lock()
        self.bell.acquire()


class Together(Generic[Asked, Done]):
    """One line of threads before one kind of work."""

    def __init__(self, work: Callable[..., list[Done | None]]) -> None:
        self.work = work
        self._door = threading.Lock()  # held for moments: before `_line` and `_busy`
        self._line: list[_Place[Asked, Done]] = []
        self._busy = False

    def do(self, asked: Asked, **more: Any) -> Done | None:
        """What the work made of `asked`, once it is kept; None where it was not done. `more` goes to the
        work if it is this thread that does it. Raises RuntimeError within a transaction, where nothing
        can be kept for others."""
        if connection.in_atomic_block:
            raise RuntimeError(
                "what is written for others cannot wait for a transaction of one's own"
            )
        place: _Place[Asked, Done] = _Place(asked)
        with self._door:
            self._line.append(place)
            first, self._busy = not self._busy, True
        if not first:
            place.bell.acquire()
        if not place.over:
            self._write(place, more)
        return place.done

    def _write(self, mine: _Place[Asked, Done], more: dict[str, Any]) -> None:
        taken: list[_Place[Asked, Done]] = []

        def take() -> list[Asked]:
            with self._door:
                taken.extend(self._line[:MOST])
                del self._line[:MOST]
            return [place.asked for place in taken]

        try:
            for place, done in zip(taken, self.work(take, **more), strict=True):
                place.done = done
        except Exception:  # everybody tries alone, and hears what is wrong
            for place in taken:
                place.done = None
        finally:
            with self._door:
                if mine not in taken:
                    self._line.remove(mine)
                after = self._line[0] if self._line else None
                self._busy = after is not None
            for place in taken:
                place.over = True
                place.bell.release()
            if after is not None:
                after.bell.release()
