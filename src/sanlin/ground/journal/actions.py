"""Verbs write one line each, and can be repeated safely by the key of the form that asked.

    @deed("proposal.submit")
    def submit(proposal, *, by, now):
        require(rules.can_submit(by, proposal, now=now))
        …
        record(proposal, by=by, now=now, asked=proposal.asked)
        return proposal

Called as `submit(proposal, by=…, now=…, key="…")`. The first call with a key does the deed; every
later call of the same person with the same key returns what the first one recorded as its subject.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from sanlin.ground.pii import Sealed, mark
from sanlin.ground.verdict import Verdict, denied, require

from .models import Entry, Unmasking

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class _Doing:
    name: str
    repeat_mark: str | None


DEEDS: set[str] = set()  # the name of every verb of the house, as its module is read
_doing: ContextVar[_Doing | None] = ContextVar("doing", default=None)


def canonical(value: Any) -> bytes:
    """The one byte form of a line: UTF-8, NFC, sorted keys, no spaces, no floats.

    >>> canonical({"b": 1, "a": "é"})
    b'{"a":"\\xc3\\xa9","b":1}'
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_no)
    if _has_float(value):
        raise TypeError("a journal line holds whole numbers only")
    return unicodedata.normalize("NFC", text).encode()


def _no(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_float(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_has_float(part) for part in value)
    return isinstance(value, float)


def deed(name: str) -> Callable[[Callable[..., Thing]], Callable[..., Thing]]:
    """Make a verb one transaction, named `name`, that its key makes safe to repeat."""

    DEEDS.add(name)

    def decorate(verb: Callable[..., Thing]) -> Callable[..., Thing]:
        @wraps(verb)
        def once(*args: Any, by: Any, now: datetime, key: str = "", **kw: Any) -> Thing:
            repeat_mark = mark(f"{by.pk if by else 0}:{name}:{key}") if key else None
            if earlier := _earlier(repeat_mark):
                return earlier  # type: ignore[no-any-return]
            token = _doing.set(_Doing(name, repeat_mark))
            try:
                with transaction.atomic():
                    return verb(*args, by=by, now=now, **kw)
            except Exception:
                # Two hands with one key: the other was first, so its effect is the answer, however
                # this one found out (a constraint, a rule, a stage that has moved on).
                if earlier := _earlier(repeat_mark):
                    return earlier  # type: ignore[no-any-return]
                raise
            finally:
                _doing.reset(token)

        once.deed = name  # type: ignore[attr-defined]
        return once

    return decorate


def _earlier(repeat_mark: str | None) -> Any:
    if repeat_mark is None:
        return None
    entry = Entry.objects.filter(repeat_mark=repeat_mark).first()
    return entry and entry.thing()


def record(subject: models.Model, *, by: Any, now: datetime, **data: Any) -> Entry:
    """Write the line of the deed that is being done. Lines are added, never changed.

    `by` None is the clock's own hand. `data` holds codes, numbers and keys of rows; names, phone
    numbers and free text of people never go in. Raises RuntimeError outside a deed.
    """
    doing = _doing.get()
    if doing is None:
        raise RuntimeError("a line is written by a verb: decorate it with @deed")
    where = f"{subject._meta.label}:{subject.pk}"
    hand = getattr(by, "hand", None)
    line = {
        "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": by.pk if by else None,
        "data": data,
        "deed": doing.name,
        "hand": hand.pk if hand else None,
        "subject": where,
    }
    body = canonical(line)
    return Entry.objects.create(
        deed=doing.name,
        subject=where,
        by=by,
        hand=hand,
        at=now,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        repeat_mark=doing.repeat_mark,
    )


SHORTEST_REASON = 4  # characters: 核对身份


def unmask(
    subject: models.Model, field: str, *, allowed: Verdict, reason: str, by: Any, now: datetime
) -> str:
    """The plain value of a sealed field, and a row that says who asked for it and why.

    `allowed` is what the rule of the floor above says; besides, a reason is due and nobody looks
    through a resident's eyes. Takes no key: each look is a look. Raises Refused.
    """
    require(allowed)
    if getattr(by, "hand", None) is not None:
        require(denied(_("代办期间不能查看被遮住的信息")))
    if len("".join(reason.split())) < SHORTEST_REASON:
        require(denied(_("请写明查看理由，至少4个字")))
    _look(subject, field, reason=reason.strip()[:200], by=by, now=now)
    sealed: Sealed = getattr(subject, field)
    return sealed.reveal()


@deed("pii.unmask")
def _look(
    subject: models.Model, field: str, *, reason: str, by: Any, now: datetime
) -> models.Model:
    Unmasking.objects.create(
        by=by, subject=f"{subject._meta.label}:{subject.pk}", field=field, reason=reason, at=now
    )
    record(subject, by=by, now=now, field=field)
    return subject
