"""Every way we know to falsify a record, from a thief with an editor to an insider with everything.

A thief changes bytes. A careful one makes the manifest and the archive fit again. An insider
also rewrites the log, its tree, the checkpoints, the seal and earlier seals, so that nothing but
arithmetic, a kept receipt, a kept checkpoint or the printed root speaks against it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sanlin.kernel.allocation import canonical as plain
from sanlin.kernel.allocation import fingerprint, from_bytes
from sanlin.kernel.record import archive, tree
from sanlin.kernel.record.canonical import canonical
from sanlin.kernel.record.papers import (
    CHECKPOINTS,
    FIXED,
    LOG,
    MANIFEST,
    SEAL,
    bind,
    digest_of,
    manifest,
)

from .drawing import Wish
from .making import Made, make

THIEF, CAREFUL, INSIDER = "thief", "careful", "insider"


class Draft:
    """A record that is being falsified."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.files = dict(made.files)
        self.lines = self.files[LOG].splitlines()
        self.order: list[str] | None = None  # names of the archive, where they are to be others

    # --- reading and writing ------------------------------------------------------------------

    def read(self, name: str) -> Any:
        return json.loads(self.files[name])

    def write(self, name: str, value: Any) -> None:
        self.files[name] = canonical(value) + b"\n"

    def edit(self, name: str, change: Callable[[Any], Any]) -> None:
        told = self.read(name)
        change(told)
        self.write(name, told)

    def rows(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.files[name].splitlines()]

    def put_rows(self, name: str, rows: list[Any]) -> None:
        self.files[name] = b"".join(canonical(row) + b"\n" for row in rows)

    def line(self, deed: str, last: bool = False) -> int:
        """The number of the first (or last) line of the log with this deed."""
        found = [n for n, body in enumerate(self.lines) if json.loads(body)["deed"] == deed]
        return found[-1] if last else found[0]

    def tell(self, at: int, change: Callable[[Any], Any]) -> None:
        """Rewrite a line of the log."""
        told = json.loads(self.lines[at])
        change(told["data"])
        self.lines[at] = canonical(told)

    def recount(self, change: Callable[[Any], Any]) -> None:
        """Change the case, count it again, and let the log have the new fingerprint."""
        told = self.read("allocation.json")
        change(told["case"])
        inputs = canonical(told["case"])
        outcome = from_bytes(inputs).answer()
        result = plain(outcome)
        told["fingerprint"] = fingerprint(inputs + result)
        told["outcome"] = json.loads(result)
        self.write("allocation.json", told)
        for deed in ("awards.decide", "awards.publish"):
            self.tell(
                self.line(deed, last=True), lambda d: d.update(fingerprint=told["fingerprint"])
            )
        self._follow(told["outcome"])

    def forget_objections(self) -> None:
        self.write("objections.json", [])
        heard = {"awards.object", "awards.uphold", "awards.reject"}
        self.lines = [line for line in self.lines if json.loads(line)["deed"] not in heard]

    def _follow(self, outcome: Any) -> None:
        """Awards straight from the outcome; objections and books are forgotten."""
        grants = dict(map(tuple, outcome["grants"]))
        rows = [
            {
                "grant": grants.get(key, 0),
                "key": key,
                "stage": "standing"
                if grants.get(key)
                else "reserve"
                if key in outcome["reserve"]
                else "out",
            }
            for key in sorted(step["key"] for step in outcome["steps"])
        ]
        self.write("awards.json", {"awards": rows, "changes": []})
        self.files["ledger.jsonl"] = b""

    # --- making it fit again ------------------------------------------------------------------

    def closed(self, how: str) -> bytes:
        """The falsified archive."""
        if how == INSIDER:
            self._reseal()
        elif how == CAREFUL:
            self._remanifest()
        files = self.files
        if self.order is not None:
            files = {name: files[name] for name in self.order}
        return archive.pack(files)

    def _remanifest(self) -> None:
        self.files[LOG] = b"".join(line + b"\n" for line in self.lines)
        told = json.loads(self.made.files[MANIFEST])
        digests = {n: digest_of(body) for n, body in self.files.items() if n != MANIFEST}
        top = tree.root_of(map(tree.leaf, self.lines))
        self.files[MANIFEST] = manifest(digests, told["round"], len(self.lines), top)

    def _reseal(self) -> None:
        lines = self.lines[:-1]
        for at, body in enumerate(lines):
            told = json.loads(body)
            if told["deed"] == SEAL:
                own = told["data"]["files"]
                own.update({n: digest_of(self.files[n]).sha256 for n in FIXED if n in own})
                lines[at] = canonical(told)
        self.files[CHECKPOINTS] = self._checkpoints(lines)
        content = {n: b for n, b in self.files.items() if n not in {MANIFEST, LOG, CHECKPOINTS}}
        number = self.read("round.json")["round"] if "round.json" in content else 7
        self.files = bind(content, lines, self.files[CHECKPOINTS], number)
        self.lines = self.files[LOG].splitlines()

    def _checkpoints(self, lines: list[bytes]) -> bytes:
        """The checkpoints as they would be if the log had always been like this."""
        kept = self.files[CHECKPOINTS]
        if kept != self.made.files[CHECKPOINTS]:
            return kept  # they were falsified themselves
        blocks = []
        for text in kept.decode().split("\n\n"):
            origin, size, *_root = text.splitlines()
            top = tree.root_of(map(tree.leaf, lines[: int(size)]))
            if int(size) <= len(lines):
                blocks.append(f"{origin}\n{size}\n{base64.b64encode(top).decode()}\n")
        return "\n".join(blocks).encode()


