"""编号: project numbers after a pattern, without gaps within what stands around the number."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(r"\{(street|community|year|number(?::(\d))?)\}")
_REST = re.compile(r"[0-9A-Za-z_.\-/]*")


@dataclass(frozen=True)
class Around:
    """The codes of the street and the community, and the year."""

    street: str
    community: str
    year: int


class BadPattern(ValueError):
    """The pattern has another field than it may, or lacks the year or the number."""


def check(pattern: str) -> None:
    """Raise BadPattern unless `pattern` has {year} and one {number} and nothing that is unsafe.

    >>> check("{street}-{community}-{year}-{number:2}")
    >>> check("{street}-{year}")
    Traceback (most recent call last):
    ...
    sanlin.kernel.numbering.BadPattern: {street}-{year}
    """
    fields = [match[1].partition(":")[0] for match in _FIELD.finditer(pattern)]
    plain = _REST.fullmatch(_FIELD.sub("", pattern))
    if plain is None or fields.count("number") != 1 or "year" not in fields or len(pattern) > 60:
        raise BadPattern(pattern)


def around(pattern: str, names: Around) -> tuple[str, str]:
    """What stands before and after the number; two projects with the same share one sequence.

    >>> around("{street}-{community}-{year}-{number:2}", Around("SG", "TX", 2016))
    ('SG-TX-2016-', '')
    """
    check(pattern)
    values = {"street": names.street, "community": names.community, "year": str(names.year)}
    parts = [""]
    end = 0
    for match in _FIELD.finditer(pattern):
        parts[-1] += pattern[end : match.start()]
        end = match.end()
        if match[1].startswith("number"):
            parts.append("")
        else:
            parts[-1] += values[match[1]]
    parts[-1] += pattern[end:]
    return parts[0], parts[1]


def number(pattern: str, n: int, names: Around) -> str:
    """The `n`-th number (from 1) of its sequence.

    >>> number("{street}-{community}-{year}-{number:2}", 1, Around("SG", "TX", 2016))
    'SG-TX-2016-01'
    """
    before, after = around(pattern, names)
    digits = next(m[2] for m in _FIELD.finditer(pattern) if m[1].startswith("number"))
    return f"{before}{n:0{int(digits or 1)}d}{after}"
