"""What is read of residents and posts, and what a list of residents would change."""

from .register import (
    find_home,
    journal_of,
    kept,
    namesakes,
    neighbourhoods_of,
    open_to_newcomers,
    places_to_fill,
    posts_under,
    residents_of,
    search,
    term,
    waiting_for,
)

__all__ = [
    "find_home",
    "journal_of",
    "kept",
    "namesakes",
    "neighbourhoods_of",
    "open_to_newcomers",
    "places_to_fill",
    "posts_under",
    "residents_of",
    "search",
    "term",
    "waiting_for",
]
