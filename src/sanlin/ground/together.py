"""What many threads ask for at one moment, one of them does for all: it reads together, and writes together.

A question costs more to send than to answer, a commit waits for the disk, and whoever appends to a log holds
its row until then: ten in ten transactions wait ten times, one after the other, and ten threads that work at
one time take the interpreter from each other at every step. Here the first thread works; who comes meanwhile
waits, and the next one works for all who wait. Each is answered only after the work that holds hers has returned.

    LINE = Together(put_in_all)     # `put_in_all(things)`: one answer for each
    done = LINE.do(thing)

Where the work fails each is done once more, alone: nobody suffers from what another one sent, and each meets
her own error. So the work must keep nothing where it fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from django.db import connection

MOST = 32  # at one time
PATIENCE = 0.5  # of the time that the last work took
Asked = TypeVar("Asked")
Done = TypeVar("Done")


class _Place(Generic[Asked, Done]):
    """One's place in the line. The bell rings when it is done, or when it is one's turn to write."""

    __slots__ = ("asked", "bell", "done", "over")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.done: tuple[Done] | None = None  # None: not done for all
        self.over = False
        self.bell = threading.Lock()
        self.bell.acquire()


class Together(Generic[Asked, Done]):
    """One line of threads before one kind of work."""

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Done]]) -> None:
        self.work = work
        self._door = threading.Lock()  # held for moments: before `_line` and `_busy`
        self._line: list[_Place[Asked, Done]] = []
        self._busy = False
        self._many = threading.Condition(self._door)  # as many wait as the last time
        self._last, self._took = 0, 0.0  # how many were worked for, and how many seconds it took

    def do(self, asked: Asked) -> Done:
        """What the work made of `asked`. Within a transaction, where nothing can be kept for others, it
        is done alone."""
        if connection.in_atomic_block:
            return self.work([asked])[0]
        place: _Place[Asked, Done] = _Place(asked)
        with self._door:
            self._line.append(place)
            if len(self._line) == self._last:
                self._many.notify()
            first, self._busy = not self._busy, True
        if not first:
            place.bell.acquire()
        if not place.over:
            self._work()
        return place.done[0] if place.done else self.work([asked])[0]

    def _work(self) -> None:
        """Work for the first in line, oneself among them.

        Who has just been answered may be on the way again, and so may others be: as many as the last time
        are waited for, for a part of the time that their work took.
        """
        with self._door:
            self._many.wait_for(lambda: len(self._line) >= self._last, self._took * PATIENCE)
            taken, self._line = self._line[:MOST], self._line[MOST:]
        began = monotonic()
        try:
            answers = self.work([place.asked for place in taken])
            for place, done in zip(taken, answers, strict=True):
                place.done = (done,)
        except Exception:
            if len(taken) == 1:
                raise
        finally:
            with self._door:
                self._last, self._took = len(taken), monotonic() - began
                after = self._line[0] if self._line else None
                self._busy = after is not None
            for place in taken:
                place.over = True
                place.bell.release()
            if after is not None:
                after.bell.release()
