from __future__ import annotations

from datetime import datetime
from typing import Any

from sanlin.ground.verdict import ALLOWED, Verdict

from .models import Fund


def can_see(who: Any, fund: Fund, *, now: datetime) -> Verdict:
    """The books are open to everybody; they name undertakings, never persons."""
    return ALLOWED