@dataclass(frozen=True)
class Tampering:
    """What is done (`chinese`, `english`), by whom, to which record; `raw` changes the archive's bytes."""

    code: str
    how: str
    chinese: str
    english: str
    change: Callable[[Draft], None]
    raw: Callable[[bytes], bytes] | None = None
    on: str = "votes"

    def done(self, records: dict[str, Made]) -> bytes:
        """The falsified archive."""
        draft = Draft(records[self.on])
        self.change(draft)
        body = draft.closed(self.how)
        return self.raw(body) if self.raw else body


def records(seed: int = 0) -> dict[str, Made]:
    """The records that are falsified: of a vote with paper, of a blend, of Equal Shares, of bids that
    depend on each other, and of a blend in which paper and online ballots are weighed apart."""
    wishes = {
        "votes": (Wish("votes", "approve_k", voters=30, paper=True), _has_sample),
        "blend": (Wish("blend", "approve_k", "trimmed", voters=30, paper=False), _has_recusal),
        "shares": (Wish("equal_shares", "approve_k", voters=30, paper=False), _has_nothing_else),
        "pairs": (Wish("votes", "approve_k", voters=30, paper=False), _has_pair),
        "publics": (Wish("blend", "approve_k", "mean", voters=30, paper=True), _has_publics),
    }
    return {name: _first(seed, *wish) for name, wish in wishes.items()}


def _first(seed: int, wish: Wish, has: Callable[[Made], bool]) -> Made:
    """The first made record that has everything one may want to falsify."""
    found = (make(n, wish) for n in range(seed * 10_000, 10**9))
    return next(made for made in found if has(made) and _is_rich(made))


def _has_nothing_else(made: Made) -> bool:
    return b'"requires":[[' not in made.files["round.json"]


def _has_sample(made: Made) -> bool:
    """Some sheets of paper came up and others did not, and the sample could have told of an error."""
    sample = json.loads(made.files["paper.json"])["sample"]
    drawn = sample is not None and not sample["full"] and sample["draws"] > 0
    return drawn and sample["risk"] > 1 and _has_nothing_else(made)


def _has_recusal(made: Made) -> bool:
    return b",-,\n" in made.files["scores.csv"]


def _has_pair(made: Made) -> bool:
    """Somebody was refused for want of the other, and would be funded without that pair."""
    told = json.loads(made.files["allocation.json"])
    codes = [step["reason"]["code"] for step in told["outcome"]["steps"]]
    told["case"]["limits"]["requires"] = []
    free = from_bytes(canonical(told["case"])).answer()
    return "requires" in codes and list(free.funded) != told["outcome"]["funded"]


def _has_publics(made: Made) -> bool:
    return json.loads(made.files["allocation.json"])["case"].get("onsite") is not None


def _is_rich(made: Made) -> bool:
    told = Draft(made)
    outcome = told.read("allocation.json")["outcome"]
    books, stages = told.rows("ledger.jsonl"), {s["stage"] for s in told.read("objections.json")}
    steps, awards = outcome["steps"], told.read("awards.json")
    return (
        made.earlier is not None
        and bool(made.opening and made.replaced)
        and {"upheld", "rejected"} <= stages
        and len(books) > 4
        and len(outcome["funded"]) > 2
        and sum(not step["funded"] for step in steps) > 1
        and bool(awards["changes"])
        and {"standing", "out"} <= {row["stage"] for row in awards["awards"]}
    )
