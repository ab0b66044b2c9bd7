"""What pages and the apps above read of proposals."""

from .lists import (
    admitted,
    alike,
    handed_in,
    led_teams,
    mine,
    next_to_screen,
    others,
    plain_title,
    to_screen,
    totals,
    uncorrected,
)
from .reading import LABELS, compared, deadline, history, line_words, shown, sums, told

__all__ = [
    "LABELS",
    "admitted",
    "alike",
    "compared",
    "deadline",
    "handed_in",
    "history",
    "led_teams",
    "line_words",
    "mine",
    "next_to_screen",
    "others",
    "plain_title",
    "shown",
    "sums",
    "to_screen",
    "told",
    "totals",
    "uncorrected",
]
