"""Reading a log: its lines as they were hashed, its checkpoints, its proofs, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from sanlin.kernel.record import checkpoint, tree

from .actions import pseudonym
from .models import Checkpoint, Entry, Log

BATCH = 5_000


def lines(log: str, upto: int | None = None) -> Iterator[bytes]:
    """The bodies of a log in their order, each the canonical bytes that were hashed, without an end
    of line; `upto` stops after so many. Memory does not grow with the log."""
    rows = Entry.objects.filter(log=log).order_by("seq").values_list("body", flat=True)
    return islice(map(bytes, rows.iterator(chunk_size=BATCH)), upto)


def leaves(log: str, upto: int | None = None) -> list[bytes]:
    """The hashes of these lines, 32 bytes each."""
    return [tree.leaf(body) for body in lines(log, upto)]


def taken(log: str) -> QuerySet[Checkpoint]:
    """The rows of a log's checkpoints, with their log."""
    return Checkpoint.objects.filter(log=log).select_related("log")


def checkpoints(log: str) -> list[checkpoint.Checkpoint]:
    """The published checkpoints of a log, oldest first."""
    return [row.kept for row in taken(log).order_by("size")]


def consistency(log: str, old: int, new: int) -> list[bytes]:
    """The proof that the log of `new` lines begins with the log of `old` lines."""
    return tree.consistency(leaves(log, new), old)


# --- what is wrong --------------------------------------------------------------------------------


def faults(log: Log, kept: list[checkpoint.Checkpoint] | None = None) -> Iterator[str]:
    """Everything that is wrong with a log, in words for the operator; nothing where all is well.

    Every body is hashed again and the tree built anew. `kept` are checkpoints from elsewhere: from
    notices, posters and witnesses. Memory does not grow with the number of lines.
    """
    mine = Checkpoint.objects.filter(log=log).order_by("size")
    wanted: dict[int, set[bytes]] = {}
    for size, root in mine.values_list("size", "root"):
        wanted.setdefault(size, set()).add(bytes(root))
    for one in kept or []:
        if one.origin == log.origin:
            wanted.setdefault(one.size, set()).add(one.root)
    rows = Entry.objects.filter(log=log.pk).order_by("seq")
    size = 0
    frontier: tree.Frontier = ()
    for row in rows.iterator(chunk_size=BATCH):
        if row.seq != size:
            yield f"lines {size} to {row.seq - 1} are missing"
            size, frontier = row.seq, ()
        added = tree.leaf(bytes(row.body))
        yield from (f"line {size}: {words}" for words in _strange(row, added))
        frontier = tree.append(frontier, size, added) if frontier or not size else ()
        size += 1
        if size in wanted and wanted.pop(size) != {tree.root(frontier)}:
            yield f"the first {size} lines are not those of the checkpoint"
    yield from (f"a checkpoint tells of {size} lines" for size in sorted(wanted))
    if (size, tree.pack(frontier)) != (log.size, bytes(log.frontier)):
        yield f"the log says {log.size} lines and another tree than its {size} lines make"


def _strange(row: Entry, added: bytes) -> Iterator[str]:
    """How one line differs from what was hashed, or from the columns beside it."""
    if added != bytes(row.leaf):
        yield "its body is not what was written"
        return
    body: dict[str, Any] = row.told
    beside = {
        "deed": row.deed,
        "subject": row.subject,
        "stage": row.stage,
        "by": pseudonym(row.log, row.by_id),
        "hand": pseudonym(row.log, row.hand_id),
        "at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}",
    }
    for name, value in beside.items():
        if body.get(name, "") != value:
            yield f"its column {name} is not what its body says"
