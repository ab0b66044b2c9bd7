"""The dozen or two symbols of the kit, read once from the sprite and drawn inline."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).parent / "static" / "ui" / "icons.svg"


@cache
def symbols() -> dict[str, str]:
    """The drawing of every symbol by its name."""
    drawn = re.findall(r'<symbol id="(\w+)"[^>]*>(.*?)</symbol>', SPRITE.read_text("utf-8"))
    return dict(drawn)


def draw(name: str) -> SafeString:
    """One symbol as inline SVG, silent to screen readers: its word stands beside it.

    Raises KeyError for a name that the sprite does not hold.
    """
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        mark_safe(symbols()[name]),
    )
