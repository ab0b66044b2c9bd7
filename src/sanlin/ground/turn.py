"""Waiting for one's turn to write, where one writes at a time.

SQLite lets one connection write and has the others ask again after a pause that grows to 100 ms, so
that under load everybody sleeps while the file lies free. Here writers wait at a lock of the operating
system beside the file, and look every third of a millisecond. It is a queue and no guard: the locks of the database
stay what protects it, whoever waits here too long goes on to them, and a process that ends leaves
its turn behind.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOOK = 0.0003  # seconds between two looks
PATIENCE = 5.0  # seconds, after which one asks the database itself
_mine = threading.local()


@contextmanager
def my_turn() -> Iterator[None]:
    """Write while no other writer of this house does. Does nothing within a transaction, which has
    its turn already, nor where many write at a time."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    file = _file(str(connection.settings_dict["NAME"]))
    until = time.monotonic() + PATIENCE
    while not _got(file) and time.monotonic() < until:
        time.sleep(LOOK)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _got(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _file(database: str) -> int:
    """The open lock file of this thread and process: a lock belongs to the opening, not to the file."""
    owner = (os.getpid(), database)
    if getattr(_mine, "owner", None) != owner:
        _mine.file = os.open(f"{database}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        _mine.owner = owner
    return int(_mine.file)
