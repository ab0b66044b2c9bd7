"""Flips bits of a record by chance and counts those that the verifier does not notice.

    python -m benchmarks.flips ROUND.zip ROOT [--flips 100000] [--inside 500] [--seed 1]

Each flip is a record of its own: one bit of the archive, anywhere in it; and for `--inside` one bit of one
of its files, the archive packed and its manifest written anew, as an insider would. The checks of the
verifier in Python are asked in their order until one fails, in this process.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from itertools import accumulate
from pathlib import Path
from random import Random
from types import SimpleNamespace

from sanlin.kernel.record import archive, verify

MANIFEST = "manifest.json"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("archive", type=Path)
    words.add_argument("root")
    words.add_argument("--flips", type=int, default=100_000)
    words.add_argument("--inside", type=int, default=0)
    words.add_argument("--seed", type=int, default=1)
    options = words.parse_args()
    data = options.archive.read_bytes()
    ask = SimpleNamespace(root=options.root, old=None, receipt=None, open=None)
    if noticed := first_failing(data, ask):
        raise SystemExit(f"the record itself does not pass: {noticed}")
    chance, found, began = Random(options.seed), Counter[str](), time.process_time()
    changed = bytearray(data)
    for _flip in range(options.flips):
        bit = chance.randrange(len(data) * 8)
        changed[bit // 8] ^= 1 << bit % 8
        found[first_failing(bytes(changed), ask) or "not noticed"] += 1
        changed[bit // 8] ^= 1 << bit % 8
    tell(f"{options.flips:,} flips of {len(data):,} bytes", found, began)
    found, began = Counter(), time.process_time()
    files = archive.unpack(data)
    for _flip in range(options.inside):
        found[first_failing(rewritten(files, chance), ask) or "not noticed"] += 1
    tell(f"{options.inside:,} flips inside, the manifest written anew", found, began)


def tell(what: str, found: Counter[str], began: float) -> None:
    print(f"{what}, {time.process_time() - began:.0f} s of processor time", flush=True)
    for name, times in found.most_common():
        print(f"  {name}: {times:,}")
    print(f"  not noticed: {found['not noticed']}", flush=True)


def rewritten(files: dict[str, bytes], chance: Random) -> bytes:
    """The archive with one bit of one file flipped, and all hashes of its files as they then are."""
    at = chance.randrange(sum(map(len, files.values())))
    ends = dict(zip(files, accumulate(map(len, files.values())), strict=True))
    name = next(name for name in files if at < ends[name])
    at -= ends[name] - len(files[name])
    changed = bytearray(files[name])
    changed[at] ^= 1 << chance.randrange(8)
    now = files | {name: bytes(changed)}
    listed = [
        {"bytes": len(body), "path": path, "sha256": hashlib.sha256(body).hexdigest()}
        for path, body in sorted(now.items())
        if path != MANIFEST
    ]
    if name != MANIFEST:
        told = json.loads(files[MANIFEST]) | {"files": listed}
        line = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        now[MANIFEST] = line.encode() + b"\n"
    return archive.pack(now)


def first_failing(data: bytes, ask: SimpleNamespace) -> str:
    """The name of the first check that fails; empty where all pass."""
    record = verify.Record(data, ask)
    for code in verify.ORDER:
        try:
            verify.run(code, record)
        except Exception:  # whatever stops a check is a failed check
            return str(code)
    return ""


if __name__ == "__main__":
    main()
