"""Who would have noticed: the verifier is asked as a resident, an observer and a passer-by would ask."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sanlin.kernel.record import archive

from .codes import receipt_of
from .making import Made
from .tampering import Tampering

RESIDENT, OBSERVER, ANYONE, NOTICE = "resident", "observer", "anyone", "notice"
BY_CHECK = {"C1": RESIDENT, "L6": OBSERVER, "L2": NOTICE}
PASSED, FAILED = "通过", "不通过"  # data
TIMEOUT = 60


class Broken(Exception):
    """The verifier crashed, hung or spoke in no form that the format knows."""


@dataclass(frozen=True)
class Seen:
    """What became of one falsification. `checks` are the codes that failed; `by` who notices: a
    resident with her receipt, an observer with a kept checkpoint, anyone by recounting, and whoever
    compares the root with the printed notice. The auditor compares with the database, and so
    notices whatever differs."""

    way: Tampering
    checks: tuple[str, ...]
    by: frozenset[str]

    @property
    def without_the_root(self) -> bool:
        return bool(self.by - {NOTICE})


def ask(verifier: Path, record: Path, *words: str) -> tuple[int, dict[str, bool]]:
    """(exit code, passed by check) of a verifier; raises Broken."""
    asked = [sys.executable, str(verifier), str(record), *words]
    try:
        done = subprocess.run(asked, capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Broken(f"it took over {TIMEOUT} s") from error
    lines = [line.split() for line in done.stdout.decode("utf-8", "replace").splitlines()]
    told = {
        line[1]: line[0] == PASSED
        for line in lines
        if line[:1] in ([PASSED], [FAILED]) and len(line) > 1
    }
    good = all(told.values())
    if done.returncode not in {0, 1} or bool(done.returncode) == good or not told:
        raise Broken(f"exit {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-300:]}")
    return done.returncode, told


def watch(
    ways: Iterable[Tampering], records: dict[str, Made], verifier: Path, folder: Path
) -> Iterator[Seen]:
    """Falsify in each way, and ask the verifier with everything that the four hold: the root, the
    last checkpoint before the seal, and a voter's receipt. Raises Broken."""
    for way in ways:
        made = records[way.on]
        record, old = folder / f"{way.code}.zip", folder / f"{way.on}.checkpoint"
        record.write_bytes(way.done(records))
        old.write_text(made.old)
        words = ("--root", made.root, "--old", str(old), "--receipt", receipt_of(made.victim))
        _exit, told = ask(verifier, record, *words)
        failed = {check for check, passed in told.items() if not passed}
        by = frozenset(BY_CHECK.get(check, ANYONE) for check in failed)
        yield Seen(way, tuple(sorted(failed)), by)


def untouched(records: dict[str, Made], verifier: Path, folder: Path) -> list[str]:
    """What the verifier finds in the true records, in words: nothing, if it is right."""
    found = []
    for name, made in records.items():
        record, old = folder / f"true-{name}.zip", folder / f"{name}.checkpoint"
        record.write_bytes(archive.pack(made.files))
        old.write_text(made.old)
        words = ("--root", made.root, "--old", str(old), "--receipt", receipt_of(made.receipts[0]))
        code, told = ask(verifier, record, *words)
        if code:
            found.append(f"{name}: {' '.join(check for check, good in told.items() if not good)}")
    return found
