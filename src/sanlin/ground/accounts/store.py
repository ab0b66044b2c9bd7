"""Who is at the keyboard: the session and the account, read at every request by prepared questions.

All else is Django's own: sessions in the database, and what makes a session worth nothing (the
account was shut out, its password changed).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from sanlin.ground.http import Request
from sanlin.ground.prepared import Given, Read

from .models import Account

BACKEND = "django.contrib.auth.backends.ModelBackend"
SESSION = Read(
    lambda: Session.objects.filter(session_key=Given("key")).values_list(
        "session_data", "expire_date"
    )
)
ACCOUNT: Read[Account] = Read(lambda: Account.objects.filter(pk=Given("pk"), is_active=True))


class SessionStore(db.SessionStore):
    """Sessions in the database."""

    def load(self) -> dict[str, Any]:
        return self._opened(SESSION.one(key=self.session_key))

    def filled(self, row: tuple[str, datetime] | None) -> None:
        """With what was read of it."""
        self._session_cache = self._opened(row)

    def _opened(self, found: tuple[str, datetime] | None) -> dict[str, Any]:
        if found and found[1] > timezone.now():  # noqa: TID251  # the clock of the machine
            return self.decode(found[0])
        self._session_key = None
        return {}

    def save(self, must_create: bool = False) -> None:
        """As Django's own; but what is there already is written by one statement, without a
        transaction around it. Raises UpdateError where somebody signed out meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        kept = self.create_model_instance(dict(self.items()))
        values = {"session_data": kept.session_data, "expire_date": kept.expire_date}
        if not Session.objects.filter(pk=kept.pk).update(**values):
            raise UpdateError


class KnowTheAccount(AuthenticationMiddleware):
    """`request.user`: every page asks who is there."""

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        request.user = _user(request)


def _user(request: Request) -> Any:
    """The account of the session, where all is plain; else whatever Django makes of it."""
    return of_session(request.session) or get_user(request)


def of_session(session: Any) -> Account | None:
    """The account that signed in here and may still act; None where that is not plain."""
    (account,) = of_sessions([session])
    return account


def of_sessions(sessions: Sequence[Any]) -> list[Account | None]:
    """As `of_session` for each of these."""
    keys = [_account_key(session) for session in sessions]
    accounts = iter(ACCOUNT.each([{"pk": key} for key in keys if key is not None]))
    return [
        _entered(next(accounts), session) if key is not None else None
        for key, session in zip(keys, sessions, strict=True)
    ]


def _account_key(session: Any) -> int | None:
    return int(session[SESSION_KEY]) if session.get(BACKEND_SESSION_KEY) == BACKEND else None


def _entered(account: Account | None, session: Any) -> Account | None:
    """This account, unless it was shut out or its password changed since."""
    kept = session.get(HASH_SESSION_KEY, "")
    known = account and constant_time_compare(kept, account.get_session_auth_hash())
    return account if known else None


def sessions(keys: Sequence[str]) -> list[SessionStore]:
    """The sessions of these keys, read in one question; empty where there is none."""
    found = [SessionStore(key) for key in keys]
    rows = SESSION.each([{"key": session.session_key or ""} for session in found])
    for session, row in zip(found, rows, strict=True):
        session.filled(row)
    return found
