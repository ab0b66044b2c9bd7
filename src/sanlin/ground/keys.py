"""Keys that nobody holds alone, and keys that are made to be destroyed. All cryptography is PyNaCl's.

A box is sealed to a public key (`seal`) and opened by its private key (`unseal`). The private key
of a box is kept by several holders: each has a key pair made of a passphrase (Argon2id), and for
every two holders the private key is sealed to the second, and that again to the first. So the first
takes one layer off, the second the other, and what lies between them is still sealed: the private
key itself exists only in memory, while the second holder's request lasts.

A fleeting key lies in a file of its own, outside the database and its backups.
"""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from django.conf import settings
from nacl import pwhash
from nacl.bindings import crypto_box_seal, crypto_secretbox
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

SHORTEST = 12  # characters of a passphrase, blanks and hyphens not counted
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class DoesNotOpen(Exception):
    """A wrong passphrase, another key, or a sealed thing that was changed."""


# --- boxes --------------------------------------------------------------------------------------


def new_box() -> tuple[bytes, bytes]:
    """(private, public) key of a new box, 32 bytes each."""
    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def seal(plain: bytes, public: bytes) -> bytes:
    """`plain` so that only the private key of `public` opens it: 48 bytes longer, never twice the
    same."""
    return crypto_box_seal(plain, public)


def unseal(sealed: bytes, private: bytes) -> bytes:
    """What `seal` has sealed; raises DoesNotOpen."""
    try:
        return bytes(SealedBox(PrivateKey(private)).decrypt(sealed))
    except (CryptoError, ValueError, TypeError) as error:
        raise DoesNotOpen from error


# --- holders ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lock:
    """What a passphrase opens: its salt, the cost of Argon2id (passes, bytes) and a public key."""

    salt: bytes
    passes: int
    memory: int
    public: bytes


def plain_passphrase(passphrase: str) -> str:
    """A passphrase as it counts: without blanks, hyphens and capitals, in one form of its signs.

    >>> plain_passphrase("Ab12-cd34 ｅｆ56")
    'ab12cd34ef56'
    """
    text = unicodedata.normalize("NFKC", passphrase).casefold()
    return "".join(text.split()).replace("-", "")


def propose_passphrase() -> str:
    """Five groups of four by chance (99 bits), to be written on paper and locked away."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


def lock(passphrase: str) -> Lock:
    """A new lock that `passphrase` opens, at the cost that the settings name."""
    passes, memory = settings.PASSPHRASE_COST
    salt = random_bytes(pwhash.argon2id.SALTBYTES)
    private = _private(passphrase, salt, passes, memory)
    return Lock(salt, passes, memory, bytes(private.public_key))


def private_of(passphrase: str, lock: Lock) -> bytes:
    """The private key behind a lock; raises DoesNotOpen where the passphrase is another."""
    private = _private(passphrase, lock.salt, lock.passes, lock.memory)
    if bytes(private.public_key) != lock.public:
        raise DoesNotOpen
    return bytes(private)


def _private(passphrase: str, salt: bytes, passes: int, memory: int) -> PrivateKey:
    plain = plain_passphrase(passphrase).encode()
    return PrivateKey(pwhash.argon2id.kdf(32, plain, salt, opslimit=passes, memlimit=memory))


def share(private: bytes, holders: Mapping[int, bytes]) -> Iterator[tuple[int, int, bytes]]:
    """(first, second, sealed) for every two of `holders` (key: public key), in either order.

    `unseal` by the first and then by the second gives `private` again.
    """
    for first, second in permutations(sorted(holders), 2):
        yield first, second, seal(seal(private, holders[second]), holders[first])


# --- fleeting keys ------------------------------------------------------------------------------


def _file(name: str) -> Path:
    return _path(settings.HOME, name)


@lru_cache(maxsize=64)
def _path(home: Path, name: str) -> Path:
    return Path(home) / "fleeting" / name


def fleeting(name: str, *, make: bool = False) -> bytes | None:
    """The 32 bytes of a fleeting key; None where there is none, unless it is to be made."""
    kept = _file(name)
    try:
        opened = os.open(kept, os.O_RDONLY)  # at every ballot: no detour
        try:
            return os.read(opened, SecretBox.KEY_SIZE)
        finally:
            os.close(opened)
    except FileNotFoundError:
        if not make:
            return None
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = kept.with_name(f"{name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(random_bytes(SecretBox.KEY_SIZE))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: then its key is ours
        os.link(fresh, kept)
    fresh.unlink()
    return kept.read_bytes()


def destroy(name: str) -> None:
    """Write over a fleeting key and take it away. What it sealed opens for nobody any more."""
    kept = _file(name)
    with suppress(FileNotFoundError):
        with kept.open("r+b") as file:
            file.write(bytes(SecretBox.KEY_SIZE))
            file.flush()
            os.fsync(file.fileno())
        kept.unlink()


def hide(plain: bytes, key: bytes) -> bytes:
    """`plain` under a fleeting key: 40 bytes longer, never twice the same."""
    nonce = random_bytes(SecretBox.NONCE_SIZE)
    return nonce + crypto_secretbox(plain, nonce, key)


def show(hidden: bytes, key: bytes) -> bytes:
    """What `hide` has hidden; raises DoesNotOpen."""
    try:
        return bytes(SecretBox(key).decrypt(hidden))
    except (CryptoError, ValueError) as error:
        raise DoesNotOpen from error
