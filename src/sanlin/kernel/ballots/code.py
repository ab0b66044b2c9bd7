"""The code of a ballot: what a voter keeps, and what her choices cannot be changed under.

It is the SHA-256 of one line of plain text, so that any tool that knows SHA-256 checks it:

    sanlin-ballot-2:<round>:<choices>:<seed>

with the round's number, the choices in canonical form and 64 hexadecimal digits of chance. On
receipts it is shortened to sixteen letters and digits, its first 80 bits.
"""

from __future__ import annotations

import hashlib

from .form import Choices, canonical

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U, which people misread
RECEIPT_LENGTH = 16
PREFIX_LENGTH = 20  # hexadecimal digits of a code that a receipt stands for


def opening(round: int, kept: Choices, seed: str) -> str:
    """The line that a code is made of; `seed` is 64 hexadecimal digits.

    >>> opening(7, ((3, 1), (7, 1)), "ab")
    'sanlin-ballot-2:7:[[3,1],[7,1]]:ab'
    """
    return f"sanlin-ballot-2:{round}:{canonical(kept).decode()}:{seed}"


def code_of(line: str) -> str:
    """The code of an opening: 64 hexadecimal digits.

    >>> code_of("sanlin-ballot-2:7:[[3,1],[7,1]]:ab")[:20]
    'e49dca45918db3bc82c3'
    """
    return hashlib.sha256(line.encode()).hexdigest()


def receipt_of(code: str) -> str:
    """Sixteen letters and digits that stand for a code.

    >>> receipt_of("f3ecbb0d3ce8d2e3b1ad")
    'YFPBP39WX39E7CDD'
    """
    bits = int(code[:PREFIX_LENGTH], 16)
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))


def prefix_of(receipt: str) -> str:
    """The first 20 hexadecimal digits of the code that a receipt stands for.

    >>> prefix_of("YFPBP39WX39E7CDD")
    'f3ecbb0d3ce8d2e3b1ad'
    """
    bits = 0
    for letter in receipt:
        bits = bits << 5 | ALPHABET.index(letter)
    return f"{bits:020x}"


def in_groups(receipt: str) -> str:
    """Four groups of four, to be read aloud.

    >>> in_groups("0123456789ABCDEF")
    '0123-4567-89AB-CDEF'
    """
    return "-".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))


def read_receipt(written: str) -> str:
    """A receipt as people type it, brought to its one form; empty where it is none.

    >>> read_receipt(" 0123-4567 89ab-cdef "), read_receipt("oI23456789ABCDEF")
    ('0123456789ABCDEF', '0123456789ABCDEF')
    >>> read_receipt("hello")
    ''
    """
    plain = "".join(written.upper().split()).replace("-", "").replace("－", "")
    plain = plain.translate(str.maketrans("OIL", "011"))
    return plain if len(plain) == RECEIPT_LENGTH and set(plain) <= set(ALPHABET) else ""
