"""Why something came out as it did: a code and its figures. Screens turn it into a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Figure = int | str | Fraction


@dataclass(frozen=True)
class Reason:
    """`code` says which rule spoke; `figures` are its numbers and names, sorted by name.

    >>> reason = Reason.of("budget", short=12_000_00, left=0)
    >>> reason
    Reason(code='budget', figures=(('left', 0), ('short', 1200000)))
    >>> reason["short"], reason.get("cap")
    (1200000, None)
    """

    code: str
    figures: tuple[tuple[str, Figure], ...] = ()

    @classmethod
    def of(cls, code: str, **figures: Figure | None) -> Reason:
        """A reason with the figures that are known; None means that there is no such figure."""
        known = ((name, value) for name, value in figures.items() if value is not None)
        return cls(code, tuple(sorted(known)))

    def get(self, name: str) -> Figure | None:
        """The figure of this name, or None."""
        return dict(self.figures).get(name)

    def __getitem__(self, name: str) -> Figure:
        return dict(self.figures)[name]

    def plus(self, **figures: Figure | None) -> Reason:
        """The same reason with more figures; a figure that is there already is replaced."""
        return Reason.of(self.code, **{**dict(self.figures), **figures})
