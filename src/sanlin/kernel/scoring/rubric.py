"""One judge's sheet: marks against weighted criteria, exact, and a blank that is not a zero."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sanlin.kernel.reason import Reason

Mark = int | Fraction


class BadSheet(ValueError):
    """Marks that no rubric allows; `faults` says which, one reason a fault."""

    def __init__(self, faults: Sequence[Reason]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{fault.code} {fault.get('criterion')}" for fault in faults))


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric: the full `max` marks are worth `weight` points of the total."""

    key: str
    weight: int
    max: int

    def __post_init__(self) -> None:
        if self.weight < 0 or self.max <= 0:
            raise ValueError("a criterion weighs at least 0 and has a full mark above 0")


def read_mark(text: str) -> Fraction | None:
    """A mark as it is typed, whole or half; None where the field is empty.

    Raises ValueError for anything else.

    >>> read_mark("8"), read_mark(" 7.5 "), read_mark("８．５"), read_mark("")
    (Fraction(8, 1), Fraction(15, 2), Fraction(17, 2), None)
    """
    plain = text.strip().translate(str.maketrans("０１２３４５６７８９．", "0123456789."))
    if not plain:
        return None
    if not re.fullmatch(r"[0-9]{1,6}(\.[05]0?)?", plain, re.ASCII):
        raise ValueError(f"not a whole or half mark: {text[:20]!r}")
    return Fraction(plain)


def full(criteria: Sequence[Criterion]) -> int:
    """The most that a sheet can reach: the sum of the weights."""
    return sum(criterion.weight for criterion in criteria)


def check(criteria: Sequence[Criterion], marks: Mapping[str, Mark | None]) -> tuple[Reason, ...]:
    """What is wrong with marks: unknown, below_zero, above_max, not_half. Blanks are no fault.

    >>> check([Criterion("need", 60, 10)], {"need": 12, "charm": 1})
    ... # doctest: +NORMALIZE_WHITESPACE
    (Reason(code='above_max', figures=(('criterion', 'need'), ('max', 10), ('own', 12))),
     Reason(code='unknown', figures=(('criterion', 'charm'),)))
    """
    faults = []
    for criterion in criteria:
        mark = marks.get(criterion.key)
        code = None if mark is None else _fault(criterion, mark)
        if code:
            faults.append(Reason.of(code, criterion=criterion.key, max=criterion.max, own=mark))
    known = {criterion.key for criterion in criteria}
    faults += [Reason.of("unknown", criterion=key) for key in sorted(marks.keys() - known)]
    return tuple(faults)


def _fault(criterion: Criterion, mark: Mark) -> str | None:
    if Fraction(mark).denominator > 2:
        return "not_half"
    if mark < 0:
        return "below_zero"
    return "above_max" if mark > criterion.max else None


def blanks(criteria: Sequence[Criterion], marks: Mapping[str, Mark | None]) -> tuple[str, ...]:
    """The criteria that still have no mark, in the order of the rubric."""
    return tuple(criterion.key for criterion in criteria if marks.get(criterion.key) is None)


def total(criteria: Sequence[Criterion], marks: Mapping[str, Mark | None]) -> Fraction | None:
    """The points of a sheet, out of `full(criteria)`; None while anything is blank.

    Raises BadSheet for marks that `check` finds fault with.

    >>> rubric = [Criterion("need", 60, 10), Criterion("budget", 40, 5)]
    >>> total(rubric, {"need": 8, "budget": Fraction(7, 2)})
    Fraction(76, 1)
    >>> total(rubric, {"need": 8, "budget": None}) is None
    True
    """
    faults = check(criteria, marks)
    if faults:
        raise BadSheet(faults)
    points = Fraction(0)
    for criterion in criteria:
        mark = marks.get(criterion.key)
        if mark is None:
            return None
        points += Fraction(criterion.weight * mark) / criterion.max
    return points
