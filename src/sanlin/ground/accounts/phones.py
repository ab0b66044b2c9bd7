"""A mobile number as people type it, and as it is kept."""

from __future__ import annotations

import re
import unicodedata

MOBILE = re.compile(
    r"1[3-9]\d{9}"
)  # 工业和信息化部: eleven digits, the first 1, the second 3 to 9  # data


def plain(typed: str) -> str:
    """The eleven digits of a mainland mobile number, or nothing where it is none.

    >>> plain("+86 199-0000 1234"), plain("１９９００００１２３４"), plain("021-58781234")
    ('19900001234', '19900001234', '')
    """
    digits = re.sub(r"[\s\-–()·.]", "", unicodedata.normalize("NFKC", typed))
    digits = re.sub(r"^(\+|00)86", "", digits)
    return digits if MOBILE.fullmatch(digits) and digits.isascii() else ""
