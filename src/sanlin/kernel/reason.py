"""Why something came out as it did: a code and its figures. Screens turn it into a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Figure = int | str | Fraction


def written(value: Fraction | int | str | None) -> str:
    """A figure for people: at most two decimals, half up, and never a rounded nothing.

    >>> written("7/5"), written("171/2"), written(Fraction(1, 900)), written(-3), written(None)
    ('1.4', '85.5', '<0.01', '-3', '—')
    """
    if value is None or value == "":
        return "—"
    exact = Fraction(value)
    cents = int(abs(exact) * 100 + Fraction(1, 2))
    if exact and not cents:
        return "<0.01"
    whole, rest = divmod(cents, 100)
    digits = f"{rest:02d}".rstrip("0")
    return ("-" if exact < 0 else "") + f"{whole}" + (f".{digits}" if digits else "")


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
