"""Entering a falsification: one function each; ways.toml says in words who does what."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from sanlin.site.rehearsal.tampering import Draft, Tampering

TOLD = tomllib.loads(Path(__file__).with_name("ways.toml").read_text("utf-8"))
WAYS: list[Tampering] = []

Change = Callable[[Draft], None]


def way(raw: Callable[[bytes], bytes] | None = None) -> Callable[[Change], Change]:
    """Enter a falsification under the name of its function; `raw` then changes the archive's bytes."""

    def entered(change: Change) -> Change:
        code = change.__name__
        WAYS.append(Tampering(code=code, change=change, raw=raw, **TOLD[code]))
        return change

    return entered
