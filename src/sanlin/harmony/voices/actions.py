from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sanlin.commons.places.models import Street
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.lots import new_seed
from sanlin.ground.verdict import Refused, require
from sanlin.kernel.machine import NotNow

from . import rules
from .models import Voice
from .stages import ANSWERED, CLOSED, NEW, VOICE


@dataclass(frozen=True)
class Said:
    """What was said: a VoiceKind, the words, the path of the page, how to reach the speaker."""

    kind: str
    text: str
    page: str = ""
    contact: str = ""


@deed("voice.speak")
def speak(
    street: Street,
    said: Said,
    *,
    anonymous: bool = False,
    sender_mark: str,
    by: Account | None,
    now: datetime,
) -> Voice:
    """Say something to a street; its receipt finds the answer again.

    `anonymous` leaves the author out of the row and out of the journal. Raises Refused where the
    same sender has said too much within the hour.
    """
    require(rules.can_speak(by, sender_mark, now=now))
    author = None if anonymous else by
    voice = Voice.objects.create(
        receipt=new_seed()[:10].upper(),
        kind=said.kind,
        text=said.text,
        page=said.page,
        contact=said.contact,
        street=street,
        author=author,
        sender_mark=sender_mark,
        said_at=now,
    )
    record(voice, by=author, now=now, kind=said.kind, street=street.pk)
    return voice


@deed("voice.answer")
def answer(voice: Voice, *, text: str, gist: str = "", by: Account, now: datetime) -> Voice:
    """Answer to the person; with a `gist` of the question the answer is also published."""
    require(rules.can_answer(by, voice, now=now))
    if not text.strip():
        raise Refused(_("请写下答复"))
    written = Voice.objects.filter(pk=voice.pk, stage=NEW).update(
        stage=ANSWERED, answer=text, gist=gist, answered_at=now, answered_by=by
    )
    if not written:
        raise NotNow("answer", voice.stage)
    voice.refresh_from_db()
    record(voice, by=by, now=now, public=bool(gist))
    return voice


@deed("voice.close")
def close(voice: Voice, *, by: Account, now: datetime) -> Voice:
    """Put it away: dealt with, or nothing to answer."""
    require(rules.can_close(by, voice, now=now))
    source = voice.stage
    target = VOICE.after(source, "close")
    if not Voice.objects.filter(pk=voice.pk, stage=source).update(stage=target):
        raise NotNow("close", source)
    voice.stage = CLOSED
    record(voice, by=by, now=now, source=source)
    return voice
