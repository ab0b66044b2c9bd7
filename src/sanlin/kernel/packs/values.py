"""One value of a rule: read from a pack, read from an officer's form, shown to people."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable

from sanlin.kernel.money import BadAmount, fen, yuan

from .fields import UNITS, Field

NONE = "none"
"""How a pack and an officer write "no limit"."""
LONGEST = 600
HUGE = 10**18

WANTED = {
    "int": "a whole number",
    "money": "yuan as a whole number or a string",
    "share": "permille as a whole number, or a string such as “60%”",
    "bool": "true or false",
    "choice": "one of the choices",
    "keys": "a list of choices",
    "numbers": "a list of whole numbers",
    "text": "a string",
}
_SHARE = re.compile(r"(\d{1,3})(?:\.(\d))?[%％]", re.ASCII)
_BETWEEN = re.compile(r"[\s,，、;；]+")
_WHOLE = re.compile(r"\d{1,12}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


class Misfit(ValueError):
    """A value that its field cannot hold; `code` and `figures` are those of a Fault."""

    def __init__(self, code: str, **figures: object) -> None:
        super().__init__(code)
        self.code, self.figures = code, figures


def from_pack(field: Field, raw: object) -> object:
    """The value that TOML wrote, in the units of the kernel: money in yuan becomes fen, "60%"
    becomes permille.

    Raises Misfit.
    """
    return _read(field, raw, yuan_to_fen=100)


def from_officer(field: Field, raw: object) -> object:
    """The value that an officer set. Whole numbers are fen and permille already; text is read as
    people write it.

    Raises Misfit.
    """
    return _read(field, raw, yuan_to_fen=1)


def plain_text(text: str) -> str:
    """`text` in NFC without blanks at its ends; raises Misfit where it is empty, too long or has
    control characters.
    """
    clean = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(clean) <= LONGEST or _CONTROL.search(clean):
        raise Misfit("text", most=LONGEST)
    return clean


def hint(given: object, known: Iterable[str]) -> str:
    """The known word that `given` was probably meant to be, or nothing.

    >>> hint("notise", ["notice", "vote"])
    'notice'
    """
    near = difflib.get_close_matches(str(given)[:100], list(known), n=1)
    return near[0] if near else ""


def named(raw: object) -> str:
    """What kind of thing a raw value is, for a message."""
    names = {
        bool: "true or false",
        int: "a whole number",
        str: "a string",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(raw), type(raw).__name__)


def shown(field: Field, value: object, *, english: bool = False) -> str:
    """The value as people read it.

    >>> from .schema import SCHEMA
    >>> by_path = {field.path: field for field in SCHEMA}
    >>> shown(by_path["budget"], 30_000_00), shown(by_path["criteria.*.weight"], 125)
    ('¥30,000', '12.5%')
    >>> shown(by_path["award.ties"], ("score", "lot"), english=True)
    'higher score first, lot from a published seed'
    """
    if value is None:
        return field.none[english]
    return _SHOWN[field.kind](field, value, english)


def _read(field: Field, raw: object, *, yuan_to_fen: int) -> object:
    if field.optional and (raw is None or raw == NONE or (field.kind == "numbers" and raw == [])):
        return None
    if isinstance(raw, float):
        raise Misfit("float")
    money = field.kind == "money"
    value = _money(raw, yuan_to_fen) if money else _READ[field.kind](field, raw)
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and not field.low <= value <= field.high
    ):
        given: object = value if abs(value) < HUGE else "a huge number"
        raise Misfit("range", given=given, low=field.low, high=field.high)
    return value


def _wrong(kind: str, raw: object) -> Misfit:
    return Misfit("kind", wanted=WANTED[kind], given=named(raw))


def _money(raw: object, yuan_to_fen: int) -> object:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw * yuan_to_fen
    if not isinstance(raw, str):
        raise _wrong("money", raw)
    try:
        return fen(raw)
    except BadAmount:
        raise Misfit("amount", given=raw[:100]) from None


def _int(_field: Field, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and _WHOLE.fullmatch(raw.strip()):
        return int(raw)
    raise _wrong("int", raw)


def _share(_field: Field, raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    match = _SHARE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match is None:
        raise _wrong("share", raw)
    return int(match[1]) * 10 + int(match[2] or 0)


def _bool(_field: Field, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise _wrong("bool", raw)


def _choice(field: Field, raw: object) -> str:
    keys = [choice.key for choice in field.choices]
    if not isinstance(raw, str):
        raise _wrong("choice", raw)
    if raw not in keys:
        raise Misfit("choice", given=raw[:100], choices=", ".join(keys), hint=hint(raw, keys))
    return raw


def _keys(field: Field, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise _wrong("keys", raw)
    if not raw:
        raise Misfit("empty")
    keys = tuple(_choice(field, key) for key in raw)
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise Misfit("repeated", given=key)
    return keys


def _numbers(field: Field, raw: object) -> tuple[int, ...]:
    if isinstance(raw, str):
        raw = [part for part in _BETWEEN.split(raw) if part]
    if not isinstance(raw, list | tuple):
        raise _wrong("numbers", raw)
    if not raw:
        raise Misfit("empty")
    numbers = tuple(_int(field, one) for one in raw)
    for number, above in zip(numbers, (None, *numbers), strict=False):
        if not field.low <= number <= field.high:
            raise Misfit("range", given=number, low=field.low, high=field.high)
        if above is not None and number >= above:
            raise Misfit("falling", given=number, above=above)
    return numbers


def _text(_field: Field, raw: object) -> str:
    if not isinstance(raw, str):
        raise _wrong("text", raw)
    return plain_text(raw)


_READ: dict[str, Callable[[Field, object], object]] = {
    "int": _int,
    "share": _share,
    "bool": _bool,
    "choice": _choice,
    "keys": _keys,
    "numbers": _numbers,
    "text": _text,
}


def _shown_int(field: Field, value: object, english: bool) -> str:
    unit = UNITS[field.unit][english]
    return f"{value} {unit}" if english or unit[0].isascii() else f"{value}{unit}"


def _shown_share(_field: Field, value: object, _english: bool) -> str:
    whole, tenth = divmod(int(str(value)), 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def _shown_bool(_field: Field, value: object, english: bool) -> str:
    return ("yes" if value else "no") if english else ("是" if value else "否")


def _shown_keys(field: Field, value: object, english: bool) -> str:
    by_key = {choice.key: choice.english if english else choice.label for choice in field.choices}
    keys = value if isinstance(value, tuple) else (value,)
    return (", " if english else "、").join(by_key[key] for key in keys)


def _shown_numbers(field: Field, value: object, english: bool) -> str:
    numbers = value if isinstance(value, tuple | list) else (value,)
    unit = UNITS[field.unit][english]
    if english:
        return f"{', '.join(map(str, numbers))} {unit}"
    return "、".join(f"{number}{unit}" for number in numbers)


_SHOWN: dict[str, Callable[[Field, object, bool], str]] = {
    "int": _shown_int,
    "money": lambda _field, value, _english: yuan(int(str(value))),
    "share": _shown_share,
    "bool": _shown_bool,
    "choice": _shown_keys,
    "keys": _shown_keys,
    "numbers": _shown_numbers,
    "text": lambda _field, value, _english: str(value),
}
