"""A sample of paper sheets that says, at a stated risk, whether the entered count can be relied on.

The method is the comparison audit of single ballots with the Kaplan-Markov bound, in the form that
does not ask who won: P. B. Stark, "Super-simple simultaneous single-ballot risk-limiting audits",
EVT/WOTE 2010; M. Lindeman and P. B. Stark, "A gentle introduction to risk-limiting audits", IEEE
Security & Privacy 10(5), 2012. The sheets are drawn with replacement by SHA-256 of a published seed and
a counter, as R. Rivest's reference sampler does. Everything is exact: whole numbers and fractions.
docs/algorithms/paper-sample.md explains it, with an example to be done by hand.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from .form import Choices, Form

INFLATION = Fraction(52, 25)  # 2γ with γ = 1.04: how much a sample makes of an error that it finds
DIGITS = re.compile(r"[0-9]{6,40}", re.ASCII)
MOST = 10_000_000  # draws: no risk limit and margin that make sense ask for more


def seed_of(root: str, digits: str) -> str:
    """The seed of a draw: the root of the log before the dice were thrown, a stroke, and the digits.

    Raises ValueError unless there are 6 to 40 digits, and 64 hexadecimal ones in the root.

    >>> seed_of("ab" * 32, "350612")[-8:]
    'b/350612'
    """
    if not DIGITS.fullmatch(digits) or not re.fullmatch("[0-9a-f]{64}", root):
        raise ValueError("a seed is a root of 64 hexadecimal digits and 6 to 40 digits of dice")
    return f"{root}/{digits}"


def draw(seed: str, times: int, serials: Iterable[str]) -> tuple[str, ...]:
    """The serials that come up in `times` draws; one may come up again. The order of `serials` has no say.

    Draw i (from 1) takes the place SHA-256("<seed>,<i>") modulo their number, from 0, in the order of their characters.

    >>> draw("2024", 4, ["c", "a", "b"])
    ('a', 'b', 'b', 'a')
    """
    row = sorted(serials)
    if not row:
        return ()
    return tuple(row[_number(f"{seed},{i}") % len(row)] for i in range(1, times + 1))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("ascii")).digest(), "big")


def weight(form: Form) -> int:
    """The most that one ballot can give one proposal: what an error is measured in.

    >>> weight(Form("approve", most=3)), weight(Form("rank", most=3)), weight(Form("points", points=10))
    (1, 3, 10)
    """
    if form.kind == "rank":
        return form.most or 1
    if form.kind == "points":
        return min(part for part in (form.each, form.points) if part is not None)
    return 1


def overstatement(counted: Choices, seen: Choices, form: Form) -> int:
    """By how many votes the entry may have moved two proposals apart, at the worst: what it gave too
    much to one, and too little to another. Below 0 where every proposal lost alike is impossible, so
    it is 0 where entry and paper agree, and above 0 wherever they do not.

    Where opinions are asked, every opinion on every proposal is an option of its own.

    >>> form = Form("approve", most=2)
    >>> overstatement(((3, 1),), ((3, 1),), form), overstatement(((3, 1),), ((7, 1),), form)
    (0, 2)
    """
    told, found = (Counter(_options(kept, form)) for kept in (counted, seen))
    gaps = [told[option] - found[option] for option in {*told, *found}]
    return max([0, *gaps]) - min([0, *gaps])


def _options(kept: Choices, form: Form) -> Mapping[tuple[int, int], int]:
    if form.kind == "stance":
        return dict.fromkeys(kept, 1)
    return {(key, 0): given for key, given in kept}


def draws_due(
    sheets: int, margin: int, weight: int, limit: Fraction, found: Iterable[int] = ()
) -> int:
    """How many draws bring the risk down to `limit`, if those that found errors (`found`, the
    overstatements above 0 so far) stay the only ones. 0 where `sheets` of paper cannot make an error of `margin` votes at all.

    Without errors it is at most ⌈2.08 × ln(1 / limit) / (margin / sheets)⌉, and never far below. Raises ValueError
    for a margin below 1, or a limit outside 0 … 1.

    >>> draws_due(60, 12, 1, Fraction(1, 20))
    30
    >>> draws_due(60, 12, 1, Fraction(1, 20), found=[1])
    37
    >>> draws_due(60, 121, 1, Fraction(1, 20))
    0
    """
    if margin < 1 or not 0 < limit < 1:
        raise ValueError("a sample needs a margin of 1 vote and a risk between 0 and 1")
    if margin > 2 * weight * sheets:
        return 0
    least = limit / _penalty(found, weight)
    keep = 1 - Fraction(margin, weight * sheets) / INFLATION
    low, high = 0, 1
    while keep**high > least:
        low, high = high, high * 2
        if high > MOST:
            raise ValueError("no sample of this size makes sense")
    while high - low > 1:
        half = (low + high) // 2
        low, high = (low, half) if keep**half <= least else (half, high)
    return high


def risk(found: Sequence[int], sheets: int, margin: int, weight: int) -> Fraction:
    """The chance, at most, of a sample like this one if the entered count were wrong by `margin` votes
    or more between any two proposals. `found` are the overstatements of all draws, zeros included.

    >>> risk([0] * 30, 60, 12, 1) < Fraction(1, 20) < risk([0] * 29, 60, 12, 1)
    True
    >>> risk([], 60, 12, 1)
    Fraction(1, 1)
    """
    if margin > 2 * weight * sheets:
        return Fraction(0)
    keep = 1 - Fraction(margin, weight * sheets) / INFLATION
    return min(Fraction(1), keep ** len(found) * _penalty(found, weight))


def _penalty(found: Iterable[int], weight: int) -> Fraction:
    whole = Fraction(1)
    for votes in found:
        whole /= 1 - Fraction(votes, weight) / INFLATION
    return whole


def permille(share: Fraction) -> int:
    """A risk in thousandths, rounded up: never told smaller than it is.

    >>> permille(Fraction(1, 21)), permille(Fraction(1, 20))
    (48, 50)
    """
    return -(-share.numerator * 1000 // share.denominator)
