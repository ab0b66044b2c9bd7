"""What waits of a street's trainings, in one question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, QuerySet, Value

from .models import Idea, Question
from .stages import SENT, TAKEN

READ, FOLLOW, ASK = "read", "follow", "ask"


def waiting(streets: Collection[int], today: date) -> list[dict[str, Any]]:
    """Of each session of these streets: {kind, key, name, n}; ideas to read, ideas that
    should have been carried out by now, questions without advice."""
    ideas = Idea.objects.filter(session__street__in=streets)
    parts = [
        _of(READ, ideas.filter(stage=SENT)),
        _of(FOLLOW, ideas.filter(stage=TAKEN, due__lt=today)),
        _of(ASK, Question.objects.filter(session__street__in=streets, answered_at__isnull=True)),
    ]
    found = parts[0].union(*parts[1:], all=True)
    return sorted((dict(row) for row in found), key=lambda row: (row["key"], row["kind"]))


def _of(kind: str, rows: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    told = rows.order_by().values(
        kind=Value(kind, CharField()), key=F("session"), name=F("session__title")
    )
    counted: QuerySet[Any, dict[str, Any]] = told.annotate(n=Count("pk"))
    return counted
