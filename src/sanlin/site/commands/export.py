"""Write what a stranger needs to check a round at home.

    sanlin export record 3 --to round-3.zip   the sealed record of round 3, and its root
    sanlin export round 3 --to round-3        rules.json, case.json and outcome.json of round 3

Written twice, either is the same to the byte. The record is described in docs/record-format.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanlin.govern.rounds.models import Round


def arguments(parser: argparse.ArgumentParser) -> None:
    sub = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = sub.add_parser("record", help="the public record of one round, with its verifier")
    one.add_argument("number", type=int, help="the round's number, as in its address")
    one.add_argument("--to", type=Path, metavar="FILE.zip", help="where to (round-NUMBER.zip)")
    one = sub.add_parser("round", help="the published papers of one round")
    one.add_argument("number", type=int, help="the round's number, as in its address")
    one.add_argument("--to", type=Path, metavar="FOLDER", help="where to (round-NUMBER)")


def run(options: argparse.Namespace) -> int:
    """0 written; 2 where there is no such round, or nothing of it is published yet."""
    from sanlin.govern.rounds.models import Round

    round = Round.objects.filter(pk=options.number, frozen__isnull=False).first()
    if round is None:
        print(f"no opened round has the number {options.number}", file=sys.stderr)
        return 2
    return _record(round, options.to) if options.what == "record" else _papers(round, options.to)


def _record(round: Round, to: Path | None) -> int:
    from sanlin.front.records.actions import seal
    from sanlin.ground import clock
    from sanlin.ground.verdict import Refused

    there = to or Path(f"round-{round.pk}.zip")
    try:
        sealed = seal(round, by=None, now=clock.now())
    except Refused as no:
        print(no, file=sys.stderr)
        return 2
    shutil.copyfile(sealed.path, there)
    print(f"{there}  {there.stat().st_size} bytes, {sealed.size} lines\nroot {sealed.root}")
    return 0


def _papers(round: Round, to: Path | None) -> int:
    from sanlin.govern.awards.queries import published

    there = to or Path(f"round-{round.pk}")
    papers = {"rules.json": bytes(round.frozen or b"")}
    if decision := published(round):
        papers |= {
            "case.json": bytes(decision.inputs),
            "outcome.json": bytes(decision.outcome),
        }
    there.mkdir(parents=True, exist_ok=True)
    for name, body in papers.items():
        (there / name).write_bytes(body)
        print(there / name)
    return 0
