"""What pages and the apps above read of proposals."""

from .doubles import Double, doubles, words_of
from .lists import (
    admitted,
    handed_in,
    led_teams,
    mine,
    plain_title,
    to_screen,
    totals,
    uncorrected,
)
from .pairs import pairs
from .reading import LABELS, compared, deadline, history, line_words, shown, sums, told

__all__ = [
    "LABELS",
    "Double",
    "admitted",
    "compared",
    "deadline",
    "doubles",
    "handed_in",
    "history",
    "led_teams",
    "line_words",
    "mine",
    "pairs",
    "plain_title",
    "shown",
    "sums",
    "to_screen",
    "told",
    "totals",
    "uncorrected",
    "words_of",
]
