from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, Min

from .models import Voice
from .stages import NEW


def waiting(streets: Collection[int]) -> list[dict[str, Any]]:
    """Streets with voices that have no answer: {street (key), name, n, since}, the oldest first."""
    rows = Voice.objects.filter(street__in=streets, stage=NEW)
    counted = rows.values("street", name=F("street__name")).annotate(
        n=Count("pk"), since=Min("said_at")
    )
    return [dict(row) for row in counted.order_by("since")]
