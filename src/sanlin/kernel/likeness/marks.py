"""Numbers and names as they are compared: without spaces, signs, width and case."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

NEAR_DAYS = 10
NEW_INVOICE = 20  # digits of a fully digital invoice (数电票), which needs no code beside it
_SIGNS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Letters and digits alone, in one width and case.

    >>> plain("№ ０１２３-45ａ"), plain("潍坊路 文具店（分店）")
    ('NO012345A', '潍坊路文具店分店')
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).upper()


def number_mark(code: str, number: str) -> str:
    """An invoice's code and number as one; empty where there is no number.

    Zeros in front are left out of neither: they belong to the number. "No." does not.

    >>> number_mark("0310 0190 0104", "No.12345678"), number_mark("", " 1234 5678 ")
    ('031001900104/12345678', '12345678')
    >>> number_mark("310", "24312000000012345678")
    '24312000000012345678'
    """
    bare = plain(number)
    bare = re.sub(r"^(?:NO|号码|发票号码)(?=\d)", "", bare)
    kept = plain(code)
    if not bare:
        return ""
    return bare if not kept or len(bare) >= NEW_INVOICE else f"{kept}/{bare}"


def days_apart(one: date, other: date) -> int | None:
    """Likeness of two receipts of one payee and sum by their days: 100 on the same, 4 less a day;
    None beyond ten days.

    >>> days_apart(date(2024, 5, 1), date(2024, 5, 4)), days_apart(date(2024, 5, 1), date(2024, 6, 1))
    (88, None)
    """
    days = abs((one - other).days)
    return 100 - 4 * days if days <= NEAR_DAYS else None
