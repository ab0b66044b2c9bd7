"""How strict each judge is, from the proposals that judges share: the additive two-way model.

A mark is what the proposal is worth plus how mild its judge is. The two are told apart by least
squares over all marks, solved in fractions. That needs a panel that hangs together: two groups of
judges who share no proposal cannot be compared, and `disconnected` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sanlin.kernel.reason import Reason
from sanlin.kernel.scoring.panel import Sheets, known, mean


class Disconnected(ValueError):
    """The panel falls into parts that share no proposal; `reason` has the figures."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(f"the panel falls into {reason['parts']} parts")


def parts(sheets: Sheets) -> tuple[tuple[frozenset[int], frozenset[int]], ...]:
    """The judges and proposals that hang together by marks, the largest part first.

    Judges without a mark, and proposals without one, belong to no part.

    >>> ten = Fraction(10)
    >>> [[sorted(side) for side in part] for part in parts({1: {7: ten}, 2: {7: ten}, 3: {8: ten}})]
    [[[1, 2], [7]], [[3], [8]]]
    """
    left = {judge: set(own) for judge, own in known(sheets).items() if own}
    found: list[tuple[frozenset[int], frozenset[int]]] = []
    while left:
        first = min(left)
        judges, proposals = {first}, left.pop(first)
        while more := {judge for judge, own in left.items() if own & proposals}:
            judges |= more
            proposals |= {key for judge in more for key in left.pop(judge)}
        found.append((frozenset(judges), frozenset(proposals)))
    return tuple(sorted(found, key=lambda part: (-len(part[0]), -len(part[1]), min(part[0]))))


def disconnected(sheets: Sheets) -> Reason | None:
    """Why strictness cannot be told from worth, or None where the panel hangs together.

    Figures: `parts`, how many; `judges` and `proposals` of the smallest of them.
    """
    found = parts(sheets)
    if len(found) < 2:
        return None
    judges, proposals = found[-1]
    return Reason.of("disconnected", parts=len(found), judges=len(judges), proposals=len(proposals))


def severities(sheets: Sheets) -> dict[int, Fraction]:
    """By how much each judge marks above the panel (below it: negative); they sum to zero.

    Judges without a mark are left out. Raises Disconnected.

    >>> marks = {1: {1: Fraction(70), 2: Fraction(80)}, 2: {1: Fraction(80), 3: Fraction(60)}}
    >>> {judge: str(mild) for judge, mild in severities(marks).items()}
    {1: '-5', 2: '5'}
    """
    if reason := disconnected(sheets):
        raise Disconnected(reason)
    marks = {judge: own for judge, own in known(sheets).items() if own}
    judges = sorted(marks)
    if not judges:
        return {}
    place = {judge: row for row, judge in enumerate(judges)}
    size = len(judges)
    # Least squares without the proposals: each is at its best the mean of its marks less mildness.
    table = [[Fraction(0)] * (size + 1) for _ in judges]
    for key in {key for own in marks.values() for key in own}:
        given = {judge: own[key] for judge, own in marks.items() if key in own}
        middle = sum(given.values(), Fraction(0)) / len(given)
        for judge, mark in given.items():
            row = table[place[judge]]
            row[place[judge]] += 1
            row[size] += mark - middle
            for other in given:
                row[place[other]] -= Fraction(1, len(given))
    # The rows say the same twice; the last one says instead that mildness sums to zero.
    table[-1] = [Fraction(1)] * size + [Fraction(0)]
    return dict(zip(judges, _solved(table), strict=True))


def corrected(sheets: Sheets) -> dict[int, Fraction]:
    """What each marked proposal is worth to a judge of the panel's own mildness.

    The least-squares estimate: the mean of its marks, each less its judge's mildness. Raises
    Disconnected.
    """
    mild = severities(sheets)
    worth: dict[int, list[Fraction]] = {}
    for judge, own in known(sheets).items():
        for key, mark in own.items():
            worth.setdefault(key, []).append(mark - mild[judge])
    return {key: mean(marks) or Fraction(0) for key, marks in worth.items()}


def _solved(table: Sequence[list[Fraction]]) -> list[Fraction]:
    """The one solution of a square table of equations, right sides last (Gauss and Jordan)."""
    rows = [list(row) for row in table]
    for column in range(len(rows)):
        pivot = next(n for n in range(column, len(rows)) if rows[n][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column]
        factor = lead[column]
        lead[:] = [value / factor for value in lead]
        for n, row in enumerate(rows):
            if n != column and row[column]:
                times = row[column]
                row[:] = [value - times * own for value, own in zip(row, lead, strict=True)]
    return [row[-1] for row in rows]
