"""The serial number of a paper ballot: round, booth, sheet, and two check digits.

    7-2-0031-75        round 7, booth 2, sheet 31

The check digits are those of ISO/IEC 7064 MOD 97-10: one wrong digit, or two that changed places,
never pass. They tell a slip of the pen from a serial; that the booth received such a sheet is
another question.
"""

from __future__ import annotations

import re

MODULUS = 97
WRITTEN = re.compile(r"(\d{1,9})-(\d{1,4})-(\d{4,6})-(\d{2})")


class NotASerial(ValueError):
    """What was read is no serial number, or its check digits do not fit."""


def serial(round: int, booth: int, sheet: int) -> str:
    """The serial number of a sheet of a booth of a round, counted from 1.

    >>> serial(7, 2, 31)
    '7-2-0031-75'
    """
    return f"{round}-{booth}-{sheet:04}-{_check(round, booth, sheet):02}"


def read_serial(written: str) -> tuple[int, int, int]:
    """(round, booth, sheet) of a serial as it was scanned or typed; raises NotASerial.

    >>> read_serial(" 7-2-0031-75 ")
    (7, 2, 31)
    >>> read_serial("7-2-0013-75")
    Traceback (most recent call last):
    ...
    sanlin.kernel.ballots.serial.NotASerial: 7-2-0013-75
    """
    plain = "".join(written.split()).replace("－", "-")
    found = WRITTEN.fullmatch(plain) if plain.isascii() else None
    if found is None:
        raise NotASerial(written)
    round, booth, sheet = (int(part) for part in found.groups()[:3])
    if serial(round, booth, sheet) != plain:
        raise NotASerial(written)
    return round, booth, sheet


def _check(round: int, booth: int, sheet: int) -> int:
    """So that the digits of all four, each of a fixed width, are 1 modulo 97."""
    digits = int(f"{round:09}{booth:04}{sheet:06}") * 100
    return MODULUS + 1 - digits % MODULUS
