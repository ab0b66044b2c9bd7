"""What people write in a cell, as clean values. Each raises Wrong with what to do about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from django.utils.translation import gettext as _

from .reader import Cell

Parse = Callable[[Cell], Any]
FIRST_SERIAL = date(1899, 12, 30)  # day 0 of Excel
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CHECK_DIGITS = "10X98765432"


class Wrong(Exception):
    """The cell cannot be taken; the text says what to do."""


def plain(cell: Cell) -> str:
    """A cell as text: full-width letters and digits made narrow, outer space gone, no controls.

    >>> plain("  １２３号 "), plain(19900000001.0), plain({"day": "1952-03-04"})
    ('123号', '19900000001', '1952-03-04')
    """
    if isinstance(cell, dict):
        return cell.get("day", "")
    if isinstance(cell, bool):
        return "是" if cell else "否"  # data
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e18:
        return str(int(cell))
    text = unicodedata.normalize("NFKC", str(cell))
    kept = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"\s+", " ", kept).strip()


def text(most: int) -> Parse:
    """Text of at most so many characters."""

    def parse(cell: Cell) -> str:
        value = plain(cell)
        if len(value) > most:
            raise Wrong(
                _("写了%(n)s个字，最多%(most)s个，请缩短") % {"n": len(value), "most": most}
            )
        return value

    return parse


def long_text(most: int) -> Parse:
    """Text that keeps its lines."""

    def parse(cell: Cell) -> str:
        lines = [plain(line) for line in str(cell).splitlines()] if isinstance(cell, str) else []
        value = "\n".join(lines) if lines else plain(cell)
        if len(value) > most:
            raise Wrong(
                _("写了%(n)s个字，最多%(most)s个，请缩短") % {"n": len(value), "most": most}
            )
        return value.strip()

    return parse


def whole(least: int, most: int) -> Parse:
    """A whole number from least to most."""

    def parse(cell: Cell) -> int:
        value = plain(cell).replace(",", "")
        if not re.fullmatch(r"-?\d{1,15}", value) or not least <= int(value) <= most:
            raise Wrong(_("请填%(least)s到%(most)s的整数") % {"least": least, "most": most})
        return int(value)

    return parse


def money(cell: Cell) -> int:
    """Yuan as whole fen: 12000, 12,000.50, ¥12,000元.

    >>> money("¥12,000.50元"), money(0.1)
    (1200050, 10)
    """
    value = re.sub(r"[¥￥,元\s]", "", plain(cell))  # data
    try:
        fen = Decimal(value) * 100
    except DecimalException:
        raise Wrong(_("请填金额，单位是元，如12000或12000.50")) from None
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen < 10**14:
        raise Wrong(_("金额不能小于0，最多两位小数"))
    return int(fen)


def day(cell: Cell) -> date:
    """A day as Excel keeps it, as its serial number, or written: 1952年3月4日, 1952/3/4, 19520304.

    >>> day("1952年3月4日") == day(19057.0) == day("19520304") == day({"day": "1952-03-04"})
    True
    """
    value = plain(cell)
    found = re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?", value
    )  # data
    found = found or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", value)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
        if re.fullmatch(r"\d{1,5}", value) and int(value) > 366:
            return FIRST_SERIAL + timedelta(days=int(value))
    except ValueError:
        raise Wrong(_("没有这一天，请改正")) from None
    raise Wrong(_("请填日期，如1952-03-04"))


def phone(cell: Cell) -> str:
    """A mobile number of eleven digits.

    >>> phone(19900000001.0), phone("+86 199-0000-0001")
    ('19900000001', '19900000001')
    """
    value = re.sub(r"[\s\-()]", "", plain(cell))
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", value, re.IGNORECASE):
        raise Wrong(_("号码被写成了科学计数，后几位已丢失；请把该列设为文本后重新填写"))
    value = re.sub(r"^(\+|00)86", "", value)
    if not re.fullmatch(r"1\d{10}", value, re.ASCII):
        raise Wrong(_("请填11位手机号"))
    return value


def identity(cell: Cell) -> str:
    """An identity number of eighteen digits whose last one checks."""
    value = plain(cell).upper().replace(" ", "")
    if isinstance(cell, float):
        raise Wrong(_("号码被存成了数字，后几位已丢失；请把该列设为文本后重新填写"))
    if not re.fullmatch(r"\d{17}[\dX]", value, re.ASCII):
        raise Wrong(_("请填18位身份证号"))
    total = sum(int(d) * w for d, w in zip(value, WEIGHTS, strict=False))
    if CHECK_DIGITS[total % 11] != value[-1]:
        raise Wrong(_("身份证号最后一位对不上，请核对"))
    return value


def one_of(choices: Mapping[str, Any] | Sequence[tuple[Any, Any]]) -> Parse:
    """One of the words of a drop-down; Django's (value, words) pairs or words → value."""

    def parse(cell: Cell) -> Any:
        words = (
            dict(choices)
            if isinstance(choices, Mapping)
            else {str(words): value for value, words in choices}
        )
        value = plain(cell)
        if value not in words:
            raise Wrong(_("请填其中之一：%(choices)s") % {"choices": "、".join(words)})
        return words[value]

    return parse
