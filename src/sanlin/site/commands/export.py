"""Write what a stranger needs to check a round at home.

    sanlin export record 3 --to round-3.zip   the sealed record of round 3, and its root
    sanlin export round 3 --to round-3        rules.json, case.json and outcome.json of round 3
    sanlin export pabulib 3 --to round-3.pb   its vote and outcome in the format of Pabulib

Written twice, each is the same to the byte. A Pabulib file holds whole ballots, without voters: hand
it on only where the rules of the round open them. The record is described in docs/record-format.md.
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
    one = sub.add_parser("pabulib", help="a decided round as a file that other counters read")
    one.add_argument("number", type=int, help="the round's number, as in its address")
    one.add_argument("--to", type=Path, metavar="FILE.pb", help="where to (round-NUMBER.pb)")
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
    write = {"record": _record, "pabulib": _pabulib, "round": _papers}[options.what]
    return write(round, options.to)


def _pabulib(round: Round, to: Path | None) -> int:
    from sanlin.govern.awards.queries import election_of, published
    from sanlin.kernel.ballots import write

    decision = published(round)
    if decision is None or "vote" not in round.rules.stages:
        print(f"round {round.pk} has no vote with a published outcome", file=sys.stderr)
        return 2
    there = to or Path(f"round-{round.pk}.pb")
    there.write_text(write(election_of(decision)), encoding="utf-8")
    print(there)
    return 0


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
