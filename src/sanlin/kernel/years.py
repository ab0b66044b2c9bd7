"""What a year's book proposes for the next: fewer and larger, in whole fen and without a guess.

A programme that eliminates with incentive goes on with the projects that passed. The money of the
last round, less what the teams that go on are used to leave unspent, is the money of the next. The
number of those that passed is the number of places; the money, shared among them, is the mean grant;
and the ceiling of a project rises as the number falls, so that all ceilings together stay what they
were. Every figure is rounded down to a step, and no more is promised than there is. Worked through
in docs/algorithms/next-year.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

STEP = 1_000_00  # fen


@dataclass(frozen=True)
class Outcome:
    """How one project of the year ended. Money in fen: awarded, settled by accepted receipts, paid to
    the team, and returned by it; `passed` by its closing grade."""

    granted: int
    spent: int
    passed: bool
    paid: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Book:
    """The year in figures: projects, of these passed; granted, spent, granted but not spent, paid,
    and returned."""

    projects: int
    passed: int
    granted: int
    spent: int
    paid: int = 0
    returned: int = 0

    @property
    def unspent(self) -> int:
        return self.granted - self.spent

    @property
    def mean(self) -> int:
        """Fen a project, rounded down; 0 without projects."""
        return self.granted // self.projects if self.projects else 0


@dataclass(frozen=True)
class Proposed:
    """For the next year: `places` projects, `mean` fen each, `cap` the most for one (None: no cap)."""

    places: int
    mean: int
    cap: int | None

    @property
    def money(self) -> int:
        """What the places need at the mean."""
        return self.places * self.mean


def book(outcomes: Sequence[Outcome]) -> Book:
    """The year's figures.

    >>> book([Outcome(500, 400, True, 450, 50), Outcome(300, 300, False, 300)])
    Book(projects=2, passed=1, granted=800, spent=700, paid=750, returned=50)
    """
    return Book(
        len(outcomes),
        sum(one.passed for one in outcomes),
        sum(one.granted for one in outcomes),
        sum(one.spent for one in outcomes),
        sum(one.paid for one in outcomes),
        sum(one.returned for one in outcomes),
    )


def habitual_unspent(years: Sequence[Book]) -> Fraction:
    """Which share of what these years granted was not spent, from 0 to 1; 0 where nothing was granted.

    Years weigh by their money. Meant for the books of the projects that go on: what elimination
    stopped is free for the others, and nobody's habit.

    >>> habitual_unspent([Book(6, 6, 600, 540), Book(5, 5, 400, 360)])
    Fraction(1, 10)
    """
    granted = sum(one.granted for one in years)
    if granted <= 0:
        return Fraction(0)
    return min(max(Fraction(sum(one.unspent for one in years), granted), Fraction(0)), Fraction(1))


def next_total(budget: int, unspent: Fraction, *, step: int = STEP) -> int:
    """The last round's `budget` less the share that is habitually left unspent, rounded down to a step;
    the budget itself where nothing is. Raises ValueError for a step below 1.

    >>> next_total(800_000_000, Fraction(1, 10))
    720000000
    """
    if step < 1:
        raise ValueError("figures are rounded down to a step of at least one fen")
    return int(budget * (1 - unspent)) // step * step if unspent else budget


def fewer_and_larger(
    year: Book, budget: int, cap: int | None, *, step: int = STEP
) -> Proposed | None:
    """The next year out of this one, with `budget` fen to give; None where nothing passed.

    `cap` is this year's ceiling of a project in fen. Raises ValueError for a step below 1.

    >>> year = Book(projects=100, passed=60, granted=800_000_000, spent=720_000_000)
    >>> fewer_and_larger(year, 800_000_000, 10_000_000)
    Proposed(places=60, mean=13300000, cap=16600000)
    """
    if step < 1:
        raise ValueError("figures are rounded down to a step of at least one fen")
    if not year.passed or budget < step:
        return None
    mean = budget // year.passed // step * step
    if not mean:
        return None
    higher = None if cap is None else cap * year.projects // year.passed // step * step
    if higher is not None:
        higher = min(max(higher, mean, cap or 0), budget)
        mean = min(mean, higher)
    return Proposed(year.passed, mean, higher)


@dataclass(frozen=True)
class Standing:
    """A tier as a year leaves it: teams that may apply for it next, and this year's ceiling in fen."""

    key: str
    teams: int
    cap: int


@dataclass(frozen=True)
class NextTier:
    """A tier of the next year: a place for every team that stands on it, `cap` fen the most for one."""

    key: str
    places: int
    cap: int

    @property
    def money(self) -> int:
        """What the tier needs if every place is filled at its ceiling."""
        return self.places * self.cap


def next_tiers(
    standing: Sequence[Standing], budget: int, *, step: int = STEP
) -> list[NextTier] | None:
    """The tiers of the next year with `budget` fen: ceilings keep this year's proportions and are as
    high as lets every place be filled; None where nobody stands or a ceiling would be nothing.

    Raises ValueError for a step below 1.

    >>> next_tiers([Standing("top", 1, 2_000_000), Standing("new", 4, 1_000_000)], 9_000_000)
    [NextTier(key='top', places=1, cap=3000000), NextTier(key='new', places=4, cap=1500000)]
    """
    if step < 1:
        raise ValueError("figures are rounded down to a step of at least one fen")
    whole = sum(one.teams * one.cap for one in standing)
    if not whole:
        return None
    tiers = [
        NextTier(one.key, one.teams, one.cap * budget // whole // step * step) for one in standing
    ]
    return tiers if all(one.cap for one in tiers) else None
