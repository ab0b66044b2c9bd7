"""Falsify made-up records in every way we know, and see who would have noticed.

    sanlin rehearse                     each way on a line: who does what, and who notices
    sanlin rehearse --verifier ANOTHER.py --keep FOLDER

A resident checks her receipt, an observer holds the last checkpoint before the seal, anyone runs the verifier
without anything, and the notice is the printed root. An auditor compares with the database and sees
whatever differs. Nothing of this installation is touched. For trainings and for every build.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

NEEDS_SETTINGS = False
PROGRAMS = ("verify.py", "recount.py")  # made-up records have none of their own


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, help="other records (%(default)s)")
    parser.add_argument("--verifier", type=Path, help="a verifier (the one in every archive)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the falsified archives")
    parser.add_argument("--english", action="store_true", help="say in English what is done")


def run(options: argparse.Namespace) -> int:
    """0 everything noticed; 1 something was not, or the verifier refuses a true record or breaks."""
    if options.seed < 0:
        print("a seed is 0 or above", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as made:
        folder: Path = options.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        for name in PROGRAMS:
            body = files("sanlin.kernel.record").joinpath(name).read_bytes()
            (folder / name).write_bytes(body)
        return _rehearse(options, options.verifier or folder / PROGRAMS[0], folder)


def _rehearse(options: argparse.Namespace, verifier: Path, folder: Path) -> int:
    from sanlin.site.rehearsal.tampering import records
    from sanlin.site.rehearsal.watching import (
        ANYONE,
        NOTICE,
        OBSERVER,
        RESIDENT,
        Broken,
        untouched,
        watch,
    )
    from sanlin.site.rehearsal.ways import WAYS

    true = records(options.seed)
    heads = {
        RESIDENT: "居民回执",
        OBSERVER: "旧校验点",
        ANYONE: "任何人",
        NOTICE: "公示指纹",
    }  # data
    missed = []
    try:
        if wrong := untouched(true, verifier, folder):
            print("\n".join(f"the true record is refused: {one}" for one in wrong), file=sys.stderr)
            return 1
        print("  ".join(heads.values()), " 所改 / what is done")  # data
        for seen in watch(WAYS, true, verifier, folder):
            marks = ["●" if who in seen.by else "·" for who in heads]
            words = seen.way.english if options.english else seen.way.chinese
            print(
                f"{'         '.join(marks)}   [{seen.way.how}] {words}  {' '.join(seen.checks)}",
                flush=True,
            )
            if not seen.by:
                missed.append(seen.way.code)
    except Broken as error:
        print(f"the verifier broke: {error}", file=sys.stderr)
        return 1
    print(f"{len(WAYS)} ways, {len(WAYS) - len(missed)} noticed")
    if missed:
        print(f"not noticed: {', '.join(missed)}", file=sys.stderr)
    return bool(missed)
