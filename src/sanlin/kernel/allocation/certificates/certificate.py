"""One statement about an outcome, whether it is true, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sanlin.kernel.reason import Figure


@dataclass(frozen=True)
class Certificate:
    """`holds` is None where it could not be settled; `figures` are numbers by name.

    `witness` is what proves it or refutes it: plain tuples of numbers, described with the function
    that made them.
    """

    name: str
    holds: bool | None
    figures: tuple[tuple[str, Figure], ...] = ()
    witness: tuple[Any, ...] = ()

    @classmethod
    def of(
        cls, name: str, holds: bool | None, witness: tuple[Any, ...] = (), **figures: Figure | None
    ) -> Certificate:
        """A certificate with the figures that are known."""
        known = ((key, value) for key, value in figures.items() if value is not None)
        return cls(name, holds, tuple(sorted(known)), witness)

    def get(self, name: str) -> Figure | None:
        """The figure of this name, or None."""
        return dict(self.figures).get(name)
