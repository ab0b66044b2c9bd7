"""One field for what identifies a person: encrypted at rest, masked wherever it is written.

The key comes from the settings and never lies in the database. A value can be looked up by its keyed
mark (HMAC), since a plain hash of a phone number falls in a minute.
"""

from __future__ import annotations

import base64
import hmac
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute


def _key(purpose: str) -> bytes:
    return _derived(settings.PII_KEY, purpose)


@lru_cache(maxsize=8)
def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode(), "sha256")


@lru_cache(maxsize=2)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def mark(plain: str) -> str:
    """A keyed fingerprint by which an exact value is found again; says nothing without the key."""
    return hmac.digest(_key("mark"), plain.encode(), "sha256").hex()[:40]


class Sealed:
    """A value that shows itself masked; `reveal` is for `journal.actions.unmask` and for sending."""

    __slots__ = ("_plain",)

    def __init__(self, plain: str) -> None:
        self._plain = plain

    def __str__(self) -> str:
        tail = 4 if len(self._plain) > 7 else 1
        head = 3 if len(self._plain) > 7 else 0
        hidden = max(len(self._plain) - head - tail, 0)
        return self._plain[:head] + "*" * hidden + self._plain[-tail:] if self._plain else ""

    def __repr__(self) -> str:
        return f"<sealed {self}>"

    def __bool__(self) -> bool:
        return bool(self._plain)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other._plain == self._plain

    def __hash__(self) -> int:
        return hash(self._plain)

    def reveal(self) -> str:
        """The value itself. Whoever shows it to a person goes through `journal.actions.unmask`."""
        return self._plain


def seal(plain: str) -> str:
    """`plain` encrypted (AES-256-GCM, a fresh nonce each time) as text; nothing stays nothing."""
    if not plain:
        return ""
    nonce = os.urandom(12)
    box = _cipher(_key("seal")).encrypt(nonce, plain.encode(), None)
    return base64.b64encode(nonce + box).decode()


def unseal(text: str | None) -> Sealed:
    """What `seal` has sealed; raises RuntimeError where it does not open with this key."""
    if not text:
        return Sealed("")
    raw = base64.b64decode(text)
    try:
        return Sealed(_cipher(_key("seal")).decrypt(raw[:12], raw[12:], None).decode())
    except InvalidTag as error:
        raise RuntimeError(
            "a sealed value does not open with this key: is SANLIN_PII_KEY the one it was "
            "written with?"
        ) from error


class _Sealing(DeferredAttribute):
    """Whatever is assigned is sealed at once, so that a row not yet saved is masked as well."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.to_python(value)


if TYPE_CHECKING:
    Text = models.TextField[Any, Any]
else:
    Text = models.TextField


class SealedField(Text):
    """Text that the database holds encrypted and every row holds masked."""

    descriptor_class = _Sealing

    def get_prep_value(self, value: Any) -> Any:
        return seal(value.reveal() if isinstance(value, Sealed) else str(value or ""))

    def from_db_value(self, value: str | None, *_args: Any) -> Sealed:
        return unseal(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) or value is None else Sealed(str(value))
