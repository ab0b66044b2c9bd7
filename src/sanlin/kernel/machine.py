"""A state machine is a table. Reading the table is reading the rule."""

from __future__ import annotations

from dataclasses import dataclass


class NotNow(Exception):
    """The verb exists, but does not start from this stage."""

    def __init__(self, verb: str, stage: str) -> None:
        super().__init__(f"{verb}: not from {stage}")
        self.verb, self.stage = verb, stage


@dataclass(frozen=True)
class Move:
    """One arrow: `verb` leads from any of `sources` to `target`."""

    verb: str
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Machine:
    """All arrows of one thing's life; `start` is where it is born."""

    start: str
    moves: tuple[Move, ...]

    def after(self, stage: str, verb: str) -> str:
        """The stage that `verb` leads to from `stage`; raises NotNow where no arrow does.

        >>> door = Machine("shut", (Move("open", ("shut",), "open"),))
        >>> door.after("shut", "open")
        'open'
        >>> door.after("open", "open")
        Traceback (most recent call last):
        ...
        sanlin.kernel.machine.NotNow: open: not from open
        """
        for move in self.moves:
            if move.verb == verb and stage in move.sources:
                return move.target
        raise NotNow(verb, stage)

    def verbs(self, stage: str) -> tuple[str, ...]:
        """What may be done next, in the order of the table."""
        return tuple(move.verb for move in self.moves if stage in move.sources)

    def stages(self) -> tuple[str, ...]:
        """Every stage once, in the order in which the table first names it."""
        named = [self.start]
        for move in self.moves:
            named += [*move.sources, move.target]
        return tuple(dict.fromkeys(named))
