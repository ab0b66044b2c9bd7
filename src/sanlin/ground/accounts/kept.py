"""What is kept of a person, told to that person. Floors above name their tellers in the settings.

A teller is `teller(account, *, now) -> Iterable[Kept]`, a dotted path in `settings.KEPT`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from .models import Account


@dataclass(frozen=True)
class Kept:
    """A heading, (words, value) lines, the journal's names of the rows they come from, and perhaps
    (words, address) of the page where it can be changed."""

    title: str
    lines: tuple[tuple[str, str], ...]
    subjects: tuple[str, ...] = ()
    door: tuple[str, str] | None = None


def kept_of(account: Account, *, now: datetime) -> list[Kept]:
    """Everything that the floors above keep of `account`, sensitive values masked."""
    told: list[Kept] = []
    for teller in settings.KEPT:
        told += import_string(teller)(account, now=now)
    return told
