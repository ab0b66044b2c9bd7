from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.ground.verdict import ALLOWED, Verdict, denied


def can_keep_account(who: Any, *, now: datetime) -> Verdict:
    """One's own account is one's own: no hand at the desk opens it."""
    if not who.is_authenticated:
        return denied(_("请先登录"))
    if who.hand is not None:
        return denied(_("代办期间不能打开账号页面，请先结束代办"))
    return ALLOWED
