"""Sealing a record: its files are written, their digests become the last line of the round's log."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _lazy

from sanlin.govern.awards.queries import published
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal import queries as journal
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.journal.models import Log
from sanlin.ground.verdict import require
from sanlin.kernel.record import archive
from sanlin.kernel.record.papers import CHECKPOINTS, LOG, MANIFEST, SEAL, Digest, manifest, sealed

from . import rules
from .queries import Sealing, archive_path, papers, sealings

TRIES = 5


class Grown(Exception):
    """The log has grown while the files were written: they may tell of different moments."""


def seal(round: Round, *, by: None, now: datetime) -> Sealing:
    """The record of a round as it stands, sealed anew only where it differs from the last seal.

    Its archive lies at the sealing's `path`, and has the same bytes whenever it is written. Raises
    Refused before the decision is published.
    """
    require(rules.can_seal(by, round, now=now))
    for left in reversed(range(TRIES)):
        try:
            return _seal(round, by=by, now=now)
        except Grown:
            if not left:
                raise
    raise AssertionError


def _seal(round: Round, *, by: None, now: datetime) -> Sealing:
    decision = published(round)
    assert decision is not None  # noqa: S101  # the rule has read it
    where = archive_path(round.pk, 0).parent
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where, prefix="being-written-") as made:
        folder = Path(made)
        size = Log.objects.values_list("size", flat=True).get(pk=round.log)
        digests = {
            name: _write(folder / name, paper()) for name, paper in papers(round, decision).items()
        }
        last = next(iter(sealings(round)), None)
        if last is None or not _same(last, digests):
            _write_log(folder, round, size, digests)
            seal_now(round, folder, size, digests, by=by, now=now)
            last = sealings(round)[0]
        if not last.path.exists():
            _assemble(folder, round, last, digests)
    return last


def _same(last: Sealing, digests: dict[str, Digest]) -> bool:
    own = {name: told for name, told in last.digests.items() if name not in {LOG, CHECKPOINTS}}
    return own == {name: one.sha256 for name, one in digests.items()}


@deed(SEAL, checkpoint=_lazy("封存公开账本"))
def seal_now(
    round: Round, folder: Path, size: int, digests: dict[str, Digest], *, by: None, now: datetime
) -> Round:
    """Write the seal as line `size` of the log, over the files in `folder`. Raises Grown where the
    log has that line already."""
    log = Log.objects.select_for_update(no_key=True).get(pk=round.log)
    if log.size != size:
        raise Grown
    digests[CHECKPOINTS] = _write_checkpoints(folder, round, size)
    told = sealed({name: one.sha256 for name, one in digests.items()})
    record(round, by=by, now=now, **told)
    return round


def _assemble(folder: Path, round: Round, of: Sealing, digests: dict[str, Digest]) -> None:
    """Write the archive of a seal from the files in `folder`."""
    _write_checkpoints(folder, round, of.size - 1)
    whole = {**digests}
    whole[CHECKPOINTS] = _digest(folder / CHECKPOINTS)
    whole[LOG] = _write(folder / LOG, _lines(round, of.size))
    told = manifest(whole, round.pk, of.size, bytes.fromhex(of.root))
    _write(folder / MANIFEST, [told])
    fresh = folder / "record.zip"
    with fresh.open("wb") as out:
        archive.write(out, folder, [*whole, MANIFEST])
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(of.path)


def _write_log(folder: Path, round: Round, size: int, digests: dict[str, Digest]) -> None:
    digests[LOG] = _write(folder / LOG, _lines(round, size))


def _write_checkpoints(folder: Path, round: Round, upto: int) -> Digest:
    """Those that were published before the seal, with an empty line between two."""
    kept = [one.text for one in journal.checkpoints(round.log) if one.size <= upto]
    return _write(folder / CHECKPOINTS, ["\n".join(kept).encode()])


def _lines(round: Round, size: int) -> Iterable[bytes]:
    return (body + b"\n" for body in journal.lines(round.log, size))


def _write(path: Path, parts: Iterable[bytes]) -> Digest:
    size, sha = 0, hashlib.sha256()
    with path.open("wb", buffering=1 << 20) as out:
        for part in parts:
            size += out.write(part)
            sha.update(part)
    return Digest(size, sha.hexdigest())


def _digest(path: Path) -> Digest:
    with path.open("rb") as file:
        return Digest(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
