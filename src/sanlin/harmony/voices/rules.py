from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.rules import works_for_street
from sanlin.commons.places.models import Street
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import Voice
from .stages import VOICE

AN_HOUR = timedelta(hours=1)
FROM_ONE_ACCOUNT = 5  # voices an hour
FROM_ONE_ADDRESS = 20  # a committee's office shares one


def can_speak(who: Any, sender_mark: str, *, now: datetime) -> Verdict:
    """Anybody, signed in or not, but not without pause."""
    most = FROM_ONE_ACCOUNT if who is not None and who.is_authenticated else FROM_ONE_ADDRESS
    recent = Voice.objects.filter(sender_mark=sender_mark, said_at__gt=now - AN_HOUR).count()
    if recent >= most:
        return denied(_("一小时内提得太多了，请稍后再提；急事请直接联系居委会"))
    return ALLOWED


def can_read_all(who: Any, street: Street, *, now: datetime) -> Verdict:
    """The officers of the street."""
    return works_for_street(who, street, now=now)


def can_read(who: Any, voice: Voice, *, now: datetime) -> Verdict:
    """An officer of the street that it was said to."""
    return works_for_street(who, voice.street, now=now)


def can_answer(who: Any, voice: Voice, *, now: datetime) -> Verdict:
    """Once, while it is new."""
    if not (verdict := can_read(who, voice, now=now)):
        return verdict
    if "answer" not in VOICE.verbs(voice.stage):
        return denied(_("这条意见已经答复或办结"))
    return ALLOWED


def can_close(who: Any, voice: Voice, *, now: datetime) -> Verdict:
    """Answered or not, as long as it is open."""
    if not (verdict := can_read(who, voice, now=now)):
        return verdict
    if "close" not in VOICE.verbs(voice.stage):
        return denied(_("这条意见已经办结"))
    return ALLOWED
