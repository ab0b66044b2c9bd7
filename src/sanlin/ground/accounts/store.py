"""Who is at the keyboard: the session and the account, read at every request by prepared questions.

All else is Django's own: sessions in the database, and what makes a session worth nothing (the
account was shut out, its password changed).
"""

from __future__ import annotations

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
        found = SESSION.one(key=self.session_key)
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
    if session.get(BACKEND_SESSION_KEY) == BACKEND:
        account = ACCOUNT.one(pk=int(session[SESSION_KEY]))
        kept = session.get(HASH_SESSION_KEY, "")
        if account and constant_time_compare(kept, account.get_session_auth_hash()):
            return account
    return None
