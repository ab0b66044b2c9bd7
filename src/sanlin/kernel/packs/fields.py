"""What a field of the table of rules is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sanlin.kernel.money import LARGEST

REQUIRED: Final = object()
"""Stands for "no default" in `Field.default`."""


@dataclass(frozen=True)
class Choice:
    """One of the answers to a field."""

    key: str
    label: str
    english: str


@dataclass(frozen=True)
class When:
    """A field counts only where the value at `path`, which stands earlier in the table, is one of
    `answers`.
    """

    path: str
    answers: tuple[object, ...]


@dataclass(frozen=True)
class Field:
    """One rule: where it stands, what kind of value it has, and how people call it.

    `path`: "vote.k", in lists "tiers.*.money" (in a pack the star is the item's key).
    `kind`: int (whole number of `unit`), money (whole fen), share (permille), bool, choice (a key),
    keys (several keys in order), numbers (several whole numbers of `unit`, falling), text.
    `may_unset`: a pack may leave the value to the officer. `optional`: "none" is an answer and
    means no limit.
    `none`: the words for that answer, in Chinese and English.
    `default`: what holds where a pack is silent; REQUIRED where it may not be.
    `later`: the rule came after the first rounds were frozen; where frozen rules lack it, the
    default held.
    """

    path: str
    kind: str
    label: str
    english: str
    unit: str = ""
    low: int = 0
    high: int = LARGEST
    choices: tuple[Choice, ...] = ()
    may_unset: bool = True
    optional: bool = False
    default: object = REQUIRED
    when: tuple[When, ...] = ()
    help: str = ""
    help_english: str = ""
    later: bool = False
    none: tuple[str, str] = ("不限", "no limit")

    @property
    def cell(self) -> str:
        """The last part of the path: the key in TOML and the attribute in Rules."""
        return self.path.rpartition(".")[2]

    def at(self, key: str) -> Field:
        """This field of the list item `key`."""
        return replace(self, path=self.path.replace("*", key))


@dataclass(frozen=True)
class ListOf:
    """A list of rules, an array of tables in TOML; each item has its key in the cell `key`.

    `later`: the list came after the first rounds were frozen; frozen rules leave it out where it
    is empty.
    """

    name: str
    label: str
    english: str
    key: str = "key"
    least: int = 0
    most: int = 40
    when: tuple[When, ...] = ()
    later: bool = False


UNITS: dict[str, tuple[str, str]] = {
    "days": ("天", "days"),
    "working_days": ("个工作日", "working days"),
    "permille": ("‰", "‰"),
    "fen": ("分", "fen"),
    "marks": ("分（满分100）", "marks of 100"),
    "mark": ("分", "marks"),
    "minutes": ("分钟", "minutes"),
    "age": ("周岁", "years of age"),
    "years": ("年", "years"),
    "projects": ("个项目", "projects"),
    "people": ("人", "people"),
    "month": ("月", "month"),
    "day": ("日", "day"),
    "votes": ("票", "votes"),
    "points": ("点", "points"),
    "units": ("个单位", "units"),
    "hour": ("点", "o'clock"),
}
"""Each unit in Chinese and English."""
