from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.ground.clock import local_day
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from .models import Membership, Organisation


def leads(who: Any, organisation: Organisation, *, now: datetime) -> Verdict:
    """A leader of the organisation on this day."""
    if who.is_authenticated:
        led = Membership.objects.on(local_day(now)).filter(
            organisation=organisation, account_id=who.pk, leads=True
        )
        if led.exists():
            return ALLOWED
    return denied(_("只有%(team)s的负责人可以办理") % {"team": organisation})
