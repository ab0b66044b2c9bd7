"""What a session remembers between two pages of signing in, and at the desk. Phones only sealed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sanlin.ground.http import Request
from sanlin.ground.pii import Sealed, seal, unseal

ACTING = "acting"  # the pk of an Assistance
LENT = "lent"  # [pk, since when] of a name that was lent for the pages of one floor above, and no other
ASKED = "asked_phone"  # the phone to which a code was sent
SHOWN = "shown_code"  # the code itself, in a demonstration only
PROVED = "proved_phone"  # a phone whose owner has given its code and has no account yet
PROOF_LIFE = timedelta(minutes=30)


def remember_asked(request: Request, phone: str, *, shown: str = "") -> None:
    """A code went to `phone`; `shown` is that code where a demonstration shows it."""
    request.session[ASKED] = seal(phone)
    request.session[SHOWN] = shown


def asked(request: Request) -> Sealed:
    """The phone to which a code was sent; empty where none was."""
    return unseal(request.session.get(ASKED))


def forget_asked(request: Request) -> None:
    for name in (ASKED, SHOWN):
        request.session.pop(name, None)


def remember_proved(request: Request, phone: str) -> None:
    """Its owner has shown that `phone` is hers."""
    request.session[PROVED] = [seal(phone), request.now.isoformat()]


def proved(request: Request) -> Sealed:
    """The phone that this newcomer has proved within the last half hour; empty where none."""
    sealed, since = request.session.get(PROVED) or ("", "")
    fresh = sealed and request.now - datetime.fromisoformat(since) < PROOF_LIFE
    return unseal(sealed if fresh else "")


def forget_proved(request: Request) -> None:
    request.session.pop(PROVED, None)
