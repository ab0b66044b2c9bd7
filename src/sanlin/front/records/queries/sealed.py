"""The seals of a round's record: lines of its log, each with an archive of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.urls import reverse

from sanlin.govern.awards.stages import PUBLISHED
from sanlin.govern.rounds.models import Round
from sanlin.ground.journal.models import Checkpoint, Entry, Log
from sanlin.kernel.record.papers import SEAL


@dataclass(frozen=True)
class Sealing:
    """A record as it was sealed: its log had `size` lines under `root` (64 hexadecimal digits);
    `digests` are the SHA-256 of its files as the seal names them."""

    round: int
    size: int
    at: datetime
    root: str
    digests: dict[str, str]

    @property
    def path(self) -> Path:
        return archive_path(self.round, self.size)

    @property
    def bytes(self) -> int | None:
        """The length of the archive; None where it has not been written yet."""
        return self.path.stat().st_size if self.path.exists() else None

    @property
    def grouped(self) -> str:
        """The root as it is printed and read aloud: eight groups of eight."""
        return grouped(self.root)


def archive_path(round: int, size: int) -> Path:
    """Where the archive of a round whose log had `size` lines lies."""
    return Path(settings.MEDIA_ROOT) / "records" / f"round-{round}-{size}.zip"


def sealings(round: Round) -> list[Sealing]:
    """Every seal of a round's record, the latest first."""
    lines = Entry.objects.filter(log=round.log, deed=SEAL).order_by("-seq")
    roots = dict(Checkpoint.objects.filter(log=round.log, why=SEAL).values_list("size", "root"))
    return [
        Sealing(
            round.pk,
            line.seq + 1,
            line.at,
            bytes(roots[line.seq + 1]).hex(),
            line.told["data"]["files"],
        )
        for line in lines
    ]


def door(round: Round) -> tuple[str, str] | None:
    """The address of a round's record and its root as it is printed; None before the first seal."""
    last = Checkpoint.objects.filter(log=round.log, why=SEAL).order_by("size").last()
    if last is None:
        return None
    return (reverse("records:record", args=[round.pk]), grouped(bytes(last.root).hex()))


def grouped(root: str) -> str:
    """A root as it is printed and read aloud: eight groups of eight."""
    return " ".join(root[at : at + 8] for at in range(0, 64, 8))


def unsealed() -> list[Round]:
    """Rounds with a published decision of which something was told since their last seal, or whose
    last archive is not there."""
    decided = Round.objects.filter(decisions__stage=PUBLISHED).distinct().order_by("pk")
    sizes = dict(Log.objects.values_list("name", "size"))
    seals = Entry.objects.filter(deed=SEAL).values_list("log").annotate(last=Max("seq"))
    last = dict(seals.order_by("log"))
    return [
        round
        for round in decided.select_related("street")
        if last.get(round.log, -1) + 1 != sizes[round.log]
        or not archive_path(round.pk, sizes[round.log]).exists()
    ]
