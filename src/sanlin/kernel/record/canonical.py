"""The one byte form of a value: what two strangers write who have never met."""

from __future__ import annotations

import json
import unicodedata
from typing import Any


def canonical(value: Any) -> bytes:
    """UTF-8 in NFC, keys sorted, no spaces, whole numbers. Raises TypeError for a float.

    >>> canonical({"b": [1, None], "a": "é"})
    b'{"a":"\\xc3\\xa9","b":[1,null]}'
    """
    _whole(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def _whole(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a record holds whole numbers only")
    parts = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        for part in parts:
            _whole(part)
