"""What came of a made-up vote, online and on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Ballot = tuple[tuple[int, int], ...]


@dataclass
class Vote:
    standing: dict[str, Ballot] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    opening: str = ""
    paper: list[Ballot] = field(default_factory=list)
    booths: list[dict[str, Any]] = field(default_factory=list)
    sample: dict[str, Any] | None = None
    opened: int = 0
    cast: int = 0
    size: int = 0
    broken: int = 0

    @property
    def by_channel(self) -> dict[str, list[Ballot]]:
        web = [self.standing[code] for code in sorted(self.standing)][self.broken :]
        return {"web": web} | ({"paper": self.paper} if self.booths else {})

    @property
    def counted(self) -> list[Ballot]:
        return [kept for ballots in self.by_channel.values() for kept in ballots]
