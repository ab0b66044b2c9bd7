"""Verbs write one line each, and can be repeated safely by the key of the form that asked.

    @deed("proposal.submit")
    def submit(proposal, *, by, now):
        require(rules.can_submit(by, proposal, now=now))
        …
        record(proposal, by=by, now=now, asked=proposal.asked)
        return proposal

Called as `submit(proposal, by=…, now=…, key="…")`. The first call with a key does the deed; every
later call of the same person with the same key returns what the first one recorded as its subject.

Lines stand in one log a round and one of the house (docs/decisions/2026-11-22-one-log-a-round.md):
the subject's model says in which (`log = told_in("round", "round_id")`), or the verb itself: `record(roll, HOUSE, …)`.
They are written together when the outermost verb ends, under the lock of each log's row, with the
frontier of its tree. `@deed("vote.close", checkpoint=_lazy("投票截止"))` takes a checkpoint of these logs too,
and says in these words on public pages why.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.utils.translation import gettext as _

from sanlin.ground.pii import Sealed, mark
from sanlin.ground.prepared import Add, Change, Given, Read
from sanlin.ground.turn import my_turn
from sanlin.ground.verdict import Verdict, denied, require
from sanlin.kernel.record import tree

from .models import HOUSE, OCCASIONS, Checkpoint, Entry, Log, Unmasking

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Thing = TypeVar("Thing")


@dataclass
class _Told:
    """What the verbs of one transaction have told so far: lines, and logs to take a checkpoint of."""

    lines: list[Entry] = field(default_factory=list)
    checkpoints: dict[str, str] = field(default_factory=dict)  # log: the deed that wants it


@dataclass(frozen=True)
class _Doing:
    name: str
    repeat_mark: str | None
    told: _Told
    moved: dict[str, str] = field(default_factory=dict)  # row: the stage to which the deed moved it


DEEDS: set[str] = set()  # the name of every verb of the house, as its module is read
_doing: ContextVar[_Doing | None] = ContextVar("doing", default=None)


def canonical(value: Any) -> bytes:
    """The one byte form of a line: UTF-8, NFC, sorted keys, no spaces, no floats.

    >>> canonical({"b": 1, "a": "é"})
    b'{"a":"\\xc3\\xa9","b":1}'
    """
    text = _AS_JSON.encode(value)
    if _has_float(value):
        raise TypeError("a journal line holds whole numbers only")
    return text.encode() if text.isascii() else unicodedata.normalize("NFC", text).encode()


def _no(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} has no canonical form")


_AS_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_no)


def _has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_float(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_has_float(part) for part in value)
    return isinstance(value, float)


def deed(
    name: str, *, checkpoint: StrOrPromise = ""
) -> Callable[[Callable[..., Thing]], Callable[..., Thing]]:
    """Make a verb one transaction, named `name`, that its key makes safe to repeat.

    With `checkpoint` the logs in which it writes are fixed by a checkpoint once it is done; these
    are the words that say so.
    """

    DEEDS.add(name)
    if checkpoint:
        OCCASIONS[name] = checkpoint

    def decorate(verb: Callable[..., Thing]) -> Callable[..., Thing]:
        @wraps(verb)
        def once(*args: Any, by: Any, now: datetime, key: str = "", **kw: Any) -> Thing:
            repeat_mark = mark(f"{by.pk if by else 0}:{name}:{key}") if key else None
            if earlier := _earlier(repeat_mark):
                return earlier  # type: ignore[no-any-return]
            outer = _doing.get()
            told = outer.told if outer else _Told()
            before = len(told.lines)
            token = _doing.set(_Doing(name, repeat_mark, told))
            try:
                with my_turn(), transaction.atomic():
                    thing = verb(*args, by=by, now=now, **kw)
                    if outer is None:
                        _write(told, now)
                    return thing
            except Exception:
                del told.lines[before:]
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


def record(subject: models.Model, log: str = "", /, *, by: Any, now: datetime, **data: Any) -> None:
    """Tell the line of the deed that is being done. Lines are added, never changed.

    `by` None is the clock's own hand. `data` holds codes, numbers and keys of rows; names, phone
    numbers and free text of people never go in, and an account goes in as itself: the line bears its
    pseudonym. `log` stands in for the log of the subject's model. Raises RuntimeError outside a deed.
    """
    doing = _doing.get()
    if doing is None:
        raise RuntimeError("a line is written by a verb: decorate it with @deed")
    log = str(log or getattr(subject, "log", HOUSE))
    where = _name_of(subject)
    doing.moved.pop(where, None)
    if doing.moved:
        data["moved"] = [*data.get("moved", []), *map(list, doing.moved.items())]
        doing.moved.clear()
    by_key = by.pk if by else None
    hand_key = by.hand.pk if by and by.hand else None
    line = {
        "at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "by": pseudonym(log, by_key),
        "data": {
            name: pseudonym(log, value.pk) if isinstance(value, AbstractBaseUser) else value
            for name, value in data.items()
        },
        "deed": doing.name,
        "hand": pseudonym(log, hand_key),
        "subject": where,
    }
    if stage := getattr(subject, "stage", ""):
        line["stage"] = stage
    body = canonical(line)
    doing.told.lines.append(
        Entry(
            log=log,
            deed=doing.name,
            subject=where,
            stage=stage,
            by_id=by_key,
            hand_id=hand_key,
            at=now,
            body=body,
            leaf=tree.leaf(body),
            repeat_mark=_mark_once(doing),
        )
    )
    if doing.name in OCCASIONS:
        doing.told.checkpoints[log] = doing.name


def _mark_once(doing: _Doing) -> str | None:
    """The mark of a repeatable deed, for its first line only."""
    wanted = doing.repeat_mark
    if wanted and all(line.repeat_mark != wanted for line in doing.told.lines):
        return wanted
    return None


def has_moved(row: Any) -> None:
    """The deed that is being done has moved `row` to its stage: the line that it tells next says so,
    as `record(…, moved=…)` does."""
    if doing := _doing.get():
        doing.moved[_name_of(row)] = row.stage


def moved(rows: Iterable[Any]) -> list[list[str]]:
    """[row, stage] of rows that a deed moved besides its subject, for `record(…, moved=…)`: so the
    log alone tells where each of them stood."""
    return [[_name_of(row), row.stage] for row in rows]


def _name_of(row: models.Model) -> str:
    return f"{row._meta.label}:{row.pk}"


def pseudonym(log: str, account: int | None) -> str | None:
    """Twelve hexadecimal digits that stand for an account (its key) in one log, None for nobody.

    The same person is the same within a log and another one in the next; nobody without the key of
    the installation can tell who it is.
    """
    return mark(f"{log}:{account}")[:12] if account is not None else None


HEAD: Read[Log] = Read(lambda: Log.objects.select_for_update(no_key=True).filter(pk=Given("name")))
LINES = Add(Entry)
GROWN = Change(lambda: Log.objects.filter(pk=Given("name")), "size", "frontier")


def _write(told: _Told, now: datetime) -> None:
    """Append what was told, log by log in the order of their names: the last act of a transaction."""
    for name in sorted({line.log for line in told.lines}):
        log = _locked(name)
        frontier = tree.unpack(bytes(log.frontier))
        lines = [line for line in told.lines if line.log == name]
        for line in lines:
            line.seq = log.size
            frontier = tree.append(frontier, log.size, bytes(line.leaf))
            log.size += 1
        log.frontier = tree.pack(frontier)
        LINES.rows(lines)
        GROWN.run({"size": log.size, "frontier": log.frontier}, name=name)
        if name in told.checkpoints:
            _keep(log, why=told.checkpoints[name], now=now)


def _locked(name: str) -> Log:
    """The row of a log, held until the transaction ends; made where it is the first line."""
    log = HEAD.one(name=name)
    if log is None:
        origin = f"{settings.ALLOWED_HOSTS[0].lstrip('.*') or 'sanlin'}/{name}"
        Log.objects.bulk_create([Log(name=name, origin=origin)], ignore_conflicts=True)
        log = HEAD.one(name=name)
    assert log is not None  # noqa: S101  # it has just been made
    return log


def _keep(log: Log, *, why: str, now: datetime) -> None:
    Checkpoint.objects.create(log=log, size=log.size, root=log.head.root, at=now, why=why)


def keep_checkpoint(name: str, *, now: datetime) -> bool:
    """Take a checkpoint of a log that has grown since its last one; whether it had. For the clock's
    hand in the evening: it changes nothing that a line could tell, so it writes none."""
    with transaction.atomic():
        log = _locked(name)
        if not log.size or Checkpoint.objects.filter(log=log, size=log.size).exists():
            return False
        _keep(log, why="", now=now)
    return True


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
