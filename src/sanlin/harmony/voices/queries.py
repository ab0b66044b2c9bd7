from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from .models import Voice
from .stages import NEW


def unanswered(streets: Collection[int]) -> QuerySet[Any]:
    """The voices of these streets that have no answer."""
    rows: QuerySet[Any] = Voice.objects.filter(street__in=streets, stage=NEW)
    return rows
