"""What waits of a street's trainings: rows, for whoever counts them together with others."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import QuerySet

from .models import Idea, Question
from .stages import SENT, TAKEN

READ, FOLLOW, ASK = "read", "follow", "ask"


def waiting(streets: Collection[int], today: date) -> dict[str, QuerySet[Any]]:
    """Of the sessions of these streets: ideas to read, ideas that should have been carried out by
    now, questions without advice."""
    ideas: QuerySet[Any] = Idea.objects.filter(session__street__in=streets)
    asked: QuerySet[Any] = Question.objects.filter(
        session__street__in=streets, answered_at__isnull=True
    )
    return {
        READ: ideas.filter(stage=SENT),
        FOLLOW: ideas.filter(stage=TAKEN, due__lt=today),
        ASK: asked,
    }
