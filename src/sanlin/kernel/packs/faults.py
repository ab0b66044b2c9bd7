"""What is wrong with a pack, where, and by which figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SENTENCES = {
    "too_long": "the text has {length} characters; at most {most} are read",
    "syntax": "this is not TOML: {why}",
    "frozen": "these bytes are not frozen rules: {why}",
    "missing": "is missing; give it a value, or unset = true with a note",
    "missing_identity": "is missing",
    "not_set": "must be set by the officer before opening",
    "unknown": "is not known here{hint}",
    "fixed": "is printed by the instrument ({source}) and cannot be changed",
    "bare": 'needs its source: write {{ value = …, source = "…" }}',
    "cell": 'must be {{ value = …, source = "…" }} or {{ unset = true, note = "…" }}',
    "both": "has a value and is unset at once",
    "no_note": "is unset and must say why in a note",
    "cannot_unset": "must have a value here; it cannot be left to the officer",
    "no_source": "names no source",
    "source": "names the source {given!r}, which [sources] does not have{hint}",
    "source_table": 'must be a string or {{ text = "…", elsewhere = true }}',
    "kind": "must be {wanted}, not {given}",
    "float": "has a decimal point outside quotes; money may be a string, a share permille or “60%”",
    "range": "is {given}; it must lie from {low} to {high}",
    "amount": "is not an amount of money: {given!r}",
    "choice": "is {given!r}; it must be one of {choices}{hint}",
    "repeated": "says {given!r} twice",
    "duplicate": "has the key {given!r} twice",
    "key": "is {given!r}; it must be small letters, digits and _, at most 30, a letter first",
    "text": "must be 1 to {most} characters without control characters",
    "empty": "needs at least one item",
    "too_many": "has {count} items; at most {most} are allowed",
    "falling": "says {given} after {above}; the numbers must go down, each of them once",
    "hours": "({given}) must be later than {other} ({limit})",
    "period": "ends before it begins",
    "weights": "add up to {total} permille; they must add up to 1000",
    "shares": "add up to {total} permille; they must add up to 1000",
    "above": "({given}) is above {other} ({limit})",
    "tier_money": "add up to {total}, above the budget of {budget}",
    "tier_short": "has {money}, which cannot carry {places} projects of at least {least}",
    "floor_stop": "cannot be kept where the count stops at what does not fit (award.overflow)",
    "needs_stage": "needs the stage {stage}",
    "needs_ballots": "is not told by this kind of ballot",
    "no_measure": "needs a review or a vote; this round has neither",
    "ties": "must name each key once and end with lot",
    "grades": "must go down mark by mark and end at 0",
    "order": "comes after a later condition; the order is signed, midterm, accepted",
    "caps_on_forbidden": "is forbidden and has a cap",
    "pair": "needs {other} beside it",
    "pattern": "is {given!r}; it must have {{year}} and one {{number}}, and plain signs between",
    "overlap": "is in force on the same days as the pack from {other}",
    "family": "belongs to {given!r}, not to {wanted!r}",
}
"""An English sentence for each code, for the command line; the screens translate the code."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `line` in the file (0 for an officer's value), `path` of the value,
    `code`, `figures`.

    >>> print(Fault(3, "vote.k", "range", {"given": 0, "low": 1, "high": 99}))
    line 3: vote.k is 0; it must lie from 1 to 99
    """

    line: int
    path: str
    code: str
    figures: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        subject = f"{self.path} " if self.path else ""
        figures = {"hint": "", **self.figures}
        if figures["hint"]:
            figures["hint"] = f"; did you mean {figures['hint']}?"
        return where + subject + SENTENCES[self.code].format(**figures)


class BadPack(ValueError):
    """A pack, an officer's values or frozen bytes that cannot be used; `faults` lists everything
    found.
    """

    def __init__(self, faults: Iterable[Fault], name: str = "") -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path, fault.code)))
        self.name = name
        prefix = f"{name}: " if name else ""
        super().__init__("\n".join(prefix + str(fault) for fault in self.faults))
