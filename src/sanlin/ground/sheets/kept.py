"""What was read waits for its confirmation: sealed, on the server, for an hour, for one person."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings

from sanlin.ground.pii import seal, unseal

from .reader import Sheet

SECONDS = 3600
_TOKEN = re.compile(r"[0-9]{1,12}-[0-9a-f]{32}")


def keep(sheets: Sequence[Sheet], purpose: str, *, by: int, now: datetime) -> str:
    """Put sheets away; returns the token that gets them back. What is older than an hour goes."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = int(now.timestamp())
    for path in folder.iterdir():
        if _TOKEN.fullmatch(path.name) and not _fresh(path.name, moment):
            path.unlink(missing_ok=True)
    token = f"{moment}-{secrets.token_hex(16)}"
    body = {"by": by, "for": purpose, "sheets": [[s.name, s.rows] for s in sheets]}
    path = folder / token
    path.touch(mode=0o600)
    path.write_text(seal(json.dumps(body)))
    return token


def get(token: str, purpose: str, *, by: int, now: datetime) -> list[Sheet] | None:
    """What `by` put away for this purpose within the hour, or None."""
    if not _TOKEN.fullmatch(token) or not _fresh(token, int(now.timestamp())):
        return None
    try:
        body = json.loads(unseal((_folder() / token).read_text()).reveal())
    except FileNotFoundError:
        return None
    if (body["by"], body["for"]) != (by, purpose):
        return None
    return [Sheet(name, rows) for name, rows in body["sheets"]]


def discard(token: str) -> None:
    """Forget it now; one that is not there is no error."""
    if _TOKEN.fullmatch(token):
        (_folder() / token).unlink(missing_ok=True)


def _fresh(token: str, moment: int) -> bool:
    return -SECONDS < moment - int(token.split("-", maxsplit=1)[0]) < SECONDS


def _folder() -> Path:
    return Path(settings.HOME) / "lists"
