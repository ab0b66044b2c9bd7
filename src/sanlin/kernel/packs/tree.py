"""Trees of frozen dataclasses to plain values and back, strictly typed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class BadTree(ValueError):
    """The plain values do not have the shape or the types of the dataclass."""


def build(kind: type[T], data: object) -> T:
    """A `kind` (a dataclass) out of dicts, lists and plain values; a date may be ISO text.

    Raises BadTree for a name too many or too few and for any value of another type (True is no
    number).
    """
    made: T = _make(kind, data, kind.__name__)
    return made


def plain(value: object) -> Any:
    """The tree as dicts, lists and plain values; dates become ISO text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _make(kind: Any, data: object, at: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _make_class(kind, data, at)
    if get_origin(kind) is UnionType:
        return None if data is None else _make(get_args(kind)[0], data, at)
    if get_origin(kind) is tuple:
        if not isinstance(data, list | tuple):
            raise BadTree(f"{at}: not a list")
        return tuple(_make(get_args(kind)[0], item, f"{at}[{i}]") for i, item in enumerate(data))
    return _make_leaf(kind, data, at)


def _make_class(kind: Any, data: object, at: str) -> Any:
    hints = _hints(kind)
    if not isinstance(data, Mapping) or set(data) != set(hints):
        odd = (
            sorted(map(str, set(hints) ^ set(data))) if isinstance(data, Mapping) else "not a table"
        )
        raise BadTree(f"{at}: {odd}")
    return kind(**{name: _make(hint, data[name], f"{at}.{name}") for name, hint in hints.items()})


def _make_leaf(kind: Any, data: object, at: str) -> Any:
    if kind is date and isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError as error:
            raise BadTree(f"{at}: {error}") from None
    fits = data in get_args(kind) if get_origin(kind) is Literal else type(data) is kind
    if not fits:
        raise BadTree(f"{at}: {data!r:.60}")
    return data
