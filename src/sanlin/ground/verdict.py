"""May she? A rule answers yes, or no with a sentence a resident can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction


@dataclass(frozen=True)
class Verdict:
    """True when allowed; otherwise `reason` is the sentence that is shown everywhere."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


def denied(reason: str) -> Verdict:
    """No, because of `reason` (a translated sentence)."""
    return Verdict(False, str(reason))


class Refused(Exception):
    """A verb was asked for that a rule or a constraint forbids; its text is for the reader."""


def require(verdict: Verdict) -> None:
    """Raise Refused with the verdict's sentence unless it allows."""
    if not verdict:
        raise Refused(verdict.reason)


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    """Let a database constraint end in the sentence of the rule.

    Put it around the one statement that the constraint guards: a race then reads like a refusal.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(str(reason)) from error
