"""Which files a record holds, how the seal binds them to the log, and what its manifest says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import tree
from .canonical import canonical

FORMAT = 1
SEAL = "record.seal"  # the deed of the last line
MANIFEST, LOG, CHECKPOINTS = "manifest.json", "log.jsonl", "checkpoints.txt"
BALLOTS = "ballots.jsonl"  # only where the method needs whole ballots
CONTENT = (
    "README.en.md",
    "README.zh.md",
    "allocation.json",
    "awards.json",
    "keys.json",
    "ledger.jsonl",
    "objections.json",
    "paper.json",
    "proposals.json",
    "receipts.txt",
    "recount.py",
    "round.json",
    "rules.json",
    "scores.csv",
    "totals.json",
    "verify.py",
)
FIXED = (  # what no later seal may change
    "allocation.json",
    BALLOTS,
    "paper.json",
    "receipts.txt",
    "rules.json",
    "scores.csv",
    "totals.json",
)


@dataclass(frozen=True)
class Digest:
    """The length and the SHA-256 (hexadecimal) of a file."""

    size: int
    sha256: str


def digest_of(body: bytes) -> Digest:
    return Digest(len(body), hashlib.sha256(body).hexdigest())


def sealed(digests: Mapping[str, str]) -> dict[str, object]:
    """What the line of the seal says. `digests` are SHA-256 by file, all but the manifest; that of
    the log is over its bytes before this line.
    """
    return {"files": {name: digests[name] for name in sorted(digests)}, "format": FORMAT}


def manifest(digests: Mapping[str, Digest], round: int, size: int, root: bytes) -> bytes:
    """`manifest.json`; `size` and `root` (32 bytes) are those of the whole log."""
    files = [
        {"bytes": digests[name].size, "path": name, "sha256": digests[name].sha256}
        for name in sorted(digests, key=str.encode)
    ]
    told = {"files": files, "format": FORMAT, "root": root.hex(), "round": round, "size": size}
    return canonical(told) + b"\n"


def bind(
    files: Mapping[str, bytes], lines: Sequence[bytes], checkpoints: bytes, round: int
) -> dict[str, bytes]:
    """The whole record of a small round in memory: `files` with the log (its `lines`, and the seal
    as one more), the checkpoints and the manifest."""
    whole = {**files, CHECKPOINTS: checkpoints, LOG: b"".join(line + b"\n" for line in lines)}
    told = sealed({name: digest_of(body).sha256 for name, body in whole.items()})
    seal = canonical(
        {
            "at": "2026-06-01T12:00:00Z",
            "by": None,
            "data": told,
            "deed": SEAL,
            "hand": None,
            "subject": f"rounds.Round:{round}",
        }
    )
    whole[LOG] += seal + b"\n"
    digests = {name: digest_of(body) for name, body in whole.items()}
    top = tree.root_of(map(tree.leaf, [*lines, seal]))
    whole[MANIFEST] = manifest(digests, round, len(lines) + 1, top)
    return whole
