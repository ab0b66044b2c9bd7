from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sanlin.kernel.budget import Budget, Line


@dataclass(frozen=True)
class Shown:
    """One photo of a proposal, with its words; `photo` is the row's key."""

    photo: int
    caption: str = ""


@dataclass(frozen=True)
class Content:
    """Everything a team writes, as one frozen value: what drafts and revisions keep.

    Money is whole fen, dates are ISO text or empty.
    """

    title: str = ""
    summary: str = ""
    tier: str = ""
    theme: str = ""
    need: str = ""
    goals: str = ""
    beneficiaries: str = ""
    plan: str = ""
    starts: str = ""
    ends: str = ""
    lines: tuple[Line, ...] = ()
    own_funds: int = 0
    partners: str = ""
    photos: tuple[Shown, ...] = ()

    @property
    def budget(self) -> Budget:
        return Budget(self.lines, self.own_funds)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it.

        >>> Content.of(Content(title="益路同行", lines=(Line("a", "b", 1, 2),)).plain()).lines
        (Line(head='a', what='b', unit_price=1, quantity=2),)
        """
        tree = asdict(self)
        return {**tree, "lines": list(tree["lines"]), "photos": list(tree["photos"])}

    @classmethod
    def of(cls, tree: dict[str, Any]) -> Content:
        """The content that `plain` made; a name it does not know is left out."""
        known = {field.name for field in fields(cls)}
        kept = {name: value for name, value in tree.items() if name in known}
        kept["lines"] = tuple(Line(**line) for line in kept.get("lines", ()))
        kept["photos"] = tuple(Shown(**photo) for photo in kept.get("photos", ()))
        return cls(**kept)

    def but(self, **values: Any) -> Content:
        """The same with some values changed."""
        return replace(self, **values)
