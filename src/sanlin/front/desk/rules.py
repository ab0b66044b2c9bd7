from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.people.rules import posts_of
from sanlin.ground.verdict import ALLOWED, Verdict, denied


def can_open_desk(who: Any, *, now: datetime) -> Verdict:
    """Anybody who holds a post."""
    return ALLOWED if posts_of(who, now=now) else denied(_("工作台供有任职的人员使用"))
