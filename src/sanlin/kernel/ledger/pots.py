"""Pots: money out of several sources, matching, the share for running costs, and the sweep.

Everything that a place lays down about them is one value, `Terms`, which a fund freezes when it is
opened. Shares are permille, money is whole fen.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sanlin.kernel.reason import Reason

from .duties import PAIRS


@dataclass(frozen=True)
class Match:
    """What is added to money that residents raise: `ratio` permille of it (1000 is 1:1, 2000 adds
    two for one; 0 adds nothing), once one giver has raised `unlock` fen, at most `cap` fen for one
    giver and `total` fen for the whole fund (None: no limit)."""

    ratio: int = 0
    unlock: int = 0
    cap: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Running:
    """What may go to running costs: at most `share` permille of what came in and at most `cap` fen;
    both must hold. None: no limit of that kind."""

    share: int | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Sweep:
    """The day of the year (month 0: never) on which what is unspent goes to the pot `into`."""

    month: int = 0
    day: int = 0
    into: str = ""

    def on(self, opened: date) -> date | None:
        """The first such day after `opened`; None where there is none.

        >>> Sweep(5, 31).on(date(2024, 6, 1)), Sweep(5, 31).on(date(2024, 3, 1))
        (datetime.date(2025, 5, 31), datetime.date(2024, 5, 31))
        >>> Sweep(2, 31).on(date(2023, 6, 1))
        datetime.date(2024, 2, 29)
        """
        if not self.month:
            return None
        this = self._in(opened.year)
        return this if this > opened else self._in(opened.year + 1)

    def _in(self, year: int) -> date:
        """The day in a year; the last of the month where the month is shorter."""
        return date(year, self.month, min(self.day, monthrange(year, self.month)[1]))


@dataclass(frozen=True)
class Terms:
    """What a fund goes by. `apart` is the table of conflicting duties."""

    match: Match = field(default_factory=Match)
    running: Running = field(default_factory=Running)
    sweep: Sweep = field(default_factory=Sweep)
    apart: tuple[str, ...] = PAIRS


def terms_of(kept: Mapping[str, Any]) -> Terms:
    """The terms that `dataclasses.asdict` wrote; what is missing is as by default.

    >>> from dataclasses import asdict
    >>> terms_of(asdict(Terms(Match(1000)))) == Terms(Match(1000)), terms_of({}) == Terms()
    (True, True)
    """
    return Terms(
        Match(**kept.get("match", {})),
        Running(**kept.get("running", {})),
        Sweep(**kept.get("sweep", {})),
        tuple(kept.get("apart", PAIRS)),
    )


@dataclass(frozen=True)
class Matched:
    """How much is added, in fen, and why not more.

    Codes: none (the terms add nothing); locked (short: fen to the threshold); full (ratio); cap
    (cap); total (left).
    """

    amount: int
    reason: Reason


def matched(match: Match, raised: int, already: int = 0) -> Matched:
    """What is added to `raised` fen of one giver, where `already` fen were added to others.

    >>> shop = Match(ratio=1000, unlock=500_00, cap=2_000_00)
    >>> matched(shop, 499_99).amount, matched(shop, 500_00).amount, matched(shop, 5_000_00).amount
    (0, 50000, 200000)
    """
    if not match.ratio:
        return Matched(0, Reason.of("none"))
    if raised < match.unlock:
        return Matched(0, Reason.of("locked", short=match.unlock - raised, unlock=match.unlock))
    amount, why = raised * match.ratio // 1000, Reason.of("full", ratio=match.ratio)
    if match.cap is not None and amount > match.cap:
        amount, why = match.cap, Reason.of("cap", cap=match.cap)
    left = None if match.total is None else max(match.total - already, 0)
    if left is not None and amount > left:
        amount, why = left, Reason.of("total", left=left, total=match.total)
    return Matched(amount, why)


def running_room(running: Running, came_in: int, spent: int, free: int) -> int:
    """How much may still go to running costs, in fen: what share and cap leave, and no more than is
    `free` of what agreements bind (`to_sweep`). The share is floored.

    >>> chengdu = Running(share=100, cap=50_000_00)
    >>> running_room(chengdu, 389_900_00, 30_000_00, 300_000_00)
    899000
    >>> running_room(chengdu, 800_000_00, 0, 60_000_00), running_room(Running(), 1_00, 0, 50)
    (5000000, 50)
    """
    rooms = [free]
    if running.share is not None:
        rooms.append(came_in * running.share // 1000 - spent)
    if running.cap is not None:
        rooms.append(running.cap - spent)
    return max(min(rooms), 0)


def to_sweep(cash: int, owed: int) -> int:
    """What is unspent, in fen: the cash less what agreements still bind.

    >>> to_sweep(900_00, 250_00), to_sweep(100_00, 250_00)
    (65000, 0)
    """
    return max(cash - owed, 0)


LEAST_MEMBERS, LEAST_SUPERVISORS = 5, 1


def committee_faults(members: int, supervisors: int) -> tuple[Reason, ...]:
    """What is wrong with the committee of a community fund; empty where it is complete.

    Codes: few (members, least); even (members); unsupervised. Five members and an odd number, and
    at least one supervisor who is none of them, as the guide of Hunan (2025) has it.

    >>> [fault.code for fault in committee_faults(4, 0)], committee_faults(5, 1)
    (['few', 'even', 'unsupervised'], ())
    """
    found = []
    if members < LEAST_MEMBERS:
        found.append(Reason.of("few", members=members, least=LEAST_MEMBERS))
    if members % 2 == 0:
        found.append(Reason.of("even", members=members))
    if supervisors < LEAST_SUPERVISORS:
        found.append(Reason.of("unsupervised", supervisors=supervisors))
    return tuple(found)
